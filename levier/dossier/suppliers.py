"""Who can do the work, and who can supply people: two shelves that must not be mixed.

« Enough suppliers » concerns reservations only; an execution clause never needs a supplier of the trade.
A supplier whose activities nobody states stands apart: never dropped, never ranked as a match.
"""

from dataclasses import dataclass, replace

from levier.core.search import IndexMissingError, IndexOutdatedError
from levier.core.typography import counted
from levier.directory import index
from levier.directory.around import around_place, is_a_point
from levier.directory.coming import coming_suppliers
from levier.directory.fitting import FITS, fit_of
from levier.directory.index import FoundSupplier
from levier.directory.search import SupplierHit, SupplierQuery
from levier.dossier.need import Need
from levier.dossier.result import Shelf, SupplierLine, SupplierShelves
from levier.reference.cpv.tables import BUILDINGS
from levier.reference.places import Place
from levier.reference.places.naming import inside, of
from levier.reference.sectors import all_sectors, sector
from levier.rulebook.potential import Potential, reservation_potential

RADII_KM = (30.0, 50.0, 100.0)
# A reservation asks for competition near the place; a shelf shows those who would come from further.
REACH_KM = 50.0
# A shelf widens its radius until it holds this many, or the widest radius is reached.
ENOUGH_ON_A_SHELF = 5
LINES_PER_SHELF = 6
# Who comes from elsewhere stands at the end of a short shelf.
MOST_COMING = 3
# Suppliers of people read before they are ranked by trade.
POOL = 60

TITLES = {
    "work": "Qui peut faire la prestation",
    "people": "Qui peut fournir des personnes",
    "unknown": "Activités non renseignées, à contacter",
}
# Most ESAT and many SIAE: no source says what they do.
UNKNOWN = SupplierQuery(shelves=("work",), families=("insertion", "handicap"), activities=("unknown",))
NO_INDEX = "L’index de recherche n’est pas encore prêt : les structures apparaîtront dans un instant."

# A whole building calls for every trade of the building, not for a « general construction » supplier only.
WHOLE_OPERATION = "construction-generale"


@dataclass(frozen=True)
class Reach:
    """How many structures of the trade can answer a reservation, by family; ``km``: how far they were counted."""

    insertion: int | None
    handicap: int | None
    km: float | None = None


def sectors_wanted(need: Need) -> tuple[str, ...]:
    """The purchase sectors whose suppliers can do the work."""
    if not need.sector:
        return ()
    if need.sector == WHOLE_OPERATION or (need.cpv and need.cpv.code.startswith(BUILDINGS)):
        return tuple(dict.fromkeys((*sectors_of_group(WHOLE_OPERATION), need.sector)))
    return (need.sector,)


def sectors_of_group(slug: str) -> tuple[str, ...]:
    """Every sector of the same family of trades."""
    group = sector(slug).group
    return tuple(found.slug for found in all_sectors() if found.group == group)


# A shelf, and the hits that will be its lines.
_Filled = tuple[Shelf, tuple[SupplierHit, ...]]


class SupplierFinder:
    """Fills the shelves of one need."""

    def __init__(self, need: Need) -> None:
        self.need = need
        self.sectors = sectors_wanted(need)
        self._coming: frozenset[int] = frozenset()

    def shelves(self) -> SupplierShelves:
        """The three shelves, with the hint about a reservation; empty and saying so without an index."""
        try:
            return self._filled()
        except (IndexMissingError, IndexOutdatedError):
            empty = [Shelf(code, title, 0, "", (), NO_INDEX) for code, title in TITLES.items()]
            return SupplierShelves(*empty, hint=None, is_demonstration=False)

    def _filled(self) -> SupplierShelves:
        filled = (
            self._work(),
            self._shelf("people", SupplierQuery(shelves=("people",))),
            self._shelf("unknown", UNKNOWN),
        )
        # One query for the cards of the three.
        found = index.carded(*(hits for _, hits in filled))
        work, people, unknown = (
            replace(shelf, lines=self._lines(shelf.code, cards))
            for (shelf, _), cards in zip(filled, found, strict=True)
        )
        lines = [line for shelf in (work, people, unknown) for line in shelf.lines]
        return SupplierShelves(
            work=work,
            people=people,
            unknown=unknown,
            hint=self._hint(work),
            is_demonstration=any(line.card.is_demo for line in lines),
        )

    def reach(self) -> Reach:
        """Structures of the trade within REACH_KM, for reservations; None without place or trade."""
        if not self.sectors or self.need.place is None:
            return Reach(None, None)
        base = self._around(SupplierQuery(shelves=("work",), sectors=self.sectors), REACH_KM)
        around_unknown = self._around(UNKNOWN, REACH_KM)
        try:
            return Reach(
                insertion=self._reach_of("insertion", base, around_unknown),
                handicap=self._reach_of("handicap", base, around_unknown),
                km=REACH_KM if is_a_point(self.need.place) else None,
            )
        except (IndexMissingError, IndexOutdatedError):
            return Reach(None, None)

    def _reach_of(self, family: str, known: SupplierQuery, unknown: SupplierQuery) -> int | None:
        """How many of this family do the trade; None when nobody says so but some never said what they do."""
        count = index.count(replace(known, families=(family,)))
        if count or not index.count(replace(unknown, families=(family,))):
            return count
        return None

    def _work(self) -> _Filled:
        if not self.sectors:
            note = "Précisez l’objet pour chercher les structures du métier."
            return Shelf("work", TITLES["work"], 0, "", (), note), ()
        shelf, hits = self._of_the_trade()
        coming = self._from_elsewhere(shelf, hits) if shelf.total < ENOUGH_ON_A_SHELF else ()
        if not coming:
            return shelf, hits
        self._coming = frozenset(hit.key for hit in coming)
        said = (
            f"{counted(len(coming), 'structure établie', plural='structures établies')} ailleurs "
            f"{'disent' if len(coming) > 1 else 'dit'} intervenir ici : en fin de liste."
        )
        return replace(shelf, note=f"{shelf.note} {said}".strip()), (*hits, *coming)

    def _from_elsewhere(self, shelf: Shelf, near: tuple[SupplierHit, ...]) -> tuple[SupplierHit, ...]:
        """Of the trade, too far for the shelf, but saying that they work in the place: the nearest first."""
        place = self.need.place
        if place is None:
            return ()
        query = self._around(SupplierQuery(shelves=("work",), sectors=self.sectors), shelf.radius_km)
        # A shelf of neighbouring trades stands nearer, perhaps with some of these.
        known = {hit.key for hit in near}
        found = coming_suppliers(query, (place,), limit=MOST_COMING + len(known)).hits
        return tuple(hit for hit in found if hit.key not in known)[:MOST_COMING]

    def _of_the_trade(self) -> _Filled:
        shelf, hits = self._shelf("work", SupplierQuery(shelves=("work",), sectors=self.sectors))
        if shelf.total or self.sectors != (self.need.sector,):
            return shelf, hits
        near_trades = SupplierQuery(shelves=("work",), sectors=sectors_of_group(self.need.sector))
        wider, further = self._shelf("work", near_trades)
        label = sector(self.need.sector).group.label
        note = (
            f"Aucune structure connue en « {self.need.sector_label} » : voici les métiers proches ({label})."
        )
        return (replace(wider, note=note), further) if wider.total else (shelf, hits)

    def _shelf(self, code: str, query: SupplierQuery) -> _Filled:
        """A shelf without its lines yet, and who stands on it."""
        place, title = self.need.place, TITLES[code]
        if place is None:
            note = "Donnez un lieu pour voir les structures les plus proches."
            return Shelf(code, title, index.count(query), "en France", (), note), ()
        query = replace(query, limit=POOL if code == "people" else LINES_PER_SHELF, sort="distance")
        radii: tuple[float | None, ...] = RADII_KM if is_a_point(place) else (None,)
        for radius in radii:
            around = self._around(query, radius)
            page = index.find(around)
            if page.total >= ENOUGH_ON_A_SHELF:
                break
        if code == "people":  # a stable sort: the nearest first inside each rank
            page = replace(
                page, hits=tuple(sorted(page.hits, key=lambda hit: FITS.index(fit_of(hit, self.sectors))))
            )
        scope = scope_label(place, radius)
        shelf = Shelf(code, title, page.total, scope, (), radius_km=radius, sectors=query.sectors)
        return shelf, page.hits[:LINES_PER_SHELF]

    def _lines(self, code: str, found: tuple[FoundSupplier, ...]) -> tuple[SupplierLine, ...]:
        is_rough = self.need.place is not None and self.need.place.is_approximate
        return tuple(
            SupplierLine(
                card=one.card,
                distance_km=one.hit.distance_km,
                is_distance_rough=one.card.is_place_approximate or is_rough,
                why=self._why(code, one),
            )
            for one in found
        )

    def _around(self, query: SupplierQuery, radius_km: float | None) -> SupplierQuery:
        place = self.need.place
        return query if place is None else around_place(query, place, radius_km)

    def _why(self, code: str, found: FoundSupplier) -> str:
        sectors, activity = found.hit.sectors, found.hit.activity
        if code == "unknown":
            return "activités non renseignées : à appeler"
        matched = [sector(slug).label for slug in sectors if slug in self.sectors]
        if code == "people":
            other = [sector(slug).label for slug in sectors][:1]
            if matched:
                return f"fournit des personnes du métier : {matched[0].lower()}"
            if found.hit.kind == "GEIQ":
                trade = (
                    f"autre métier : {other[0].lower()}" if other else "demandez les métiers de ses adhérents"
                )
                return f"groupement d’employeurs, {trade}"
            return "met des personnes à disposition, tous métiers"
        if found.hit.key in self._coming:
            return f"{matched[0] if matched else 'métier proche'}, établie ailleurs, dit intervenir ici"
        suffix = " (déduit du code d’activité ou du nom)" if activity == "inferred" else ""
        return f"{matched[0] if matched else 'métier proche'}{suffix}"

    def _hint(self, work: Shelf) -> Potential | None:
        if self.need.place is None or not self.sectors or self.need.buyer_side == "private":
            return None
        return reservation_potential(supplier_count=work.total, budget_ht=self.need.amount_ht)


def scope_label(place: Place, radius_km: float | None) -> str:
    """« à moins de 30 km de Roubaix », « dans le département de la Lozère »."""
    if radius_km is not None and is_a_point(place):
        return f"à moins de {radius_km:.0f}\u00a0km {of(place)}"
    return inside(place)
