"""Columns kept in memory beside the inverted index: keys, points, names and keyword codes by row.

A row is the ordinal the writer gave a document; it is never used twice. Deleted rows stay, not alive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from levier.core.search.geo import (
    chord_squared,
    haversine_km,
    latitude_band,
    unit_vectors,
)
from levier.core.search.schema import IndexSchema

Arrays = dict[str, npt.NDArray[Any]]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

NAME_BYTES = 32
# Relative width of the ring, around the limit of a radius, in which the chord is not trusted.
_RING = 1e-9
_TINY = 1e-18


@dataclass(frozen=True)
class KeywordColumn:
    """Codes of one keyword field, both ways: codes of a row, rows of a code."""

    names: tuple[str, ...]
    code_of: Mapping[str, int]
    indptr: Ints
    codes: Ints
    inv_indptr: Ints
    inv_rows: Ints

    @classmethod
    def build(cls, names: Sequence[str], indptr: Ints, codes: Ints) -> KeywordColumn:
        """From the codes of each row."""
        rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
        order = np.argsort(codes, kind="stable")
        counts = np.bincount(codes, minlength=len(names))
        inv_indptr = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        found = {name: code for code, name in enumerate(names)}
        return cls(tuple(names), found, indptr, codes, inv_indptr, rows[order])

    def extended(self, names: Sequence[str], indptr: Ints, codes: Ints) -> KeywordColumn:
        """With more rows after the last one; far cheaper than building anew at each commit."""
        code_of = dict(self.code_of)
        for name in names:
            code_of.setdefault(name, len(code_of))
        mapped = np.array([code_of[name] for name in names], dtype=np.int32)[codes] if len(codes) else codes
        first = len(self.indptr) - 1
        rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr)) + np.int32(first)
        order = np.argsort(mapped, kind="stable")
        missing = len(code_of) - len(self.names)
        ends = np.concatenate((self.inv_indptr[1:], np.repeat(self.inv_indptr[-1:], missing)))
        inv_rows = np.insert(self.inv_rows, ends[mapped[order]], rows[order])
        grown = np.cumsum(np.bincount(mapped, minlength=len(code_of)))
        return KeywordColumn(
            tuple(code_of),
            code_of,
            np.concatenate((self.indptr, indptr[1:] + self.indptr[-1])).astype(np.int32),
            np.concatenate((self.codes, mapped)).astype(np.int32),
            np.concatenate(([0], ends + grown)).astype(np.int32),
            inv_rows,
        )

    def rows_of(self, values: Iterable[str]) -> Ints:
        """Rows that hold any of the values, dead ones included, in no promised order; a row may repeat."""
        found = [self.code_of[value] for value in values if value in self.code_of]
        parts = [self.inv_rows[self.inv_indptr[code] : self.inv_indptr[code + 1]] for code in found]
        if not parts:
            return np.empty(0, dtype=np.int32)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def frequency(self, values: Iterable[str]) -> int:
        """How many rows `rows_of` would give."""
        found = [self.code_of[value] for value in values if value in self.code_of]
        return sum(int(self.inv_indptr[code + 1] - self.inv_indptr[code]) for code in found)

    def counts(self, rows: Rows) -> dict[str, int]:
        """How many of the rows hold each value, most frequent first. For few rows."""
        starts, lengths = self.indptr[rows], self.indptr[rows + 1] - self.indptr[rows]
        total = int(lengths.sum())
        if total == 0:
            return {}
        # Positions of every code of every row, without a Python loop.
        shift = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        return self._named(np.bincount(self.codes[np.arange(total) + shift], minlength=len(self.names)))

    def counts_of_mask(self, mask: Bools) -> dict[str, int]:
        """The same for a mask over all the rows. For many rows."""
        if not len(self.inv_rows):
            return {}
        running = np.concatenate(([0], np.cumsum(mask[self.inv_rows])))
        return self._named(running[self.inv_indptr[1:]] - running[self.inv_indptr[:-1]])

    def _named(self, counts: npt.NDArray[np.int64]) -> dict[str, int]:
        pairs = sorted((-int(counts[code]), self.names[code]) for code in np.flatnonzero(counts))
        return {name: -count for count, name in pairs}

    def values(self, row: int) -> tuple[str, ...]:
        """Values of one row."""
        return tuple(self.names[code] for code in self.codes[self.indptr[row] : self.indptr[row + 1]])


@dataclass(frozen=True)
class Columns:
    """One immutable view of every row. `order` lists the rows by name then key; `rank` is its inverse."""

    keys: npt.NDArray[Any]
    alive: Bools
    latitudes: Floats
    longitudes: Floats
    vectors: tuple[Floats, Floats, Floats]
    names: npt.NDArray[np.bytes_]
    order: Ints
    rank: Floats
    keywords: Mapping[str, KeywordColumn]
    by_latitude: Ints
    sorted_latitudes: Floats
    base_rows: int

    def inside(self, values: Mapping[str, tuple[str, ...]], keys: Sequence[Any]) -> Bools:
        """Which rows hold one of the codes of any field, or bear one of the keys; dead ones included."""
        mask = np.isin(self.keys, list(keys)) if keys else np.zeros(self.size, dtype=np.bool_)
        for name, codes in values.items():
            mask[self.keywords[name].rows_of(codes)] = True
        return mask

    @property
    def size(self) -> int:
        """Number of rows, dead ones included."""
        return len(self.keys)

    @classmethod
    def from_arrays(cls, schema: IndexSchema, arrays: Arrays) -> Columns:
        """A first view from a base segment (see `storage`)."""
        keys, names = arrays["keys"], arrays["names"]
        order = arrays.get("order")
        if order is None:
            order = np.lexsort((keys, names)).astype(np.int32)
        rank = np.empty(len(keys), dtype=np.float64)
        rank[order] = np.arange(len(keys))
        by_latitude, sorted_latitudes = _latitude_order(arrays["latitudes"])
        alive = np.ones(len(keys), dtype=np.bool_)
        alive[arrays["dead"]] = False
        return cls(
            keys=keys,
            alive=alive,
            latitudes=arrays["latitudes"],
            longitudes=arrays["longitudes"],
            vectors=unit_vectors(arrays["latitudes"], arrays["longitudes"]),
            names=names,
            order=order,
            rank=rank,
            keywords={
                field.name: KeywordColumn.build(*_keyword_arrays(arrays, field.name))
                for field in schema.columns
            },
            by_latitude=by_latitude,
            sorted_latitudes=sorted_latitudes,
            base_rows=len(keys),
        )

    def extended(self, arrays: Arrays) -> Columns:
        """With a delta segment: its rows added, the rows it replaces or deletes no longer alive."""
        first, count = self.size, len(arrays["keys"])
        alive = np.concatenate((self.alive, np.ones(count, dtype=np.bool_)))
        alive[arrays["dead"]] = False
        fresh, fresh_latitudes = _latitude_order(arrays["latitudes"])
        places = np.searchsorted(self.sorted_latitudes, fresh_latitudes)
        keys = np.concatenate((self.keys, arrays["keys"]))
        names = np.concatenate((self.names, arrays["names"]))
        order, rank = self._reordered(keys, names)
        vectors = unit_vectors(arrays["latitudes"], arrays["longitudes"])
        joined = [np.concatenate((old, new)) for old, new in zip(self.vectors, vectors, strict=True)]
        return Columns(
            keys=keys,
            alive=alive,
            latitudes=np.concatenate((self.latitudes, arrays["latitudes"])),
            longitudes=np.concatenate((self.longitudes, arrays["longitudes"])),
            vectors=(joined[0], joined[1], joined[2]),
            names=names,
            order=order,
            rank=rank,
            keywords={
                name: column.extended(*_keyword_arrays(arrays, name))
                for name, column in self.keywords.items()
            },
            by_latitude=np.insert(self.by_latitude, places, fresh + np.int32(first)),
            sorted_latitudes=np.insert(self.sorted_latitudes, places, fresh_latitudes),
            base_rows=self.base_rows,
        )

    def _reordered(self, keys: npt.NDArray[Any], names: npt.NDArray[np.bytes_]) -> tuple[Ints, Floats]:
        """Merge every row after the base into the base's order, without sorting the base again."""
        base = self.base_rows
        base_order = self.order[self.order < base]
        late = np.lexsort((keys[base:], names[base:])).astype(np.int32) + np.int32(base)
        sorted_names = names[base_order]
        places = np.searchsorted(sorted_names, names[late], side="left")
        ends = np.searchsorted(sorted_names, names[late], side="right")
        for at in np.flatnonzero(places < ends):  # namesakes: the key decides
            namesakes = keys[base_order[places[at] : ends[at]]]
            places[at] += np.searchsorted(namesakes, keys[late[at]])
        order = np.insert(base_order, places, late)
        rank = np.empty(len(keys), dtype=np.float64)
        rank[order] = np.arange(len(keys))
        return order, rank

    def to_arrays(self, first: int = 0) -> Arrays:
        """One segment that stands for every row from `first` on, and for every death so far."""
        arrays: Arrays = {
            "keys": self.keys[first:],
            "names": self.names[first:],
            "latitudes": self.latitudes[first:],
            "longitudes": self.longitudes[first:],
            "dead": np.flatnonzero(~self.alive),
        }
        if first == 0:
            arrays["order"] = self.order
        for name, column in self.keywords.items():
            start = column.indptr[first]
            arrays[f"names.{name}"] = np.array(column.names, dtype=np.str_)
            arrays[f"indptr.{name}"] = column.indptr[first:] - start
            arrays[f"codes.{name}"] = column.codes[start:]
        return arrays

    def rows_of_keys(self, keys: Sequence[object]) -> Rows:
        """Living rows of these keys."""
        if not len(keys) or not self.size:
            return np.empty(0, dtype=np.int64)
        wanted = np.array(list(keys), dtype=self.keys.dtype.kind if self.keys.dtype.kind == "U" else np.int64)
        return np.flatnonzero(self.alive & np.isin(self.keys, wanted))

    def distances(self, rows: Rows, latitude: float, longitude: float) -> Floats:
        """Exact distances in km from a point; NaN for a row without coordinates."""
        return haversine_km(latitude, longitude, self.latitudes[rows], self.longitudes[rows])

    def chords(self, rows: Rows, latitude: float, longitude: float) -> Floats:
        """Squared chords: they sort like the distances and cost a tenth; NaN without coordinates."""
        x, y, z = (float(v[0]) for v in unit_vectors(np.array([latitude]), np.array([longitude])))
        # Differences, not a dot product: near one, a dot product loses half its digits.
        return np.asarray(
            (self.vectors[0][rows] - x) ** 2
            + (self.vectors[1][rows] - y) ** 2
            + (self.vectors[2][rows] - z) ** 2
        )

    def near(self, latitude: float, radius_km: float) -> Rows:
        """Living rows of the band of latitude that holds the circle."""
        low, high = latitude_band(latitude, radius_km)
        start = int(np.searchsorted(self.sorted_latitudes, low, side="left"))
        stop = int(np.searchsorted(self.sorted_latitudes, high, side="right"))
        rows = self.by_latitude[start:stop]
        return rows[self.alive[rows]].astype(np.int64)

    def within(self, rows: Rows, latitude: float, longitude: float, radius_km: float) -> tuple[Rows, Floats]:
        """Places, among the rows, of those within the radius by exact distance; their squared chords."""
        chords = self.chords(rows, latitude, longitude)
        limit = chord_squared(radius_km)
        places = np.flatnonzero(chords <= limit * (1 + _RING) + _TINY)
        chords = chords[places]
        doubtful = np.flatnonzero(chords >= limit * (1 - _RING) - _TINY)
        if len(doubtful):
            far = self.distances(rows[places[doubtful]], latitude, longitude) > radius_km
            kept = np.ones(len(places), dtype=np.bool_)
            kept[doubtful[far]] = False
            places, chords = places[kept], chords[kept]
        return places, chords


def _latitude_order(latitudes: Floats) -> tuple[Ints, Floats]:
    placed = np.flatnonzero(~np.isnan(latitudes)).astype(np.int32)
    order = placed[np.argsort(latitudes[placed], kind="stable")]
    return order, latitudes[order]


def _keyword_arrays(arrays: Arrays, name: str) -> tuple[list[str], Ints, Ints]:
    return arrays[f"names.{name}"].tolist(), arrays[f"indptr.{name}"], arrays[f"codes.{name}"]
