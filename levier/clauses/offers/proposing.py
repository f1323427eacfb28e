"""What may go into an offer: the posts of the trade, the structures of both shelves, the prescribers of the place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

import yaml

from levier.clauses.models import InsertionOffer
from levier.core.search import IndexMissingError, IndexOutdatedError
from levier.directory import index
from levier.directory.around import around_place
from levier.directory.coming import coming_page
from levier.directory.fitting import Fit, fit_of
from levier.directory.index import FoundSupplier
from levier.directory.queries import SupplierCard, supplier_cards
from levier.directory.search import SupplierHit, SupplierQuery
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
COMING = "Établies ailleurs, elles disent intervenir ici"
PRESCRIBER_KINDS = (
    StructureKind.FRANCE_TRAVAIL, StructureKind.MISSION_LOCALE, StructureKind.CAP_EMPLOI, StructureKind.PLIE,
    StructureKind.MDE, StructureKind.E2C, StructureKind.EPIDE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the page offers to tick: structures in groups, the likeliest first, and those that prescribe."""

    groups: tuple[tuple[str, tuple[SupplierCard, ...]], ...]
    prescribers: tuple[Structure, ...]
    # By structure, from the place of the lot.
    kilometres: Mapping[int, float] = field(default_factory=dict)


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
    near = _near(lot)
    groups = {title: tuple(one.card for one in found) for title, found in near}
    known = {card.id for cards in groups.values() for card in cards}
    kept = set(offer.suppliers if offer else ()) - known
    if kept:
        groups["Déjà dans l’offre"] = tuple(supplier_cards(sorted(kept)))
    return Proposal(
        groups=tuple((title, cards) for title, cards in groups.items() if cards),
        prescribers=tuple(_prescribers(lot, set(offer.prescribers if offer else ()))),
        kilometres={
            one.card.id: one.hit.distance_km
            for _, found in near
            for one in found
            if one.hit.distance_km is not None
        },
    )


def _near(lot: Lot) -> list[tuple[str, tuple[FoundSupplier, ...]]]:
    """Both shelves around the lot: by trade, then by distance; then who comes from elsewhere. A GEIQ of another branch is left out."""
    kind, code = lot.place_kind or lot.purchase.place_kind, lot.place_code or lot.purchase.place_code
    place = place_by_code(kind, code) if kind and code else None
    if place is None:
        return []
    trade = sector_for_cpv(lot.cpv) if lot.cpv else None
    sectors = (trade.slug,) if trade else ()
    base = around_place(SupplierQuery(sort="distance", limit=MOST_OF_A_SHELF), place, REACH_KM)
    people = replace(base, shelves=("people",), limit=POOL)
    try:
        work: tuple[SupplierHit, ...] = ()
        coming: tuple[SupplierHit, ...] = ()
        if trade is not None:
            of_trade = replace(base, shelves=("work",), sectors=sectors)
            work = index.find(of_trade).hits
            coming = coming_page(of_trade, place, limit=MOST_OF_A_SHELF).hits
        fits = by_fit(index.find(people).hits, sectors)
        far = by_fit(coming_page(people, place, limit=MOST_OF_A_SHELF).hits, sectors)
        coming = tuple(dict.fromkeys((*coming, *far["trade"], *far["any"])))
        cards = index.carded(work, *fits.values(), coming)
    except (IndexMissingError, IndexOutdatedError):
        return []
    titles = ("Pour faire le travail", *(TITLES[fit] for fit in fits), COMING)
    return list(zip(titles, cards, strict=True))


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


def begun_from(lot: Lot) -> dict[str, list[str]]:
    """What the last offer of another lot of the purchase ticked, which is seldom of one lot alone: who prescribes, the routes."""
    others = InsertionOffer.objects.filter(lot__purchase=lot.purchase, lot__removed_at=None).exclude(lot=lot)
    last = others.order_by("-updated_at").first()
    return {"prescribers": [str(one) for one in last.prescribers], "routes": last.routes} if last else {}


def chosen(offer: InsertionOffer) -> tuple[list[SupplierCard], list[Structure]]:
    """The structures of an offer, read again today: one that left the directory is no longer there."""
    cards = supplier_cards(offer.suppliers) if offer.suppliers else []
    return list(cards), list(_by_name(Structure.objects.filter(pk__in=offer.prescribers)))


def _by_name(rows: Iterable[Structure]) -> list[Structure]:
    return sorted(rows, key=lambda one: one.name)
