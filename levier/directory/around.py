"""A search around a place: within a radius of a commune or an EPCI, inside a larger territory."""

from dataclasses import replace

from levier.directory.search import Near, SupplierQuery
from levier.reference.places import Place

_POINTS = {"commune", "arrondissement", "epci"}


def is_a_point(place: Place) -> bool:
    """Whether distances from its middle mean something."""
    return place.kind in _POINTS


def around_place(query: SupplierQuery, place: Place, radius_km: float | None) -> SupplierQuery:
    """The same search, near the place: its radius in km when it is a point, its own bounds when it is larger."""
    query = replace(query, near=Near(place.latitude, place.longitude, place.landmass or None))
    if is_a_point(place):
        return replace(query, radius_km=radius_km)
    if place.kind == "departement":
        return replace(query, departements=(place.code,))
    if place.kind == "region":
        return replace(query, regions=(place.code,))
    return query
