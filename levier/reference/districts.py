"""Is a point inside a priority district? Ray casting over all perimeters at once, in degrees."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Perimeter:
    """A district and its rings of [longitude, latitude]; holes are rings like the others."""

    code: str
    rings: tuple[Ring, ...]


def departement_of(district: str) -> str:
    """The département written in a code: « QN05901M » is of 59, « QN97101M » of 971, « QN02A01M » of 2A."""
    return district[2:5].removeprefix("0")


class DistrictFinder:
    """Finds the district of many points. Perimeters never overlap; on a shared side the first one wins."""

    def __init__(self, perimeters: Iterable[Perimeter]) -> None:
        self._codes: list[str] = []
        self._rings: list[list[np.ndarray]] = []
        boxes = []
        for perimeter in perimeters:
            rings = [np.asarray(ring, dtype=float)[:, :2] for ring in perimeter.rings if len(ring) > 3]
            if rings:
                points = np.vstack(rings)
                boxes.append((*points.min(axis=0), *points.max(axis=0)))
                self._codes.append(perimeter.code)
                self._rings.append(rings)
        self._departements = {departement_of(code) for code in self._codes}
        self._boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)

    def __len__(self) -> int:
        return len(self._codes)

    def outside(self, departement: str) -> str | None:
        """What to say of a point no perimeter holds: empty when it is outside, None when nobody can say.

        Each of the 101 départements has a district: one without any perimeter here stands in a file that was not loaded.
        """
        return "" if departement in self._departements else None

    def find(self, longitudes: Sequence[float], latitudes: Sequence[float]) -> list[str]:
        """The code of each point's district, empty outside all of them. Coordinates in degrees."""
        found = [""] * len(longitudes)
        if not len(self._codes) or not len(longitudes):
            return found
        x, y = np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float)
        for number, (west, south, east, north) in enumerate(self._boxes):
            near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
            for index in near[_inside(x[near], y[near], self._rings[number])]:
                found[index] = found[index] or self._codes[number]
        return found


def _inside(x: np.ndarray, y: np.ndarray, rings: list[np.ndarray]) -> np.ndarray:
    """Odd number of sides crossed by the ray that goes east; a hole turns the answer round."""
    odd = np.zeros(len(x), dtype=bool)
    for ring in rings:
        start, end = ring, np.roll(ring, -1, axis=0)
        x1, y1, x2, y2 = start[:, 0], start[:, 1], end[:, 0], end[:, 1]
        # Half-open in y: a vertex counts for one of its two sides only, and a level side for none.
        spans = (y1[None, :] > y[:, None]) != (y2[None, :] > y[:, None])
        height = np.where(y2 == y1, 1.0, y2 - y1)
        crossing = x1[None, :] + (y[:, None] - y1[None, :]) * ((x2 - x1) / height)[None, :]
        odd ^= (np.count_nonzero(spans & (x[:, None] < crossing), axis=1) % 2).astype(bool)
    return odd
