"""Columns kept in memory beside the inverted index: keys, points, names and keyword codes by row.

A row is the ordinal the writer gave a document; it is never used twice. Deleted rows stay, not alive.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from levier.core.search.geo import (
    chord_squared,
    haversine_km,
    latitude_band,
    longitude_band,
    unit_vectors,
)
from levier.core.search.gridding import MapPoints
from levier.core.search.keywords import KeywordColumn, build_column
from levier.core.search.port import Geo, Reach
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
# Rows are sorted by bands of so many degrees of latitude, then by longitude; a band spans more than all longitudes.
_BAND = 0.25
_BAND_SPAN = 512.0


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
    by_place: Ints
    sorted_places: Floats
    base_rows: int

    def inside(self, values: Mapping[str, tuple[str, ...]], keys: Sequence[Any]) -> Bools:
        """Which rows hold one of the codes of any field, or bear one of the keys; dead ones included."""
        mask = np.isin(self.keys, list(keys)) if keys else np.zeros(self.size, dtype=np.bool_)
        for name, codes in values.items():
            mask |= self.keywords[name].mask(codes)
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
        by_place, sorted_places = _place_order(arrays["latitudes"], arrays["longitudes"])
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
                field.name: build_column(*_keyword_arrays(arrays, field.name), single=field.single)
                for field in schema.columns
            },
            by_place=by_place,
            sorted_places=sorted_places,
            base_rows=len(keys),
        )

    def extended(self, arrays: Arrays) -> Columns:
        """With a delta segment: its rows added, the rows it replaces or deletes no longer alive."""
        first, count = self.size, len(arrays["keys"])
        alive = np.concatenate((self.alive, np.ones(count, dtype=np.bool_)))
        alive[arrays["dead"]] = False
        fresh, fresh_places = _place_order(arrays["latitudes"], arrays["longitudes"])
        places = np.searchsorted(self.sorted_places, fresh_places)
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
            by_place=np.insert(self.by_place, places, fresh + np.int32(first)),
            sorted_places=np.insert(self.sorted_places, places, fresh_places),
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
            arrays[f"names.{name}"] = np.array(column.names, dtype=np.str_)
            arrays[f"indptr.{name}"], arrays[f"codes.{name}"] = column.arrays(first)
        return arrays

    @cached_property
    def map_points(self) -> MapPoints:
        """Where the rows stand on a map; made for the first map that is asked for."""
        return MapPoints.of(self.latitudes, self.longitudes)

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

    def near(self, latitude: float, longitude: float, radius_km: float) -> Rows:
        """Living rows of the box that holds the circle, and a little more: whole bands of latitude."""
        low, high = latitude_band(latitude, radius_km)
        half = longitude_band(latitude, radius_km)
        west, east = (-180.0, 180.0) if half is None else (longitude - half, longitude + half)
        if west < -180 or east > 180:
            # Across the antimeridian: every longitude, rather than two boxes for Wallis-et-Futuna.
            west, east = -180.0, 180.0
        parts = []
        for band in range(math.floor((low + 90) / _BAND), math.floor((high + 90) / _BAND) + 1):
            start = np.searchsorted(self.sorted_places, band * _BAND_SPAN + west + 180, side="left")
            stop = np.searchsorted(self.sorted_places, band * _BAND_SPAN + east + 180, side="right")
            parts.append(self.by_place[start:stop])
        rows = np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)
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

    def reaching(self, rows: Rows, reach: Reach, geo: Geo, land: str | None) -> Rows:
        """Places, among the rows, of those that say they reach a point. `land`: the field of landmasses."""
        column = self.keywords[reach.field]
        circles = sorted(
            (float(name[len(start) :]), name)
            for start in reach.circles
            for name in column.names
            if name.startswith(start)
        )
        # The squared chord each row goes to; the widest of its circles is written last.
        limits = np.full(self.size, -1.0)
        for km, name in circles:
            limits[column.rows_of((name,))] = chord_squared(km) * (1 + _RING)
        limits[column.rows_of(reach.codes)] = np.inf
        places = np.flatnonzero(limits[rows] >= 0)
        limits, chords = limits[rows[places]], self.chords(rows[places], geo.latitude, geo.longitude)
        # Whoever has no point reaches by a code alone, and stands nowhere near.
        kept = np.isinf(limits) | (chords <= limits)
        if reach.beyond_km:
            is_there = chords <= chord_squared(reach.beyond_km)
            if land and geo.landmass:
                is_there &= self.keywords[land].mask((geo.landmass,))[rows[places]]
            kept &= ~is_there
        return np.asarray(places[kept])


def _place_order(latitudes: Floats, longitudes: Floats) -> tuple[Ints, Floats]:
    """Placed rows by band of latitude then longitude, and the number that sorts them so."""
    placed = np.flatnonzero(~(np.isnan(latitudes) | np.isnan(longitudes))).astype(np.int32)
    bands = np.floor((latitudes[placed] + 90) / _BAND)
    places = bands * _BAND_SPAN + longitudes[placed] + 180
    order = np.argsort(places, kind="stable")
    return placed[order], places[order]


def _keyword_arrays(arrays: Arrays, name: str) -> tuple[list[str], Ints, Ints]:
    return arrays[f"names.{name}"].tolist(), arrays[f"indptr.{name}"], arrays[f"codes.{name}"]
