"""A network's own list of members: what each line means in the directory, before anything is written."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Q

from levier.directory.models import AwaitedMember, NetworkMember, ReviewingNetwork, Supplier
from levier.directory.networks.queries import gathered_suppliers
from levier.directory.panel import PanelLine, PanelMatch, UnreadablePanelError, match_panel
from levier.directory.queries import SupplierCard, cards_by_key
from levier.directory.resolution.naming import name_words
from levier.organisations.identifiers import is_valid_siren
from levier.reference.queries import place_finder

MOST_LINES = 3_000
# A SIREN with more sheets than that is a large body: its local network gathers some of them only.
MOST_TICKED = 10
MOST_SHOWN = 30
# Between brackets, an acronym or a remark.
_BRACKETS = re.compile(r"\([^)]*\)")
# What one form may carry: beyond, nothing more is ticked beforehand.
MOST_BOXES = 3_000

Meaning = Literal["new", "choose", "member", "disowned", "unknown", "wrong", "without"]
REASONS: dict[Meaning, str] = {
    "new": "reconnue",
    "choose": "plusieurs fiches possibles",
    "member": "déjà membre",
    "disowned": "dit ne pas être membre de votre réseau",
    "unknown": "pas dans l’annuaire",
    "wrong": "numéro faux : un chiffre manque ou n’est pas le bon",
    "without": "ni SIRET ni SIREN dans la ligne, et aucune fiche de ce nom dans cette commune",
}


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line of the list: what it means and the sheets that answer to it. ``is_ticked``: all proposed at once."""

    line: PanelLine
    meaning: Meaning
    cards: tuple[SupplierCard, ...] = ()
    is_ticked: bool = False
    hint: str = ""

    @property
    def shown(self) -> tuple[SupplierCard, ...]:
        """The sheets a page proposes."""
        return self.cards[:MOST_SHOWN]

    @property
    def hidden(self) -> int:
        """How many more there are: the SIRET of the line would tell."""
        return len(self.cards) - len(self.shown)

    @property
    def reason(self) -> str:
        """The meaning in French."""
        return self.hint or REASONS[self.meaning]


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole list, line by line, and the members it no longer names."""

    lines: tuple[ReadLine, ...]
    repeated: int
    leaving: tuple[Supplier, ...]

    def of(self, *meanings: Meaning) -> list[ReadLine]:
        """The lines that mean one of these."""
        return [one for one in self.lines if one.meaning in meanings]

    @property
    def new(self) -> list[ReadLine]:
        return self.of("new")

    @property
    def to_choose(self) -> list[ReadLine]:
        return self.of("choose")

    @property
    def known(self) -> list[ReadLine]:
        return self.of("member")

    @property
    def unknown(self) -> list[ReadLine]:
        return self.of("unknown")

    @property
    def set_aside(self) -> list[ReadLine]:
        """Lines that give nothing, each with its reason."""
        return self.of("wrong", "without", "disowned")


def read_list(network: ReviewingNetwork, lines: Sequence[PanelLine]) -> Reading:
    """What a list would do. A constant number of SQL queries. Raises UnreadablePanelError beyond MOST_LINES."""
    if len(lines) > MOST_LINES:
        raise UnreadablePanelError(
            f"Au plus {MOST_LINES:_} lignes à la fois : coupez la liste en plusieurs.".replace("_", "\u202f")
        )
    report = match_panel(lines)
    members = list(gathered_suppliers(network.organisation_id))
    ids = {one.pk for one in members}
    disowned = _disowned(network)
    right = [match for match in report.matches if match.outcome != "wrong"]
    read = _within_one_form([_read(network, match, ids, disowned) for match in right])
    wrong = [match.line for match in report.matches if match.outcome == "wrong"]
    named = _named(network, [*wrong, *(one for one in lines if not one.number)], ids, disowned)
    named = _by_their_siren(network, named, ids, disowned)
    # The first line, when it says nothing, is the header.
    read += [one for one in named if one.line.line > 1 or one.meaning != "without"]
    if not report.matches and all(one.meaning == "without" for one in named):
        raise UnreadablePanelError(
            "Aucun SIRET (14 chiffres) ni SIREN (9 chiffres) dans ce que vous avez donné, ni aucun nom de structure que "
            "l’annuaire connaisse dans la commune écrite."
        )
    told = {card.id for one in read for card in one.cards}
    leaving = tuple(one for one in members if one.pk not in told)
    return Reading(tuple(sorted(read, key=lambda one: one.line.line)), report.repeated, leaving)


def _within_one_form(lines: Iterable[ReadLine]) -> list[ReadLine]:
    """Lines ticked beforehand as long as one form can carry the boxes."""
    boxes, kept = 0, []
    for one in lines:
        boxes += len(one.cards) if one.is_ticked else 0
        kept.append(replace(one, is_ticked=False) if one.is_ticked and boxes > MOST_BOXES else one)
    return kept


def _read(network: ReviewingNetwork, match: PanelMatch, members: set[int], disowned: set[int]) -> ReadLine:
    line = match.line
    if not match.cards:
        return ReadLine(line, "unknown")
    if any(card.id in members for card in match.cards):
        return ReadLine(line, "member", match.cards)
    cards = _gathered_kinds(network, [card for card in match.cards if card.id not in disowned])
    if not cards:
        return ReadLine(line, "disowned", match.cards)
    if match.outcome == "legal_unit":
        hint = "ce SIRET n’est pas dans l’annuaire, un autre établissement y est"
        return ReadLine(line, "choose", cards, hint=hint)
    if len(cards) == 1:
        return ReadLine(line, "new", cards)
    is_one_place = len(line.number) == 14
    hint = "plusieurs fiches à cette adresse" if is_one_place else "plusieurs fiches de cette entreprise"
    return ReadLine(line, "choose", cards, is_ticked=len(cards) <= MOST_TICKED, hint=hint)


def _named(
    network: ReviewingNetwork, lines: Sequence[PanelLine], members: set[int], disowned: set[int]
) -> list[ReadLine]:
    """Lines without a right number: the sheets whose whole name they write, in the commune they write. Never ticked beforehand."""
    towns = _towns(lines)
    keys = _keys_by_line(network, lines, towns)
    cards = {card.key: card for card in cards_by_key(sorted(set().union(*keys.values())))} if keys else {}
    found = []
    for line in lines:
        known = tuple(cards[key] for key in keys.get(line.line, ()) if key in cards)
        if any(card.id in members for card in known):
            found.append(ReadLine(line, "member", known))
            continue
        free = _gathered_kinds(network, [card for card in known if card.id not in disowned])
        if free:
            fault = "numéro faux" if line.number else "sans numéro"
            hint = f"{fault}, reconnue par son nom et sa commune : vérifiez"
            found.append(ReadLine(line, "choose", free, hint=hint))
        else:
            nothing: Meaning = "wrong" if line.number else "without"
            found.append(ReadLine(line, "disowned" if known else nothing, known))
    return found


def _by_their_siren(
    network: ReviewingNetwork, lines: Sequence[ReadLine], members: set[int], disowned: set[int]
) -> list[ReadLine]:
    """Lines whose SIRET is wrong and whose name is nobody's: the sheets of its SIREN, when that one is right."""
    wrong = {one.line.line: one.line.number[:9] for one in lines if one.meaning == "wrong"}
    asked = [PanelLine(0, siren, "") for siren in set(wrong.values()) if is_valid_siren(siren)]
    cards = {match.line.number: match.cards for match in match_panel(asked).matches} if asked else {}
    found = []
    for one in lines:
        known = cards.get(wrong.get(one.line.line, ""), ())
        free = _gathered_kinds(network, [card for card in known if card.id not in disowned | members])
        hint = "numéro faux, dont le SIREN est celui de cette entreprise : vérifiez"
        found.append(replace(one, meaning="choose", cards=free, hint=hint) if free else one)
    return found


def _towns(lines: Sequence[PanelLine]) -> dict[int, tuple[str, str]]:
    """Line → the code and the name of the commune it writes."""
    if not lines:
        return {}
    finder = place_finder()
    places = ((one.line, finder.find_in_sentence(one.label).match) for one in lines)
    return {
        line: (match.place.code, match.place.name)
        for line, match in places
        if match is not None and match.place.kind in {"commune", "arrondissement"}
    }


def _keys_by_line(
    network: ReviewingNetwork, lines: Iterable[PanelLine], towns: dict[int, tuple[str, str]]
) -> dict[int, list[str]]:
    """Line → the keys of the sheets it names. One SQL query, none without a commune."""
    if not towns:
        return {}
    codes = {code for code, _ in towns.values()}
    there = Supplier.objects.filter(Q(commune_id__in=codes) | Q(commune__parent_id__in=codes), is_listed=True)
    if "ESS" not in network.gathers:
        # A million associations: their names are said by many lines.
        there = there.exclude(kind="ESS")
    by_town: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for key, name, brand, code, whole in there.values_list(
        "key", "name", "brand", "commune_id", "commune__parent_id"
    ):
        for one in filter(None, (name, brand)):
            words = frozenset(name_words(_BRACKETS.sub(" ", one)).tokens)
            for place in filter(None, (code, whole)):
                by_town.setdefault(place, []).append((key, words))
    found: dict[int, list[str]] = {}
    for line in lines:
        code, town = towns.get(line.line, ("", ""))
        said, own = set(name_words(line.label).tokens), set(name_words(town).tokens)
        keys = [key for key, words in by_town.get(code, ()) if words - own and words <= said]
        if keys:
            found[line.line] = list(dict.fromkeys(keys))
    return found


def _gathered_kinds(network: ReviewingNetwork, cards: Iterable[SupplierCard]) -> tuple[SupplierCard, ...]:
    """The sheets of the kinds this network gathers; all of them when none is."""
    every = tuple(cards)
    wanted = tuple(card for card in every if card.kind.code in network.gathers)
    return wanted or every


def _disowned(network: ReviewingNetwork) -> set[int]:
    rows = NetworkMember.objects.filter(
        network_id=network.organisation_id, state=NetworkMember.State.DISOWNED
    ).values_list("supplier_id", "supplier__merged_into_id")
    return {merged or own for own, merged in rows}


def found_for(
    network: ReviewingNetwork, awaited: Sequence[AwaitedMember]
) -> Iterator[tuple[AwaitedMember, Supplier]]:
    """The awaited lines that one listed sheet alone answers to today. One SQL query."""
    numbers = [one.number for one in awaited if one.number]
    by_number: dict[str, list[Supplier]] = {}
    listed = Supplier.objects.filter(Q(siret__in=numbers) | Q(siren__in=numbers), is_listed=True)
    for supplier in listed if numbers else ():
        for number in (supplier.siret, supplier.siren):
            if number:
                by_number.setdefault(number, []).append(supplier)
    for one in awaited:
        found = by_number.get(one.number, [])
        wanted = [supplier for supplier in found if supplier.kind in network.gathers] or found
        if len(wanted) == 1:
            yield one, wanted[0]
