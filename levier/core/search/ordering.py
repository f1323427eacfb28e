"""The smallest of many values without sorting them all, ties included."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from levier.core.search.columns import Floats, Rows
from levier.core.search.geo import EARTH_KM
from levier.core.search.geo import chord_squared as squared_chord


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
