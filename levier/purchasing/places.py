"""A place of the place finder, as purchases and lots keep it."""

from levier.purchasing.actions import PlaceValues
from levier.reference.places import Place


def place_values(place: Place) -> PlaceValues:
    """Kind, code, label and département of a place, cut to what the tables hold."""
    return PlaceValues(
        place_kind=place.kind,
        place_code=place.code,
        place_label=place.label[:120],
        departement_code=place.departement[:3],
    )
