"""The suppliers of a territory: counted as the search page counts them, with the address of each count."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse

from levier.core.search import IndexMissingError, IndexOutdatedError
from levier.directory import index
from levier.directory.address import Address
from levier.directory.coming import coming_page
from levier.directory.forms import SearchForm
from levier.directory.index import FoundSupplier
from levier.directory.kinds import FAMILY_LABELS, KINDS
from levier.directory.models import Supplier
from levier.directory.results import understand
from levier.directory.scopes import SearchScope
from levier.directory.search import Near, SupplierQuery
from levier.reference.places import Place
from levier.reference.queries import place_by_code, place_finder
from levier.reference.sectors import sector

MAIN_SECTORS = 12
SHOWN = 8
COMING = 4
# Points of the map: more would weigh more than the page.
POINTS = 60
# Beyond the longest way across the mainland: whatever stands on the same land.
ANYWHERE_KM = 2_000.0
ESS_AT_LARGE = "ESS"


@dataclass(frozen=True, slots=True)
class CountedLink:
    """A word, how many suppliers it counts, and the search that lists them."""

    label: str
    count: int
    url: str


@dataclass(frozen=True)
class TerritoryOffer:
    """Who may answer on a territory. ``radius_km``: around a commune; None: inside a larger territory.

    ``found``: the nearest (commune) or the first; when ``is_far``, nobody is inside and these are the nearest of
    the same land, empty when the land has none. ``coming``: established
    elsewhere, they say that they work here, the nearest of ``coming_total``. ``is_down``: the index is being rebuilt, nothing is counted.
    """

    url: str
    radius_km: int | None = None
    total: int = 0
    families: tuple[CountedLink, ...] = ()
    sectors: tuple[CountedLink, ...] = ()
    sector_count: int = 0
    by_departement: Mapping[str, int] = field(default_factory=dict)
    found: tuple[FoundSupplier, ...] = ()
    coming: tuple[FoundSupplier, ...] = ()
    coming_total: int = 0
    is_far: bool = False
    is_down: bool = False


@dataclass(frozen=True)
class WiderOffer:
    """The suppliers of the département of a commune, or of its région when the département has none."""

    place: Place
    total: int
    url: str
    families: tuple[CountedLink, ...]


def offer_of(place: Place) -> TerritoryOffer:
    """The suppliers of a place, from the index, and the cards of the first in one SQL query (none when empty)."""
    parameters = _parameters(place)
    form = SearchForm(parameters)
    if not form.is_valid():
        raise ValueError(f"the address of {place.kind} {place.code} is refused: {form.errors}")
    asked = understand(form.cleaned_data)
    address = Address(reverse("directory:search"), parameters)
    query = replace(asked.query, sort="distance" if asked.radius_km else "name", limit=POINTS)
    try:
        page = index.find(replace(query, facets=("kind", "sector", "departement")))
        is_far = not page.total
        if is_far:
            near = Near(place.latitude, place.longitude, place.landmass or None)
            page_shown = index.find(
                SupplierQuery(near=near, radius_km=ANYWHERE_KM, sort="distance", limit=SHOWN)
            )
        else:
            page_shown = page
        coming = coming_page(query, place, limit=COMING)
        known = {hit.key for hit in coming.hits}
        # The nearest of all, when nobody is inside, may be one of them: it is said once, and for what it says.
        shown = [hit for hit in page_shown.hits if hit.key not in known]
        found, from_elsewhere = index.carded(shown, coming.hits)
    except (IndexMissingError, IndexOutdatedError):
        return TerritoryOffer(url=str(address), radius_km=asked.radius_km, is_down=True)
    sectors = page.facets.get("sector", {})
    return TerritoryOffer(
        url=str(address),
        radius_km=asked.radius_km,
        total=page.total,
        families=_families(page.facets.get("kind", {}), parameters, address.path),
        sectors=_sectors(sectors, parameters, address.path),
        sector_count=sum(1 for count in sectors.values() if count),
        by_departement=page.facets.get("departement", {}),
        found=found,
        coming=from_elsewhere,
        coming_total=coming.total,
        is_far=is_far,
    )


def wider_offer(place: Place) -> WiderOffer | None:
    """What surrounds a commune, by family: a village has few suppliers, its département has some. No SQL query.

    None for a larger territory, on a land without supplier, and while the index is rebuilt.
    """
    if place.kind not in {"commune", "arrondissement"}:
        return None
    for kind, code in (("departement", place.departement), ("region", place.region)):
        around = place_by_code(kind, code) if code else None
        if around is None:
            continue
        query = SupplierQuery(**{f"{kind}s": (code,)}, limit=0, facets=("kind",))  # type: ignore[arg-type]
        try:
            page = index.find(query)
        except (IndexMissingError, IndexOutdatedError):
            return None
        if page.total:
            parameters, path = _parameters(around), reverse("directory:search")
            families = _families(page.facets["kind"], parameters, path)
            return WiderOffer(around, page.total, str(Address(path, parameters)), families)
    return None


def offer_within(scope: SearchScope, path: str) -> TerritoryOffer:
    """The suppliers of a part of the directory, by name; each count leads to the search at this path."""
    query = SupplierQuery(
        within=scope.within, with_ess=scope.with_ess, sort="name", limit=POINTS,
        facets=("kind", "sector", "departement"),
    )  # fmt: skip
    try:
        page = index.find(query)
    except (IndexMissingError, IndexOutdatedError):
        return TerritoryOffer(url=path, is_down=True)
    parameters, sectors = QueryDict(), page.facets.get("sector", {})
    return TerritoryOffer(
        url=path,
        total=page.total,
        families=_families(page.facets.get("kind", {}), parameters, path),
        sectors=_sectors(sectors, parameters, path),
        sector_count=sum(1 for count in sectors.values() if count),
        by_departement=page.facets.get("departement", {}),
        found=index.with_cards(page),
    )


def _parameters(place: Place) -> QueryDict:
    """The fields of the search page for this place: its name, with its code when the name leads elsewhere."""
    parameters = QueryDict(mutable=True)
    departement = place.code if place.kind == "departement" else place.departement
    if place.kind == "departement" or (place.kind == "region" and departement):
        # Overseas, région and département are one land.
        parameters["dep"] = departement
    else:
        parameters["lieu"] = written_name(place)
    return parameters


def written_name(place: Place) -> str:
    """What to type for this place to be found: its label, or its name with its official code."""
    first = place_finder().find(place.label, limit=1)
    is_found = bool(first) and (first[0].place.kind, first[0].place.code) == (place.kind, place.code)
    return place.label if is_found else f"{place.name} ({place.code})"


def _search_url(parameters: QueryDict, path: str, **more: list[str]) -> str:
    asked = parameters.copy()
    for name, values in more.items():
        asked.setlist(name, values)
    return str(Address(path, asked))


def _families(counts: Mapping[str, int], parameters: QueryDict, path: str) -> tuple[CountedLink, ...]:
    links = []
    for family, label in FAMILY_LABELS.items():
        codes = [kind.code for kind in KINDS if kind.family == family and counts.get(kind.code)]
        if codes:
            total = sum(counts[code] for code in codes)
            links.append(CountedLink(label, total, _search_url(parameters, path, type=codes)))
    return tuple(sorted(links, key=lambda link: -link.count))


def _sectors(counts: Mapping[str, int], parameters: QueryDict, path: str) -> tuple[CountedLink, ...]:
    first = sorted(
        ((count, slug) for slug, count in counts.items() if count), key=lambda one: (-one[0], one[1])
    )
    return tuple(
        CountedLink(sector(slug).label, count, _search_url(parameters, path, secteur=[slug]))
        for count, slug in first[:MAIN_SECTORS]
    )


def count_by_epci(departement: str) -> dict[str, int]:
    """Useful suppliers of a département by EPCI code (« » : none). One SQL query."""
    return _counted(Q(departement_code=departement), "epci_code")


def count_by_commune(*, epci: str = "", departement: str = "", commune: str = "") -> dict[str, int]:
    """Useful suppliers by whole commune: of an EPCI, of a département's communes without EPCI, or of one commune.

    What stands in an arrondissement counts for its commune. One SQL query.
    """
    if commune:
        return _counted(Q(commune_id=commune) | Q(commune__parent_id=commune), "whole")
    if epci:
        return _counted(Q(epci_code=epci), "whole")
    return _counted(Q(departement_code=departement, epci_code=""), "whole")


def _counted(condition: Q, by: str) -> dict[str, int]:
    rows = (
        Supplier.objects.filter(condition, is_listed=True)
        .exclude(kind=ESS_AT_LARGE)
        .annotate(whole=Coalesce("commune__parent_id", F("commune_id")))
        .order_by(by)
        .values_list(by)
        .annotate(count=Count("id"))
    )
    return {code or "": count for code, count in rows}
