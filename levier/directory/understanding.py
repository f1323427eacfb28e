"""From one sentence to a query of the index: what was understood, mended, or searched word for word after all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from levier.core.search import Correction, SearchError, Wish, french
from levier.directory import index
from levier.directory.search import Near, SupplierQuery, trade_wish
from levier.directory.sentence import Part, Sentence, read
from levier.reference.places import Place
from levier.reference.places.short import TOKEN
from levier.reference.queries import place_finder

# Kilometres around a commune when nobody says how far.
DEFAULT_RADIUS = 30


@dataclass(frozen=True)
class Understood:
    """A query, and how the sentence became it.

    `sentence` is None when the words are searched as they are. `mended`: the sentence once its mistakes are corrected.
    `is_name`: somebody bears the sentence as a name, which was not read otherwise.
    """

    query: SupplierQuery
    sentence: Sentence | None = None
    mended: str = ""
    is_name: bool = False
    place: Place | None = None
    rivals: tuple[Place, ...] = ()
    radius_km: int | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.sentence.parts if self.sentence else ()

    @property
    def is_trade(self) -> bool:
        """Whether a known trade is asked for, so that who says nothing of its trade stands apart."""
        return bool(self.sentence and self.sentence.is_trade) or bool(self.query.sectors)


def understand_text(
    text: str, base: SupplierQuery, *, radius_km: int | None = None, with_place: bool = True
) -> Understood:
    """Read a sentence and complete `base` with it. With `with_place` false, `base` already says where.

    The index settles the doubts: a mistake it knows how to mend, a name somebody bears, a reading that finds nothing.
    """
    text = " ".join(text.split())
    if not text:
        return Understood(base)
    asked = _as_read(read(text, place_finder(), with_place=with_place), base, radius_km)
    try:
        return _settled(asked, base, text, radius_km, with_place)
    except SearchError:
        # The same question asked for good will say why it cannot be answered.
        return asked


def literal(text: str, base: SupplierQuery) -> Understood:
    """The words as they are."""
    return Understood(replace(base, text=" ".join(text.split())))


def around(query: SupplierQuery, place: Place, radius_km: int | None) -> tuple[SupplierQuery, int | None]:
    """A query limited to a place, and the radius used: a commune is a centre with a radius, a territory is a filter."""
    if place.kind == "pays":
        return query, None
    query = replace(query, near=Near(place.latitude, place.longitude, place.landmass or None))
    if place.kind in {"commune", "arrondissement"} or radius_km:
        used = radius_km or DEFAULT_RADIUS
        return replace(query, radius_km=float(used)), used
    if place.kind == "epci":
        return replace(query, epci=(place.code,)), None
    if place.kind == "region":
        return replace(query, regions=(place.code,)), None
    return replace(query, departements=tuple(dict.fromkeys((*query.departements, place.code)))), None


def _as_read(sentence: Sentence, base: SupplierQuery, radius_km: int | None) -> Understood:
    if sentence.identifier:
        # Who types a number wants that very one, ESS bodies included.
        return Understood(replace(base, text=sentence.identifier, with_ess=True), sentence)
    wishes = [Wish(words, (), {"kind": codes}) for words, codes in sentence.named_kinds]
    text = ""
    trade = trade_wish(sentence.rest) if sentence.is_trade else None
    if trade is not None:
        wishes.insert(0, trade)
    else:
        text = sentence.rest
    query = replace(
        base,
        text=text,
        wishes=tuple(wishes),
        name=sentence.raw,
        # A trade that nobody does here is widened by places and trades, not by giving words up.
        relax=base.relax and trade is None,
        kinds=tuple(dict.fromkeys((*base.kinds, *sentence.kinds))),
        departements=tuple(dict.fromkeys((*base.departements, *sentence.departements))),
    )
    used = None
    if sentence.place is not None:
        query, used = around(query, sentence.place, radius_km or sentence.radius_km)
    return Understood(query, sentence, place=sentence.place, rivals=sentence.rivals, radius_km=used)


def _settled(
    asked: Understood, base: SupplierQuery, text: str, radius_km: int | None, with_place: bool
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
        asked = replace(asked, query=replace(asked.query, with_ess=base.with_ess or not index.count(replace(named, with_ess=False))))
    probe = index.find(replace(asked.query, limit=0, relax=False))
    mended = _mended(text, probe.corrections)
    if mended:
        again = _as_read(read(mended, place_finder(), with_place=with_place), base, radius_km)
        if _says_more(again.sentence, sentence):
            asked, probe = replace(again, mended=mended), index.find(replace(again.query, limit=0, relax=False))
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
