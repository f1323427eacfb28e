"""The map of the desks, drawn on the server: one shape a département, mainland and overseas."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, radians

from levier.reference.queries import map_ground_path

WIDTH = 560
HEIGHT = 620
# The outlines are drawn on a grid of so many pixels: finer, they would weigh half of the page.
STEP = 2
_MAINLAND_HEIGHT = 540
# Mean latitude of the mainland: a degree of longitude is shorter than one of latitude.
_SQUEEZE = cos(radians(46.5))
_OVERSEAS = ("971", "972", "973", "974", "976")
_INSET = 70
# Around the départements of a région, in pixels of the frame.
_AIR = 8

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A département ready to be drawn: code, name, the `d` of an SVG path."""

    code: str
    name: str
    path: str
    # Left, top, right, bottom, in the frame.
    box: tuple[int, int, int, int]


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
        points = [own.place(point) for ring in parts for point in ring]
        across, down = [x * STEP for x, _ in points], [y * STEP for _, y in points]
        box = (min(across), min(down), max(across), max(down))
        made.append(Shape(code, name, "".join(_drawn(ring, own) for ring in parts), box))
    return tuple(made)


def window_on(codes: Collection[str]) -> str:
    """The `viewBox` that shows these départements with a little air around; the whole frame without any of them."""
    boxes = [shape.box for shape in shapes() if shape.code in codes]
    if not boxes:
        return f"0 0 {WIDTH} {HEIGHT}"
    left, top = min(box[0] for box in boxes) - _AIR, min(box[1] for box in boxes) - _AIR
    right, bottom = max(box[2] for box in boxes) + _AIR, max(box[3] for box in boxes) + _AIR
    return f"{left} {top} {right - left} {bottom - top}"


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
            round((self.left + (point[0] - self.west) * _SQUEEZE * self.scale) / STEP),
            round((self.top + (self.north - point[1]) * self.scale) / STEP),
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
    """Relative moves on a grid of STEP pixels, a minus sign parting two figures: a fifth of the weight of the
    outlines' own figures."""
    points = [frame.place(point) for point in ring]
    moves: list[tuple[int, int]] = []
    for (x, y), (next_x, next_y) in pairwise(points):
        across, down = next_x - x, next_y - y
        if not across and not down:
            continue
        if (
            moves
            and moves[-1][0] * down == moves[-1][1] * across
            and moves[-1][0] * across + moves[-1][1] * down > 0
        ):
            # Straight on: one longer move.
            across, down = moves[-1][0] + across, moves.pop()[1] + down
        moves.append((across, down))
    drawn = " ".join(f"{across} {down}" for across, down in moves)
    return f"M{points[0][0]} {points[0][1]}l{drawn}z".replace(" -", "-") if moves else ""
