"""Who a need would reach: the same engine as the search, the buyer's changes, and who has no address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from levier.core import mail_returns
from levier.core.search import IndexMissingError, IndexOutdatedError, SearchError
from levier.directory import index
from levier.directory.coming import coming_suppliers, sectors_asked
from levier.directory.models import Supplier
from levier.directory.queries import SupplierCard, supplier_cards
from levier.directory.search import Near, SupplierQuery
from levier.directory.served import Spot, areas_of, comes_to
from levier.directory.solicitations.queries import refusing_needs
from levier.purchasing.models import NeedScope, PublishedNeed
from levier.reference.places import Place, haversine_km, landmass
from levier.reference.queries import place_by_code

# One need never writes to more suppliers: beyond, it is no longer a need but a mailing.
MOST_RECIPIENTS = 300
REBUILDING = "La recherche se prépare : réessayez dans une minute."


@dataclass(frozen=True)
class Candidate:
    """One supplier the need would reach. `is_added`: by the buyer, outside of the search."""

    card: SupplierCard
    distance_km: float | None
    is_added: bool = False
    # Established outside of the area, which it says it serves.
    is_coming: bool = False
    # Mails to its address come back.
    is_unreached: bool = False

    @property
    def address(self) -> str:
        """The address the directory publishes; an empty text when it publishes none, or none that answers."""
        return "" if self.is_unreached else self.card.email.strip().lower()


@dataclass(frozen=True)
class Matching:
    """`mailed` would receive a mail, `phoned` has no published address that answers, `removed` was taken out by the buyer.

    `refusing`: whoever asked not to be solicited: found by the search, never written to, nor called for a need.
    `total`: how many the search found, before the buyer's changes; `coming`: how many are established elsewhere but say they
    work in the area, whether the buyer takes them (they are then of the total) or leaves them out. `same_address`: sheets left out because
    another sheet of the list has their address, so that nobody receives the need twice.
    """

    mailed: tuple[Candidate, ...] = ()
    phoned: tuple[Candidate, ...] = ()
    removed: tuple[Candidate, ...] = ()
    refusing: tuple[Candidate, ...] = ()
    total: int = 0
    coming: int = 0
    same_address: int = 0
    problem: str = ""

    @property
    def is_too_wide(self) -> bool:
        return len(self.mailed) + len(self.phoned) > MOST_RECIPIENTS or self.total > MOST_RECIPIENTS

    @property
    def all(self) -> tuple[Candidate, ...]:
        """Everyone the need goes to, by mail or by phone."""
        return (*self.mailed, *self.phoned)

    @property
    def all_coming(self) -> int:
        """How many of them are established elsewhere."""
        return sum(one.is_coming for one in self.all)

    @property
    def all_established(self) -> int:
        """How many of them the search found in the area itself."""
        return sum(not one.is_coming and not one.is_added for one in self.all)


def place_of(need: PublishedNeed) -> Place | None:
    """The centre of an « around » need."""
    return next(iter(places_of(need)), None) if need.scope == NeedScope.AROUND else None


def places_of(need: PublishedNeed) -> tuple[Place, ...]:
    """Where the work is done: its commune, else its territories; empty for the whole country."""
    asked = {
        NeedScope.AROUND: (("commune", need.place_code), ("arrondissement", need.place_code)),
        NeedScope.DEPARTEMENTS: tuple(("departement", code) for code in need.departements),
        NeedScope.REGIONS: tuple(("region", code) for code in need.regions),
    }.get(NeedScope(need.scope), ())
    return tuple(place for kind, code in asked if (place := place_by_code(kind, code)))


def area_label(need: PublishedNeed) -> str:
    """« à 50 km autour de Roubaix (59) », « Nord, Pas-de-Calais », « France »."""
    if need.scope == NeedScope.AROUND:
        return f"{need.place_label}, à {need.radius_km}\u00a0km autour"
    if need.scope == NeedScope.DEPARTEMENTS:
        return ", ".join(_name("departement", code) for code in need.departements)
    if need.scope == NeedScope.REGIONS:
        return ", ".join(_name("region", code) for code in need.regions)
    return "France"


def _name(kind: str, code: str) -> str:
    place = place_by_code(kind, code)
    return place.label if place else code


def query_of(need: PublishedNeed) -> SupplierQuery:
    """The search that finds the suppliers of a need: sector (else CPV), kinds, area, nearest first."""
    query = SupplierQuery(
        kinds=tuple(need.kinds),
        sectors=tuple(need.sectors),
        cpv=() if need.sectors or not need.cpv else (need.cpv,),
        limit=MOST_RECIPIENTS,
        sort="name",
        relax=False,
    )
    place = place_of(need)
    if place is not None:
        near = Near(place.latitude, place.longitude, place.landmass or None)
        return replace(query, near=near, radius_km=float(need.radius_km or 50), sort="distance")
    if need.scope == NeedScope.DEPARTEMENTS:
        return replace(query, departements=tuple(need.departements))
    if need.scope == NeedScope.REGIONS:
        return replace(query, regions=tuple(need.regions))
    return query


def match(need: PublishedNeed) -> Matching:
    """Search, then apply the buyer's changes. Never raises: `problem` is a sentence."""
    try:
        found = _find(need)
    except (IndexMissingError, IndexOutdatedError):
        return Matching(problem=REBUILDING)
    except SearchError as error:
        return Matching(problem=str(error))
    candidates = list(found.candidates)
    known = {one.card.id for one in candidates}
    others = supplier_cards([pk for pk in need.added if pk not in known])
    centre = place_of(need)
    candidates += [
        Candidate(card, _distance(centre, card), is_added=True) for card in others if card.is_listed
    ]
    removed = set(need.removed)
    kept = [one for one in candidates if one.card.id not in removed]
    silent = refusing_needs({one.card.id: one.address for one in kept})
    dead = mail_returns.given_up(one.address for one in kept)
    unique, repeated = _one_per_address(
        replace(one, is_unreached=one.address in dead) for one in kept if one.card.id not in silent
    )
    return Matching(
        mailed=tuple(one for one in unique if one.address),
        phoned=tuple(one for one in unique if not one.address),
        removed=tuple(one for one in candidates if one.card.id in removed),
        refusing=tuple(one for one in kept if one.card.id in silent),
        total=found.total,
        coming=found.coming,
        same_address=repeated,
    )


def found_around(need: PublishedNeed) -> list[Candidate]:
    """Whoever the search finds for a need, without the buyer's changes; nobody while the index is missing."""
    try:
        return list(_find(need).candidates)
    except SearchError:
        return []


@dataclass(frozen=True)
class _Found:
    """Whoever the search finds. `total` counts those left unread, `coming` those left out too."""

    candidates: tuple[Candidate, ...]
    total: int
    coming: int


def _find(need: PublishedNeed) -> _Found:
    """Established in the area, the nearest first, then those who come from elsewhere, when the buyer takes them."""
    query = query_of(need)
    here = index.find(query)
    coming = coming_suppliers(query, places_of(need), limit=MOST_RECIPIENTS)
    there = coming.hits if need.takes_coming else ()
    of_here, of_there = index.carded(here.hits, there)
    is_measured = need.scope == NeedScope.AROUND
    return _Found(
        candidates=(
            *(Candidate(one.card, one.hit.distance_km) for one in of_here),
            *(Candidate(one.card, one.hit.distance_km if is_measured else None, is_coming=True) for one in of_there),
        ),
        total=here.total + (coming.total if need.takes_coming else 0),
        coming=coming.total,
    )  # fmt: skip


def distance_of(need: PublishedNeed, card: SupplierCard) -> float | None:
    """Kilometres from the centre of the need to a supplier's card, None when one of the two has no place."""
    return _distance(place_of(need), card)


def _distance(centre: Place | None, card: SupplierCard | Supplier) -> float | None:
    if centre is None or card.latitude is None or card.longitude is None:
        return None
    return haversine_km(centre.latitude, centre.longitude, card.latitude, card.longitude)


def distance_to(need: PublishedNeed, supplier: Supplier) -> float | None:
    """Kilometres from the centre of the need, None when one of the two has no place."""
    return _distance(place_of(need), supplier)


def reaches(need: PublishedNeed, supplier: Supplier) -> bool:
    """Whether a need is of this supplier's trade, kind and place (or a place it says it serves), and its buyer did not take it out."""
    if supplier.pk in need.removed or not supplier.is_listed:
        return False
    sectors = set(need.sectors)
    if (need.kinds and supplier.kind not in need.kinds) or (sectors and not sectors & set(supplier.sectors)):
        return False
    return is_established(need, supplier) or (need.takes_coming and says_it_comes(need, supplier))


def says_it_comes(need: PublishedNeed, supplier: Supplier) -> bool:
    """Whether a supplier says it works where a need is, for one of its trades, wherever it stands."""
    areas = areas_of(supplier.profile.get("lines"))
    trades = sectors_asked(query_of(need))
    return any(
        comes_to(areas, supplier.departement_code, Spot.of(place, _distance(place, supplier)), trades)
        for place in places_of(need)
    )


def is_established(need: PublishedNeed, supplier: Supplier) -> bool:
    """Whether a supplier stands in the area of a need, whatever it says of where it works."""
    if need.scope == NeedScope.AROUND:
        centre, distance = place_of(need), distance_to(need, supplier)
        is_same_land = centre is not None and landmass(supplier.departement_code) == centre.landmass
        return distance is not None and is_same_land and distance <= (need.radius_km or 0)
    if need.scope == NeedScope.DEPARTEMENTS:
        return supplier.departement_code in need.departements
    return need.scope == NeedScope.FRANCE or supplier.region_code in need.regions


def _one_per_address(candidates: Iterable[Candidate]) -> tuple[list[Candidate], int]:
    """An establishment of two kinds has two sheets and one letter box: the nearest sheet is kept."""
    seen: set[str] = set()
    unique: list[Candidate] = []
    repeated = 0
    for one in candidates:
        if one.address and one.address in seen:
            repeated += 1
            continue
        seen.add(one.address)
        unique.append(one)
    return unique, repeated


def find_to_add(need: PublishedNeed, text: str, *, limit: int = 8) -> tuple[SupplierCard, ...]:
    """Suppliers of the directory whose name answers this text, whatever their trade or place."""
    if len(text.strip()) < 2:
        return ()
    try:
        _, found = index.search(SupplierQuery(text=text.strip()[:200], with_ess=True, limit=limit))
    except SearchError:
        return ()
    return tuple(one.card for one in found)


def is_listed(supplier_id: int) -> bool:
    """Whether this supplier may be added: in the directory today."""
    return Supplier.objects.filter(pk=supplier_id, is_listed=True).exists()
