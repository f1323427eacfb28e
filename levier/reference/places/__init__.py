"""Finds French places from what people type, and in the sentences they write. Pure Python, no database."""

from levier.reference.distances import haversine_km, landmass
from levier.reference.places.build import packaged_places, places_from_rows
from levier.reference.places.finder import PlaceFinder
from levier.reference.places.place import Place, PlaceInText, PlaceMatch, distance_km, same_landmass

__all__ = [
    "Place",
    "PlaceFinder",
    "PlaceInText",
    "PlaceMatch",
    "distance_km",
    "haversine_km",
    "landmass",
    "packaged_places",
    "places_from_rows",
    "same_landmass",
]
