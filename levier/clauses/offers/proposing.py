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
from levier.directory.index import FoundSupplier
from levier.directory.queries import SupplierCard, supplier_cards
from levier.directory.search import Near, SupplierQuery
from levier.facilitators.models import Coverage, Scope, Structure, StructureKind
from levier.facilitators.queries import territory_of
from levier.purchasing.models import Lot
from levier.reference.queries import place_by_code
from levier.reference.sectors import sector_for_cpv
from levier.rulebook.calibration import CalibrationError, trade_for_cpv

REACH_KM = 50.0
MOST_OF_A_SHELF = 8
MOST_PRESCRIBERS = 12
PRESCRIBER_KINDS = (
    StructureKind.FRANCE_TRAVAIL, StructureKind.MISSION_LOCALE, StructureKind.CAP_EMPLOI, StructureKind.PLIE,
    StructureKind.MDE, StructureKind.E2C, StructureKind.EPIDE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the page offers to tick: cards of the two shelves and structures that prescribe."""

    work: tuple[SupplierCard, ...]
    people: tuple[SupplierCard, ...]
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
    kept = set(offer.suppliers if offer else ())
    work, people = _shelves(lot)
    known = {card.id for card in (*work, *people)}
    others = supplier_cards(sorted(kept - known)) if kept - known else []
    return Proposal(
        work=(*work, *(card for card in others if card.kind.shelf == "work")),
        people=(*people, *(card for card in others if card.kind.shelf != "work")),
        prescribers=tuple(_prescribers(lot, set(offer.prescribers if offer else ()))),
    )


def _shelves(lot: Lot) -> tuple[tuple[SupplierCard, ...], tuple[SupplierCard, ...]]:
    kind, code = lot.place_kind or lot.purchase.place_kind, lot.place_code or lot.purchase.place_code
    place = place_by_code(kind, code) if kind and code else None
    trade = sector_for_cpv(lot.cpv) if lot.cpv else None
    if place is None:
        return (), ()
    near = Near(place.latitude, place.longitude, place.landmass or None)
    base = SupplierQuery(near=near, radius_km=REACH_KM, sort="distance", limit=MOST_OF_A_SHELF)
    try:
        people = index.search(replace(base, shelves=("people",)))[1]
        work: tuple[FoundSupplier, ...] = ()
        if trade is not None:
            work = index.search(replace(base, shelves=("work",), sectors=(trade.slug,)))[1]
    except (IndexMissingError, IndexOutdatedError):
        return (), ()
    return tuple(one.card for one in work), tuple(one.card for one in people)


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
