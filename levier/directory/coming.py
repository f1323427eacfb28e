"""Who is established elsewhere but says it works in a place: one search, for the results page, the dossier and the needs."""

from collections.abc import Sequence
from dataclasses import replace

from levier.directory import index
from levier.directory.search import Near, SupplierHit, SupplierPage, SupplierQuery, sectors_of_cpv
from levier.directory.served import areas_that_serve
from levier.reference.places import Place

# What stands inside one of these is established there, whatever its distance from the middle.
_TERRITORIES = {"departement", "region", "epci"}


def coming_suppliers(query: SupplierQuery, places: Sequence[Place], *, limit: int) -> SupplierPage:
    """Of a search at one of these places, who stands outside of what it asks (its radius, else the territories), the nearest first.

    What else the search asks holds. `places`: of one kind. `total` counts beyond `limit` for one place alone. Nobody
    comes to the whole country from elsewhere.
    """
    radius = query.radius_km or 0
    inside = tuple(place.code for place in places if place.kind in _TERRITORIES and not radius)
    found: dict[int, SupplierHit] = {}
    total = 0
    for place in places:
        if place.kind == "pays":
            continue
        page = index.find(
            replace(
                query,
                near=Near(place.latitude, place.longitude, place.landmass or None),
                radius_km=None, departements=(), regions=(), epci=(),
                beyond=(place.kind, inside) if inside else None,
                serves=areas_that_serve(place, sectors_asked(query), beyond_km=radius),
                sort="distance", relax=False, facets=(), offset=0, limit=limit,
            )
        )  # fmt: skip
        found = {hit.key: hit for hit in page.hits} | found
        total = max(total, page.total)
    nearest = sorted(found.values(), key=lambda hit: (hit.distance_km is None, hit.distance_km or 0, hit.key))
    return SupplierPage(tuple(nearest[:limit]), max(total, len(found)))


def sectors_asked(query: SupplierQuery) -> set[str]:
    """The trades a search names, by a filter, by its words or by a CPV code."""
    by_words = (slug for wish in query.wishes for slug in wish.values.get("sector", ()))
    return {*query.sectors, *by_words, *(sectors_of_cpv(query.cpv) if query.cpv else ())}
