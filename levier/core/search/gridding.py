"""Groups points by squares of a web map (Mercator, the world cut in powers of two), with arrays alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levier.core.search.errors import InvalidQueryError
from levier.core.search.port import Square, Window

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
# West, north, east, south, in units.
Box = tuple[int, int, int, int]

# The map is measured in so many units a side: a metre and a half at the equator.
BITS = 24
_SIDE = 1 << BITS
_NOWHERE = -1
_PART = 65_536
# Where the square map ends.
_MOST_LATITUDE = 85.05112878
MOST_LEVEL = 20
# What a large screen shows is ten times less; more would be an answer nobody can draw.
MOST_SQUARES = 4_096
# A square with so few points is looked into: they may all stand at one place.
_FEW = 256
# Share of a square's side where no marker of several stands.
_EDGE = 0.18


@dataclass(frozen=True)
class MapPoints:
    """Where each row stands on the map, in units from its top left corner; -1 without coordinates."""

    x: Ints
    y: Ints

    @classmethod
    def of(cls, latitudes: Floats, longitudes: Floats) -> MapPoints:
        """From degrees; NaN is nowhere."""
        x = np.full(len(latitudes), _NOWHERE, dtype=np.int32)
        y = np.full(len(latitudes), _NOWHERE, dtype=np.int32)
        # By parts: the drafts of a whole column would be eight times the result, and stay with the process.
        for start in range(0, len(latitudes), _PART):
            part = slice(start, start + _PART)
            placed = ~(np.isnan(latitudes[part]) | np.isnan(longitudes[part]))
            x[part][placed] = _columns(longitudes[part][placed])
            y[part][placed] = _lines(latitudes[part][placed])
        return cls(x, y)


def check_window(window: Window) -> None:
    """Raise InvalidQueryError for a window that no map shows."""
    # Written so that NaN fails too.
    if not (-90 <= window.south < window.north <= 90 and -180 <= window.west < window.east <= 180):
        raise InvalidQueryError("L’étendue de la carte se donne en degrés : ouest, sud, est, nord.")
    if not 0 <= window.level <= MOST_LEVEL:
        raise InvalidQueryError(f"La finesse de la carte va de 0 à {MOST_LEVEL}.")


def squares(
    points: MapPoints, rows: Rows, ranks: Floats, window: Window, most: int
) -> Iterator[tuple[Square, Rows]]:
    """The squares of the window that hold some of the rows, each with the rows to name.

    Rows are named, the first `most` of them by rank, where all of the square stand at one point, or everywhere when the
    window asks for it. Raises InvalidQueryError when the window holds too many squares.
    """
    shift = BITS - window.level
    first_column, last_column, first_line, last_line = span(window)
    width = last_column - first_column + 1
    count = width * (last_line - first_line + 1)
    if count > MOST_SQUARES:
        raise InvalidQueryError(
            "La carte demandée est trop fine pour une si grande étendue : rapprochez-vous."
        )
    x, y = points.x[rows], points.y[rows]
    inside = _inside(x, y, window)
    if not inside.all():
        rows, x, y = rows[inside], x[inside], y[inside]
    at = ((y >> shift) - first_line) * width + ((x >> shift) - first_column)
    counts = np.bincount(at, minlength=count)
    sums_x, sums_y = np.bincount(at, weights=x, minlength=count), np.bincount(at, weights=y, minlength=count)
    named = _looked_into(at, counts, x, y, rows, ranks, window, most)
    for place in np.flatnonzero(counts).tolist():
        size = int(counts[place])
        column, line = first_column + place % width, first_line + place // width
        box, shown = named.get(place, (None, rows[:0]))
        yield square(column, line, shift, size, sums_x[place] / size, sums_y[place] / size, box), shown


def square(
    column: int, line: int, shift: int, count: int, middle_x: float, middle_y: float, box: Box | None = None
) -> Square:
    """One square, from the middle of its points and the box that holds them (all of the square when unknown), in units."""
    west, north, east, south = box or (
        column << shift, line << shift, (column + 1) << shift, (line + 1) << shift,
    )  # fmt: skip
    if (west, north) != (east, south):
        middle_x, middle_y = _off_the_edge(middle_x, column, shift), _off_the_edge(middle_y, line, shift)
    return Square(
        column=column, line=line, count=count, latitude=latitude_of(middle_y), longitude=longitude_of(middle_x),
        south=latitude_of(south), west=longitude_of(west), north=latitude_of(north), east=longitude_of(east),
    )  # fmt: skip


def bounds(points: MapPoints, rows: Rows, window: Window) -> tuple[float, float, float, float] | None:
    """South, west, north and east of the rows that stand in the squares of the window; None when there are none."""
    x, y = points.x[rows], points.y[rows]
    inside = _inside(x, y, window)
    x, y = x[inside], y[inside]
    if not len(x):
        return None
    return (
        latitude_of(int(y.max())),
        longitude_of(int(x.min())),
        latitude_of(int(y.min())),
        longitude_of(int(x.max())),
    )


def _inside(x: Ints, y: Ints, window: Window) -> npt.NDArray[np.bool_]:
    """Which points stand in the squares that the window touches.

    Squares cut by its edge count whole: the marker of a town must not change as the map is moved.
    """
    shift = BITS - window.level
    first_column, last_column, first_line, last_line = span(window)
    inside = (x >= first_column << shift) & (x < (last_column + 1) << shift)
    inside &= (y >= first_line << shift) & (y < (last_line + 1) << shift)
    return np.asarray(inside)


def point_of(latitude: float, longitude: float) -> tuple[int, int]:
    """Where a point stands on the map, in units."""
    sine = math.sin(math.radians(min(max(latitude, -_MOST_LATITUDE), _MOST_LATITUDE)))
    x, y = (longitude + 180) / 360, 0.5 - math.atanh(sine) / (2 * math.pi)
    return min(max(int(x * _SIDE), 0), _SIDE - 1), min(max(int(y * _SIDE), 0), _SIDE - 1)


def square_of(latitude: float, longitude: float, level: int) -> tuple[int, int]:
    """Column and line of the square that holds a point, in degrees."""
    x, y = point_of(latitude, longitude)
    return x >> BITS - level, y >> BITS - level


def _off_the_edge(middle: float, place: int, shift: int) -> float:
    """Away from the edges of the square, so that the markers of two squares never cover each other."""
    side = 1 << shift
    return min(max(middle, (place + _EDGE) * side), (place + 1 - _EDGE) * side)


def _looked_into(
    at: Ints, counts: Rows, x: Ints, y: Ints, rows: Rows, ranks: Floats, window: Window, most: int
) -> dict[int, tuple[Box, Rows]]:
    """Of the squares with few points (all of them when the window names everything): their exact box, and who is named."""
    few = np.flatnonzero((counts[at] <= _FEW) | window.names_all)
    if not len(few):
        return {}
    order = few[np.lexsort((ranks[rows[few]], at[few]))]
    starts = np.flatnonzero(np.diff(at[order], prepend=-1))
    ends = [*starts[1:].tolist(), len(order)]
    boxes = (
        np.minimum.reduceat(x[order], starts), np.minimum.reduceat(y[order], starts),
        np.maximum.reduceat(x[order], starts), np.maximum.reduceat(y[order], starts),
    )  # fmt: skip
    found = {}
    for start, end, west, north, east, south in zip(
        starts.tolist(), ends, *(box.tolist() for box in boxes), strict=True
    ):
        is_one_point = west == east and north == south
        shown = rows[order[start : min(end, start + most)]] if is_one_point or window.names_all else rows[:0]
        found[int(at[order[start]])] = ((west, north, east, south), shown)
    return found


def span(window: Window) -> tuple[int, int, int, int]:
    """First and last column, first and last line of the squares that the window touches."""
    shift = BITS - window.level
    columns = _columns(np.array([window.west, window.east])) >> shift
    lines = _lines(np.array([window.north, window.south])) >> shift
    return int(columns[0]), int(columns[1]), int(lines[0]), int(lines[1])


def _columns(longitudes: Floats) -> Ints:
    return np.clip((longitudes + 180) / 360 * _SIDE, 0, _SIDE - 1).astype(np.int32)


def _lines(latitudes: Floats) -> Ints:
    sines = np.sin(np.radians(np.clip(latitudes, -_MOST_LATITUDE, _MOST_LATITUDE)))
    share = 0.5 - np.arctanh(sines) / (2 * math.pi)
    return np.clip(share * _SIDE, 0, _SIDE - 1).astype(np.int32)


def longitude_of(x: float) -> float:
    """Degrees of a unit."""
    return x / _SIDE * 360 - 180


def latitude_of(y: float) -> float:
    """Degrees of a unit."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / _SIDE))))
