"""From one sentence to a query of the index: what was understood, mended, or searched word for word after all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from levier.core.search import Correction, SearchError, french
from levier.directory import index
from levier.directory.search import SupplierQuery
from levier.directory.sentence import Sentence, read
from levier.directory.understood import Understood, as_read
from levier.reference.places.short import TOKEN
from levier.reference.queries import place_finder
from levier.reference.sectors import words_of_trades
from levier.reference.spelling import mended_trade


def understand_text(
    text: str, base: SupplierQuery, *, radius_km: float | None = None, with_place: bool = True
) -> Understood:
    """Read a sentence and complete `base` with it. With `with_place` false, `base` already says where.

    The index settles the doubts: a mistake it knows how to mend, a name somebody bears, a reading that finds nothing.
    """
    text = " ".join(text.split())
    if not text:
        return Understood(base)
    asked = as_read(read(text, place_finder(), with_place=with_place), base, radius_km)
    try:
        return _settled(asked, base, text, radius_km, with_place)
    except SearchError:
        # The same question asked for good will say why it cannot be answered.
        return asked


def literal(text: str, base: SupplierQuery) -> Understood:
    """The words as they are."""
    return Understood(replace(base, text=" ".join(text.split())))


def _settled(
    asked: Understood, base: SupplierQuery, text: str, radius_km: float | None, with_place: bool
) -> Understood:
    sentence = asked.sentence
    if sentence is None:
        return asked
    if sentence.identifier:
        return _identifier(asked, base, sentence)
    if index.engine().knows_name(text):
        named = replace(asked.query, text=text, wishes=(), relax=False, with_ess=True)
        if not index.count(named):
            return replace(literal(text, replace(base, with_ess=True)), is_name=True)
        asked = replace(
            asked,
            query=replace(
                asked.query, with_ess=base.with_ess or not index.count(replace(named, with_ess=False))
            ),
        )
    probe = index.find(replace(asked.query, limit=0, relax=False))
    # A word of trades that no sheet holds (« flocage ») is no mistake for a town.
    corrections = [one for one in probe.corrections if one.typed not in words_of_trades()]
    unknown = {correction.typed for correction in corrections}
    # The words of trades first: the index knows « plovier », a village, and would make it of « plonbier ».
    by_trade = "" if sentence.is_trade else mended_trade(text, near=unknown)
    both = _mended(by_trade, corrections) if by_trade else ""
    for mended in filter(None, (both, by_trade, _mended(text, corrections))):
        again = as_read(read(mended, place_finder(), with_place=with_place), base, radius_km)
        if _says_more(again.sentence, sentence):
            asked, probe = (
                replace(again, mended=mended),
                index.find(replace(again.query, limit=0, relax=False)),
            )
            break
    if not probe.total and not sentence.is_trade and not sentence.is_plain:
        # Neither kind nor place nor trade held: perhaps a name.
        words = literal(text, base)
        if sentence.rest and index.count(replace(words.query, relax=False)):
            return words
    return asked


def _identifier(asked: Understood, base: SupplierQuery, sentence: Sentence) -> Understood:
    """The establishment; or, when nobody has this SIRET, the others of the same company."""
    digits = sentence.identifier
    if len(digits) == 14 and not index.count(asked.query):
        company = replace(asked.query, text=digits[:9])
        if index.count(company):
            return replace(asked, query=company, mended=digits[:9])
    return asked


def _says_more(again: Sentence | None, before: Sentence) -> bool:
    """Whether the mended sentence names a trade, a kind or a place that the typed one did not."""
    if again is None:
        return False
    return (
        (again.is_trade and not before.is_trade)
        or (again.place is not None and before.place is None)
        or bool(again.departements and not before.departements)
        or len(again.kinds) > len(before.kinds)
    )


def _mended(text: str, corrections: Iterable[Correction]) -> str:
    """The sentence with the words of the index in place of those nobody writes; empty when there are none."""
    used = {correction.typed: correction.used for correction in corrections}
    if not used:
        return ""
    return TOKEN.sub(lambda found: used.get(french.fold(found[0]), found[0]), text)
