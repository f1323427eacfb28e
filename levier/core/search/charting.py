"""Every hit of a query on a map.

The rows of the hits are read, and grouped by arrays. Of a text that very many documents hold, reading the rows would cost
more than all the rest: tantivy then counts the squares itself, and nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import tantivy

from levier.core.search.errors import InvalidQueryError
from levier.core.search.gridding import (
    BITS,
    bounds,
    check_window,
    latitude_of,
    longitude_of,
    span,
    square,
    squares,
)
from levier.core.search.planning import check
from levier.core.search.port import Chart, Query, Square, Window
from levier.core.search.searching import Answering
from levier.core.search.snapshot import Snapshot

# Above so many hits in the window, tantivy counts them: a row read costs half a microsecond.
_MOST_READ = 60_000
_PLACED = {"placed": {"value_count": {"field": "map_x"}}}
_EDGES = {f"{end}_{name}": {end: {"field": name}} for end in ("min", "max") for name in ("map_x", "map_y")}


def chart(snapshot: Snapshot, query: Query, window: Window, most_keys: int) -> Chart:
    """Every hit on a map. Raises InvalidQueryError."""
    check(snapshot.schema, query)
    if snapshot.schema.geo is None:
        raise InvalidQueryError("Cet index ne connaît pas les lieux.")
    check_window(window)
    # Nothing is ranked nor counted by facet: who is there is all a map asks.
    answering = Answering(snapshot, replace(query, sort="name", facets=(), offset=0, limit=0))
    asked = answering.in_tantivy()
    if asked is not None and (total := _count(snapshot, asked)) > _MOST_READ:
        return replace(_counted(snapshot, answering, asked, window, most_keys), total=total)
    return _grouped(snapshot, answering.rows(), window, most_keys)


def _grouped(snapshot: Snapshot, rows: Any, window: Window, most_keys: int) -> Chart:
    columns = snapshot.columns
    points = columns.map_points
    found = tuple(
        replace(each, keys=tuple(columns.keys[named].tolist()))
        for each, named in squares(points, rows, columns.rank, window, most_keys)
    )
    return Chart(
        total=len(rows),
        placed=int(np.count_nonzero(points.x[rows] >= 0)),
        bounds=bounds(points, rows, window),
        squares=found,
        generation=snapshot.state.generation,
    )


def _counted(
    snapshot: Snapshot, answering: Answering, asked: tantivy.Query, window: Window, most_keys: int
) -> Chart:
    """By tantivy's own counts; the hits of a window that holds few of them are read all the same. `total` is for the caller."""
    searcher, shift = snapshot.searcher, BITS - window.level
    first_column, last_column, first_line, last_line = span(window)
    inside = _within(
        snapshot, asked, first_column << shift, ((last_column + 1) << shift) - 1,
        first_line << shift, ((last_line + 1) << shift) - 1,
    )  # fmt: skip
    placed = int(searcher.aggregate(asked, _PLACED)["placed"]["value"])
    if _count(snapshot, inside) <= _MOST_READ:
        return replace(_grouped(snapshot, answering.rows_in(inside), window, most_keys), placed=placed)
    found = searcher.aggregate(inside, _sides(shift) | _EDGES)
    box = {name: found[name]["value"] for name in _EDGES}
    return Chart(
        total=placed,
        placed=placed,
        bounds=(
            latitude_of(box["max_map_y"]), longitude_of(box["min_map_x"]),
            latitude_of(box["min_map_y"]), longitude_of(box["max_map_x"]),
        ),
        squares=tuple(_histogram(found, shift)),
        generation=snapshot.state.generation,
    )  # fmt: skip


def _within(
    snapshot: Snapshot, asked: tantivy.Query, west: int, east: int, north: int, south: int
) -> tantivy.Query:
    """The query inside a box, in units, ends included."""
    integer = tantivy.FieldType.Integer
    sides = [
        tantivy.Query.range_query(snapshot.index.schema, name, integer, low, high)
        for name, low, high in (("map_x", west, east), ("map_y", north, south))
    ]
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in (asked, *sides)])


def _count(snapshot: Snapshot, asked: tantivy.Query) -> int:
    return int(snapshot.searcher.search(asked, 1).count)  # type: ignore[attr-defined]


def _sides(shift: int) -> dict[str, Any]:
    """Columns then lines of squares, with the middle of each."""
    middles = {name: {"avg": {"field": name}} for name in ("map_x", "map_y")}
    lines = {"histogram": {"field": "map_y", "interval": 1 << shift, "min_doc_count": 1}, "aggs": middles}
    columns = {"field": "map_x", "interval": 1 << shift, "min_doc_count": 1}
    return {"columns": {"histogram": columns, "aggs": {"lines": lines}}}


def _histogram(found: dict[str, Any], shift: int) -> Iterator[Square]:
    for column in found["columns"]["buckets"]:
        for line in column["lines"]["buckets"]:
            yield square(
                int(column["key"]) >> shift, int(line["key"]) >> shift, shift, line["doc_count"],
                line["map_x"]["value"], line["map_y"]["value"],
            )  # fmt: skip
