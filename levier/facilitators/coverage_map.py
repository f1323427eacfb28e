"""The map of the desks, drawn on the server: one shape a département, mainland and overseas."""

import json
from dataclasses import dataclass
from functools import cache
from math import cos, radians

from levier.reference.queries import map_ground_path

WIDTH = 560
HEIGHT = 620
_MAINLAND_HEIGHT = 540
# Mean latitude of the mainland: a degree of longitude is shorter than one of latitude.
_SQUEEZE = cos(radians(46.5))
_OVERSEAS = ("971", "972", "973", "974", "976")
_INSET = 70

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A département ready to be drawn: code, name, the `d` of an SVG path."""

    code: str
    name: str
    path: str


@cache
def shapes() -> tuple[Shape, ...]:
    """The départements of the ground of our maps, in a frame of WIDTH by HEIGHT."""
    features = json.loads(map_ground_path().read_bytes())["features"]
    rings = {
        one["properties"]["code"]: (
            one["properties"]["name"],
            [list(map(tuple, ring)) for ring in _rings(one)],
        )
        for one in features
    }
    mainland = [ring for code, (_, parts) in rings.items() if code not in _OVERSEAS for ring in parts]
    frame = _frame(mainland, WIDTH, _MAINLAND_HEIGHT, 0.0, 0.0)
    made = []
    for code, (name, parts) in rings.items():
        if code in _OVERSEAS:
            left = _OVERSEAS.index(code) * (_INSET + 40) + 10
            own = _frame(parts, _INSET, _INSET, left, _MAINLAND_HEIGHT + 8)
        else:
            own = frame
        made.append(Shape(code, name, "".join(_drawn(ring, own) for ring in parts)))
    return tuple(made)


def _rings(feature: dict) -> list[list[list[float]]]:
    shape = feature["geometry"]
    if shape["type"] == "Polygon":
        return list(shape["coordinates"])
    return [ring for polygon in shape["coordinates"] for ring in polygon]


@dataclass(frozen=True, slots=True)
class _Frame:
    west: float
    north: float
    scale: float
    left: float
    top: float

    def place(self, point: tuple[float, float]) -> tuple[int, int]:
        return (
            round(self.left + (point[0] - self.west) * _SQUEEZE * self.scale),
            round(self.top + (self.north - point[1]) * self.scale),
        )


def _frame(rings: list[Ring], width: float, height: float, left: float, top: float) -> _Frame:
    longitudes = [point[0] for ring in rings for point in ring]
    latitudes = [point[1] for ring in rings for point in ring]
    west, north = min(longitudes), max(latitudes)
    scale = min(
        width / ((max(longitudes) - west) * _SQUEEZE or 1.0), height / (north - min(latitudes) or 1.0)
    )
    return _Frame(west, north, scale * 0.98, left + 2, top + 2)


def _drawn(ring: Ring, frame: _Frame) -> str:
    """Relative moves in whole pixels: a third of the weight of the outlines' own figures."""
    points = [frame.place(point) for point in ring]
    (x, y), moves = points[0], []
    start = f"M{x} {y}"
    for following_x, following_y in points[1:]:
        if (following_x, following_y) != (x, y):
            moves.append(f"{following_x - x} {following_y - y}")
            x, y = following_x, following_y
    return f"{start}l{' '.join(moves)}z" if moves else ""
