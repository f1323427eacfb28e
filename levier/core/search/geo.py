"""Distances on the sphere and the two grids that narrow a radius before the exact check."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Mean radius of the Earth in kilometres (IUGG, R1).
EARTH_KM = 6371.0088

FINE_STEP = 0.25
COARSE_STEP = 2.0
# Beyond so many cells a list of terms costs more than the hits it removes.
MAX_CELLS = 96


def haversine_km(lat: float, lon: float, lats: Floats, lons: Floats) -> Floats:
    """Great-circle distances in kilometres from one point to many; NaN where a coordinate is missing."""
    phi, phis = math.radians(lat), np.radians(lats)
    half = np.sin((phis - phi) / 2) ** 2
    half += math.cos(phi) * np.cos(phis) * np.sin(np.radians(lons - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))), dtype=np.float64)


def unit_vectors(lats: Floats, lons: Floats) -> tuple[Floats, Floats, Floats]:
    """Points of the unit sphere: between two, the straight chord grows with the distance."""
    phi, theta = np.radians(lats), np.radians(lons)
    cos_phi = np.cos(phi)
    return cos_phi * np.cos(theta), cos_phi * np.sin(theta), np.sin(phi)


def chord_squared(radius_km: float) -> float:
    """Squared chord of the unit sphere for a distance in kilometres."""
    return float((2 * math.sin(min(radius_km / EARTH_KM, math.pi) / 2)) ** 2)


def latitude_band(lat: float, radius_km: float) -> tuple[float, float]:
    """Lowest and highest latitude within the radius, with a margin for rounding."""
    delta = math.degrees(radius_km / EARTH_KM) + 1e-9
    return lat - delta, lat + delta


def longitude_band(lat: float, radius_km: float) -> float | None:
    """Half width in degrees of longitude of the circle; None when it holds a pole (every longitude)."""
    angle = radius_km / EARTH_KM
    low, high = latitude_band(lat, radius_km)
    if low <= -90 or high >= 90:
        return None
    # The widest point of the circle is not at the centre's latitude: asin(sin r / cos lat), not r / cos lat.
    return math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(lat))))) + 1e-9


def cell(lat: float, lon: float, step: float) -> int:
    """Number of the grid cell that holds the point."""
    columns = round(360 / step)
    return math.floor((lat + 90) / step) * columns + math.floor((lon + 180) / step) % columns


def covering_cells(lat: float, lon: float, radius_km: float) -> tuple[str, list[int]] | None:
    """The grid field and the cells that cover the circle, or None when too many would be needed."""
    half = longitude_band(lat, radius_km)
    if half is None:
        return None
    low, high = latitude_band(lat, radius_km)
    for field, step in (("cell_fine", FINE_STEP), ("cell_coarse", COARSE_STEP)):
        columns = round(360 / step)
        rows = range(math.floor((low + 90) / step), math.floor((high + 90) / step) + 1)
        first, last = math.floor((lon - half + 180) / step), math.floor((lon + half + 180) / step)
        if last - first + 1 > columns:
            continue
        if len(rows) * (last - first + 1) <= MAX_CELLS:
            # Modulo: a circle may straddle the antimeridian (Wallis-et-Futuna, Fiji's neighbour).
            return field, [row * columns + col % columns for row in rows for col in range(first, last + 1)]
    return None
