"""The page of the rows found: the smallest of many values without sorting them all, ties included; the hits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from levier.core.search.columns import Columns, Floats, Rows
from levier.core.search.geo import EARTH_KM
from levier.core.search.geo import chord_squared as squared_chord
from levier.core.search.keywords import SingleColumn
from levier.core.search.port import Geo, Hit, Query

# Above this share of the rows, a mask is faster than a list of rows.
_MASK_SHARE = 4
# Rows looked at together in the order of names.
_PART = 16_384


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


def places_of_page(
    columns: Columns, query: Query, rows: Rows, scores: Floats | None, chords: Floats | None
) -> npt.NDArray[Any]:
    """Places, among the rows found, of those of the page asked; ties by key."""
    start, stop = query.offset, query.offset + query.limit
    if query.sort == "relevance" and scores is not None:
        return smallest(-scores, columns.keys[rows], stop)[start:]
    if query.sort == "distance" or (query.sort == "relevance" and chords is not None):
        return nearest(columns, query.geo, rows, chords, stop)[start:]
    if query.sort == "relevance" and query.standing:
        return _first_by_standing(columns, query.standing, rows, stop)[start:]
    return _first_by_name(columns, rows, stop)[start:]


def _first_by_standing(columns: Columns, field: str, rows: Rows, stop: int) -> Rows:
    """Places of the first rows, the greatest code first, those without a code last, each time by name.

    The lesser codes are not looked at once the page is full.
    """
    column = columns.keywords[field]
    assert isinstance(column, SingleColumn), f"{field} is no single keyword"
    codes = column.dense[rows]
    found: list[Rows] = []
    missing = stop
    for name in (*sorted(column.names, reverse=True), None):
        code = 0 if name is None else column.code_of[name] + 1
        places = np.flatnonzero(codes == code)
        first = places[_first_by_name(columns, rows[places], missing)]
        found.append(first)
        missing -= len(first)
        if missing <= 0:
            break
    return np.concatenate(found)


def _first_by_name(columns: Columns, rows: Rows, stop: int) -> Rows:
    """Places of the first rows in the order of names."""
    if len(rows) * _MASK_SHARE <= columns.size:
        return smallest(columns.rank[rows], columns.keys[rows], stop)
    mask = np.zeros(columns.size, dtype=np.bool_)
    mask[rows] = True
    places = np.empty(columns.size, dtype=np.int32)
    places[rows] = np.arange(len(rows), dtype=np.int32)
    return places[_first_of_mask(columns, mask, stop)].astype(np.int64)


def _first_of_mask(columns: Columns, mask: npt.NDArray[np.bool_], stop: int) -> Rows:
    """The first rows of a mask in the order of names: a page of many rows is full after a few thousand."""
    found: list[Rows] = []
    missing = stop
    for start in range(0, columns.size, _PART):
        part = columns.order[start : start + _PART]
        part = part[mask[part]][:missing]
        found.append(part.astype(np.int64))
        missing -= len(part)
        if missing <= 0:
            break
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def hits_of(columns: Columns, query: Query, rows: Rows, scores: Floats | None) -> tuple[Hit, ...]:
    """The rows of a page as hits, with their exact distance when a place is asked."""
    keys = columns.keys[rows].tolist()
    ranks = scores.tolist() if scores is not None else [0.0] * len(keys)
    distances: list[float | None] = [None] * len(keys)
    if query.geo is not None:
        exact = columns.distances(rows, query.geo.latitude, query.geo.longitude).tolist()
        distances = [None if value != value else value for value in exact]
    hits = []
    for row, key, score, distance in zip(rows.tolist(), keys, ranks, distances, strict=True):
        values = {name: columns.keywords[name].values(row) for name in query.values}
        hits.append(Hit(key, score, distance, values))
    return tuple(hits)
