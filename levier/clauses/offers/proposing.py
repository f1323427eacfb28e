"""What may go into an offer: the posts of the trade, the structures of both shelves, the prescribers of the place."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from levier.clauses.models import InsertionOffer
from levier.core.search import IndexMissingError, IndexOutdatedError
from levier.directory import index
from levier.directory.fitting import Fit, fit_of
from levier.directory.queries import SupplierCard, supplier_cards
from levier.directory.search import Near, SupplierHit, SupplierQuery
from levier.facilitators.models import Coverage, Scope, Structure, StructureKind
from levier.facilitators.queries import territory_of
from levier.purchasing.models import Lot
from levier.reference.queries import place_by_code
from levier.reference.sectors import sector_for_cpv
from levier.rulebook.calibration import CalibrationError, trade_for_cpv

REACH_KM = 50.0
MOST_OF_A_SHELF = 8
# Read by distance, then ranked by trade: the right GEIQ may be the thirtieth structure away.
POOL = 60
MOST_PRESCRIBERS = 12
TITLES: dict[Fit, str] = {
    "trade": "Pour fournir des personnes de ce métier",
    "any": "Pour fournir des personnes, tous métiers",
    "unknown": "Métier non renseigné : à appeler d’abord",
}
PRESCRIBER_KINDS = (
    StructureKind.FRANCE_TRAVAIL, StructureKind.MISSION_LOCALE, StructureKind.CAP_EMPLOI, StructureKind.PLIE,
    StructureKind.MDE, StructureKind.E2C, StructureKind.EPIDE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the page offers to tick: structures in groups, the likeliest first, and those that prescribe."""

    groups: tuple[tuple[str, tuple[SupplierCard, ...]], ...]
    prescribers: tuple[Structure, ...]


@cache
def _table() -> dict[str, Any]:
    text = resources.files("levier.clauses").joinpath("offers/posts.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def rome_label(code: str) -> str:
    """Our short name of a ROME code, or an empty text."""
    return str(_table()["labels"].get(code, ""))


def usual_posts(cpv: str) -> list[dict[str, Any]]:
    """The posts a lot of this trade usually opens; empty when the trade is unknown."""
    try:
        key = trade_for_cpv(cpv).key if cpv else ""
    except CalibrationError:
        return []
    codes = _table()["trades"].get(key, [])
    return [
        {"rome": code, "label": rome_label(code), "people": 1, "hours": None, "tasks": ""} for code in codes
    ]


def proposal_for(lot: Lot, offer: InsertionOffer | None) -> Proposal:
    """The structures near the lot; those already in the offer always stand in the list."""
    groups = dict(_near(lot))
    known = {card.id for cards in groups.values() for card in cards}
    kept = set(offer.suppliers if offer else ()) - known
    if kept:
        groups["Déjà dans l’offre"] = tuple(supplier_cards(sorted(kept)))
    return Proposal(
        groups=tuple((title, cards) for title, cards in groups.items() if cards),
        prescribers=tuple(_prescribers(lot, set(offer.prescribers if offer else ()))),
    )


def _near(lot: Lot) -> list[tuple[str, tuple[SupplierCard, ...]]]:
    """Both shelves around the lot: by trade, then by distance; a GEIQ of another branch is left out."""
    kind, code = lot.place_kind or lot.purchase.place_kind, lot.place_code or lot.purchase.place_code
    place = place_by_code(kind, code) if kind and code else None
    if place is None:
        return []
    trade = sector_for_cpv(lot.cpv) if lot.cpv else None
    near = Near(place.latitude, place.longitude, place.landmass or None)
    base = SupplierQuery(near=near, radius_km=REACH_KM, sort="distance", limit=MOST_OF_A_SHELF)
    try:
        work: tuple[SupplierHit, ...] = ()
        if trade is not None:
            work = index.find(replace(base, shelves=("work",), sectors=(trade.slug,))).hits
        people = index.find(replace(base, shelves=("people",), limit=POOL)).hits
        fits = by_fit(people, (trade.slug,) if trade else ())
        cards = index.carded(work, *fits.values())
    except (IndexMissingError, IndexOutdatedError):
        return []
    titles = ("Pour faire le travail", *(TITLES[fit] for fit in fits))
    return [(title, tuple(one.card for one in found)) for title, found in zip(titles, cards, strict=True)]


def by_fit(hits: Iterable[SupplierHit], sectors: tuple[str, ...]) -> dict[Fit, tuple[SupplierHit, ...]]:
    """The structures that supply people, by how they fit the trade, each group in the order it came in."""
    found: dict[Fit, list[SupplierHit]] = {fit: [] for fit in TITLES}
    for hit in hits:
        if (fit := fit_of(hit, sectors)) in found:
            found[fit].append(hit)
    return {fit: tuple(some[:MOST_OF_A_SHELF]) for fit, some in found.items()}


def _prescribers(lot: Lot, kept: set[int]) -> list[Structure]:
    kind, code = lot.place_kind or lot.purchase.place_kind, lot.place_code or lot.purchase.place_code
    place = place_by_code(kind, code) if kind and code else None
    found: list[Structure] = []
    if place is not None:
        areas = [area for area in territory_of(place=place).areas if area[0] != Scope.COUNTRY.value]
        wanted = Coverage.objects.none()
        for scope, area in areas:
            wanted = wanted | Coverage.objects.filter(scope=scope, code=area)
        found = list(
            Structure.objects.filter(kind__in=PRESCRIBER_KINDS, is_active=True, coverages__in=wanted)
            .distinct()
            .order_by("kind", "name")[:MOST_PRESCRIBERS]
        )
    known = {one.pk for one in found}
    return [*found, *Structure.objects.filter(pk__in=kept - known)]


def chosen(offer: InsertionOffer) -> tuple[list[SupplierCard], list[Structure]]:
    """The structures of an offer, read again today: one that left the directory is no longer there."""
    cards = supplier_cards(offer.suppliers) if offer.suppliers else []
    return list(cards), list(_by_name(Structure.objects.filter(pk__in=offer.prescribers)))


def _by_name(rows: Iterable[Structure]) -> list[Structure]:
    return sorted(rows, key=lambda one: one.name)
