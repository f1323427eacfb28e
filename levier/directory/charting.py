"""The map of a search: every supplier found, grouped by squares; named where coming closer would part nobody."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse

from levier.core.search import Chart, Square, Window, square_of
from levier.core.typography import NO_BREAK, figure
from levier.directory import index
from levier.directory.kinds import Kind, kind_of
from levier.directory.models import Supplier
from levier.directory.queries import EXACT
from levier.directory.results import slug_of
from levier.directory.search import SupplierQuery
from levier.reference.places import PlaceFinder
from levier.reference.queries import place_finder

# Where a map opens: on the mainland and Corsica when anybody answers there, else wherever the answers are.
MAINLAND = Window(41.2, -5.6, 51.3, 9.8, level=6)
WORLD = Window(-85.0, -180.0, 85.0, 180.0)
# Names of one map: more would weigh more than the page, and no square of a screen is that small.
MOST_NAMED = 400
_COARSEST_TOWNS = 4


@dataclass(frozen=True, slots=True)
class MapEntry:
    """What a map says of one supplier."""

    key: str
    name: str
    kind: Kind
    is_approximate: bool


def chart_of(query: SupplierQuery, window: Window | None) -> dict[str, Any]:
    """A GeoJSON collection: the squares of the window; without one, only where the answers are (« bbox »).

    A feature has « count » and « label »; « bounds » (south, west, north, east) when it can be parted, else « suppliers » and
    how many « more » stand there. Raises SearchError.
    """
    found = index.chart(query, window or MAINLAND)
    if window is None and found.bounds is None and found.placed:
        found = index.chart(query, WORLD)
    squares = found.squares if window is not None else ()
    entries = _entries(squares)
    level = window.level if window is not None else 0
    return {
        "type": "FeatureCollection",
        "total": found.total,
        "placed": found.placed,
        "bbox": _bbox(found),
        "features": [_feature(square, entries, level) for square in squares],
    }


def _bbox(found: Chart) -> list[float] | None:
    """West, south, east, north, in the order of GeoJSON."""
    if found.bounds is None:
        return None
    south, west, north, east = found.bounds
    return [_degrees(each) for each in (west, south, east, north)]


def _entries(squares: tuple[Square, ...]) -> dict[int, MapEntry]:
    """Who is named on the map, by id, in one SQL query; a supplier gone since is left out."""
    ids = [int(key) for square in squares for key in square.keys][:MOST_NAMED]
    if not ids:
        return {}
    rows = Supplier.objects.filter(id__in=ids, is_listed=True).values_list(
        "id", "key", "brand", "name", "kind", "precision"
    )
    return {
        pk: MapEntry(key, brand or name, kind_of(kind), precision not in EXACT)
        for pk, key, brand, name, kind, precision in rows
    }


def _feature(square: Square, entries: dict[int, MapEntry], level: int) -> dict[str, Any]:
    named = [entries[int(key)] for key in square.keys if int(key) in entries]
    properties: dict[str, Any] = {"count": square.count}
    if named:
        properties["label"] = named[0].name if square.count == 1 else _label(square, level)
        properties["suppliers"] = [_supplier(entry) for entry in named]
        properties["more"] = square.count - len(named)
    else:
        properties["label"] = _label(square, level)
        properties["bounds"] = [
            _degrees(each) for each in (square.south, square.west, square.north, square.east)
        ]
    return {
        "type": "Feature",
        "geometry": {
            "type": "Point",
            "coordinates": [_degrees(square.longitude), _degrees(square.latitude)],
        },
        "properties": properties,
    }


def _supplier(entry: MapEntry) -> dict[str, str]:
    return {
        "name": entry.name,
        "note": entry.kind.name + (", lieu approximatif" if entry.is_approximate else ""),
        "url": reverse("directory:sheet", args=[slug_of(entry.key)]),
    }


def _label(square: Square, level: int) -> str:
    """« 143 fournisseurs autour de Lyon (Rhône) »: its largest town, or that of a larger square around it."""
    count = f"{figure(square.count)}{NO_BREAK}fournisseur{'s' if square.count > 1 else ''}"
    column, line = square.column, square.line
    while level >= _COARSEST_TOWNS:
        town = _towns(place_finder(), level).get((column, line))
        if town:
            return f"{count} autour de {town}"
        level, column, line = level - 1, column >> 1, line >> 1
    return count


@lru_cache(maxsize=16)
def _towns(finder: PlaceFinder, level: int) -> dict[tuple[int, int], str]:
    """The largest town of each square of a level."""
    towns = sorted(
        (place for place in finder.places if place.kind == "commune"), key=lambda place: place.population
    )
    return {square_of(place.latitude, place.longitude, level): place.label for place in towns}


def _degrees(value: float) -> float:
    """To a metre: the rest is only weight."""
    return round(value, 5)
