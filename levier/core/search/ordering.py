"""The smallest of many values without sorting them all, ties included."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from levier.core.search.columns import Columns, Floats, Rows
from levier.core.search.geo import EARTH_KM
from levier.core.search.geo import chord_squared as squared_chord
from levier.core.search.port import Geo


def up_to(values: Floats, stop: int, margin: Callable[[float], float] = float) -> Rows:
    """Places of the `stop` smallest values and of all that tie, within the margin, with the last."""
    if stop >= len(values):
        return np.arange(len(values))
    if stop == 0:
        return np.empty(0, dtype=np.int64)
    last = float(np.partition(values, stop - 1)[stop - 1])
    return np.flatnonzero(values <= margin(last))


def next_metre(chord_squared: float) -> float:
    """Squared chord two metres farther: distances equal once rounded to the metre must be sorted together."""
    if not math.isfinite(chord_squared):
        return chord_squared
    distance = 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord_squared) / 2))
    return squared_chord(distance + 0.002)


def smallest(values: Floats, keys: npt.NDArray[Any], stop: int) -> Rows:
    """Places of the `stop` smallest values, in order; ties by key."""
    near = up_to(values, stop)
    return near[np.lexsort((keys[near], values[near]))][:stop]


def nearest(columns: Columns, geo: Geo | None, rows: Rows, chords: Floats | None, stop: int) -> Rows:
    """Places, among the rows, of the nearest; rows at one metre are ordered by key. `chords`: squared, row for row."""
    if geo is None or chords is None or not stop:
        return np.empty(0, dtype=np.int64)
    chords = np.where(np.isnan(chords), np.inf, chords)
    near = up_to(chords, stop, next_metre)
    exact = columns.distances(rows[near], geo.latitude, geo.longitude)
    # Metres: two suppliers of one commune share a point, and must not be parted by the last bit.
    rounded = np.round(np.where(np.isnan(exact), np.inf, exact), 3)
    return near[np.lexsort((columns.keys[rows[near]], rounded))][:stop]
