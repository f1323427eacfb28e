"""Who is established elsewhere but says it works in a place: one search, for whoever reads the directory.

The results page, its exports and its alerts, the API, the command line, the frame of other sites, both dossiers and the needs.
"""

from collections.abc import Sequence
from dataclasses import replace

from levier.directory import index
from levier.directory.ownership.wording import sector_label, written_lines
from levier.directory.queries import SupplierCard
from levier.directory.search import Near, SupplierHit, SupplierPage, SupplierQuery, sectors_of_cpv
from levier.directory.served import areas_that_serve
from levier.reference.places import Place

# What stands inside one of these is established there, whatever its distance from the middle.
_TERRITORIES = {"departement", "region", "epci"}


def coming_query(
    query: SupplierQuery, place: Place | None, *, inside: tuple[str, ...] | None = None
) -> SupplierQuery | None:
    """The search of who stands outside of what `query` asks (its radius, else the territory), the nearest first.

    What else it asks holds. `inside`: every territory asked for, when the place is one of several. None when there
    is no outside: the whole country, or a place that only ranks.
    """
    if place is None or place.kind == "pays":
        return None
    radius = query.radius_km or 0
    if inside is None:
        territories = {*query.departements, *query.regions, *query.epci}
        inside = (place.code,) if place.code in territories and not radius else ()
    if not (radius or inside):
        return None
    return replace(
        query,
        near=Near(place.latitude, place.longitude, place.landmass or None),
        radius_km=None, departements=(), regions=(), epci=(),
        beyond=(place.kind, inside) if inside else None,
        serves=areas_that_serve(place, sectors_asked(query), beyond_km=radius),
        sort="distance", relax=False, facets=(), offset=0,
    )  # fmt: skip


def coming_page(query: SupplierQuery, place: Place | None, *, limit: int) -> SupplierPage:
    """The nearest of `coming_query` and how many they are; nobody where there is no outside."""
    asked = coming_query(query, place)
    return index.find(replace(asked, limit=limit)) if asked else SupplierPage((), 0)


def coming_suppliers(query: SupplierQuery, places: Sequence[Place], *, limit: int) -> SupplierPage:
    """Of a search at one of these places, of one kind, who stands outside of what it asks (`coming_query`).

    `total` counts beyond `limit` for one place alone.
    """
    inside = () if query.radius_km else tuple(place.code for place in places if place.kind in _TERRITORIES)
    found: dict[int, SupplierHit] = {}
    total = 0
    for place in places:
        asked = coming_query(query, place, inside=inside)
        if asked is None:
            continue
        page = index.find(replace(asked, limit=limit))
        found = {hit.key: hit for hit in page.hits} | found
        total = max(total, page.total)
    nearest = sorted(found.values(), key=lambda hit: (hit.distance_km is None, hit.distance_km or 0, hit.key))
    return SupplierPage(tuple(nearest[:limit]), max(total, len(found)))


def areas_said(card: SupplierCard, query: SupplierQuery) -> tuple[str, ...]:
    """« jusqu’à 60 km », « région Bretagne »: where a supplier says it works, for the trades asked for or for all."""
    trades = {sector_label(slug) for slug in sectors_asked(query)}
    lines = written_lines(card.profile)
    return tuple(dict.fromkeys(one.area for one in lines if one.area and (not trades or one.trade in trades)))


def sectors_asked(query: SupplierQuery) -> set[str]:
    """The trades a search names, by a filter, by its words or by a CPV code."""
    by_words = (slug for wish in query.wishes for slug in wish.values.get("sector", ()))
    return {*query.sectors, *by_words, *(sectors_of_cpv(query.cpv) if query.cpv else ())}
