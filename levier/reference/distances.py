"""Distances on the ground, and lands that no road joins."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088


def haversine_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance in kilometres between two points in degrees (WGS84, mean sphere)."""
    phi, other_phi = radians(latitude), radians(other_latitude)
    half = sin((other_phi - phi) / 2) ** 2
    half += cos(phi) * cos(other_phi) * sin(radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def landmass(departement: str) -> str:
    """The land a département stands on: « mainland », « corse », or its own code overseas.

    A radius must not cross the sea: a supplier of La Réunion is no neighbour of a work in Mayotte. Smaller
    islands (Belle-Île, Marie-Galante) stay with their département.
    """
    if departement in {"2A", "2B", "20"}:
        return "corse"
    return departement if departement[:2] in {"97", "98"} else "mainland"
