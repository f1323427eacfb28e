"""Which of the places a text names is where the work is done: « La ville de Lyon… à Villeurbanne » is at Villeurbanne."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from levier.reference.places.place import Place, PlaceMatch

# How far before a name its role is read, in signs.
REACH = 60
_SEVERAL = {"commune", "arrondissement"}
_LINK = r"(?:(?:de la|de l['’]|du|des|de|d['’]|la|le|les|l['’])\s*)*"
# « situé à », « lieu d'exécution : », « chantier de »: the text says it is there.
_DONE_THERE = re.compile(
    r"(?:lieux? (?:principal )?(?:d['’]ex[ée]cution|d['’]intervention|des travaux|des prestations)|\bsitu[ée]{1,2}s?|\bsise?s?|\bimplant[ée]{1,2}s?|"
    r"\bchantiers?|\bsites?)\s*(?::|[àa]|au|aux|en|dans|sur)?\s*"
    + _LINK
    + r"(?:(?:ville|commune)\s+"
    + _LINK
    + r")?$",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"(?:^|[\s,;(])(?:à|au|aux|en|dans|sur)\s+"
    + _LINK
    + r"(?:(?:ville|commune|territoire)\s+"
    + _LINK
    + r")?$",
    re.IGNORECASE,
)
# « La ville de », « Acheteur : mairie de », « siège à »: who buys, or where it sits.
_OF_THE_BUYER = re.compile(
    r"(?:\b(?:acheteur|commanditaire|pouvoir adjudicateur|ma[îi]tr(?:e|ise) d['’]ouvrage|si[èe]ge(?: social)?|pour le compte)\s*:?\s*(?:[àa]\s+)?|"
    r"\b(?:mairie|ville|commune|m[ée]tropole|agglom[ée]ration|agglo|communaut[ée](?: d(?:e|['’]) ?\w+)?|d[ée]partement|r[ée]gion|"
    r"conseil (?:d[ée]partemental|r[ée]gional)|ccas|office|chu?|centre hospitalier)\s+)" + _LINK + r"$",
    re.IGNORECASE,
)
# « 29 cours de la Liberté 69003 Lyon »: an address, of the buyer unless the text says the site is there.
_ADDRESS = re.compile(
    r"\d+(?: ?(?:bis|ter))?,? (?:rue|avenue|cours|place|boulevard|quai|all[ée]e|chemin|route|square|impasse) [^.;\n]*$",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"^\s*(?:,|et|&|/|ou|puis)\s*(?:à|au|aux|en|de|du|des|d['’])?\s*(?:la|le|les|l['’])?\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that are the name of a place, and how sure it is that they mean it."""

    evidence: float
    start: int
    end: int
    match: PlaceMatch

    @property
    def place(self) -> Place:
        """The place meant."""
        return self.match.place


class Role(IntEnum):
    """What a place does in the text, the place of performance last."""

    ADDRESS = 0
    BUYER = 1
    NAMED = 2
    INSIDE = 3
    DONE_THERE = 4


def place_of_performance(text: str, hits: Sequence[Hit]) -> tuple[Hit, tuple[Hit, ...]]:
    """The hit where the work is done, and the others that nothing sets aside: they are to be asked about.

    The surest name wins, unless the text says where it is done, or the surest only names the buyer or an area around another.
    `hits` holds one at least.
    """
    kept = _one_each(hits)
    roles = {id(hit): _role(text, hit) for hit in kept}
    best = max(kept, key=lambda hit: (roles[id(hit)] == Role.DONE_THERE, hit.evidence, -hit.start))
    if roles[id(best)] != Role.DONE_THERE:
        best = _nearer(best, kept, roles)
    others = tuple(
        hit
        for hit in kept
        if hit is not best and not _holds(hit.place, best.place) and _is_open(text, hit, best, kept, roles)
    )
    return best, others


def _one_each(hits: Sequence[Hit]) -> list[Hit]:
    """One hit a place, the surest, in the order of the text."""
    found: dict[tuple[str, str], Hit] = {}
    for hit in sorted(hits, key=lambda one: (-one.evidence, one.start)):
        found.setdefault((hit.place.kind, hit.place.code), hit)
    return sorted(found.values(), key=lambda one: one.start)


def _role(text: str, hit: Hit) -> Role:
    before = re.split(r"[.;\n](?=\s)", text[max(0, hit.start - REACH) : hit.start])[-1]
    if _DONE_THERE.search(before):
        return Role.DONE_THERE
    if _INSIDE.search(before):
        return Role.INSIDE
    if _ADDRESS.search(before):
        return Role.ADDRESS
    return Role.BUYER if _OF_THE_BUYER.search(before) else Role.NAMED


def _nearer(best: Hit, hits: Sequence[Hit], roles: dict[int, Role]) -> Hit:
    """Another hit when the surest is the buyer's, or an area that holds it: « département du Nord, collège de Roubaix »."""
    inside = [hit for hit in hits if hit is not best and roles[id(hit)] == Role.INSIDE]
    within = [hit for hit in hits if roles[id(hit)] > Role.BUYER and _holds(best.place, hit.place)]
    if roles[id(best)] == Role.ADDRESS:
        within = within or [
            hit for hit in hits if roles[id(hit)] == Role.NAMED and hit.place.kind in _SEVERAL
        ]
    if roles[id(best)] <= Role.BUYER and (inside or within):
        return max(inside or within, key=lambda hit: (hit.evidence, -hit.start))
    if within and roles[id(best)] != Role.INSIDE:
        return max(within, key=lambda hit: (hit.evidence, -hit.start))
    return best


def _is_open(text: str, hit: Hit, best: Hit, hits: Sequence[Hit], roles: dict[int, Role]) -> bool:
    """Whether the text may as well mean this one: said in the same way as the best, or beside a buyer's town."""
    if roles[id(best)] == Role.DONE_THERE:
        return roles[id(hit)] == Role.DONE_THERE or _is_joined(text, hit, best, hits)
    if roles[id(hit)] <= Role.BUYER:
        return False
    if roles[id(best)] <= Role.BUYER:
        return hit.place.kind in _SEVERAL
    return roles[id(hit)] == roles[id(best)] == Role.INSIDE or _is_joined(text, hit, best, hits)


def _is_joined(text: str, hit: Hit, best: Hit, hits: Sequence[Hit]) -> bool:
    """Whether « et » or commas alone lead from one to the other: « à Lyon, Bron et Villeurbanne »."""
    first, last = sorted((best, hit), key=lambda one: one.start)
    chain = [one for one in hits if first.start <= one.start <= last.start]
    return hit.place.kind == best.place.kind and all(
        _JOINED.match(text[one.end : other.start]) for one, other in pairwise(chain)
    )


def _holds(area: Place, place: Place) -> bool:
    """Whether the second lies in the first, larger."""
    if area.kind in _SEVERAL or area == place:
        return False
    return area.code in {
        "epci": (place.epci,),
        "departement": (place.departement,),
        "region": (place.region,),
    }.get(area.kind, ())
