"""The two products a linear text model needs, on rows of a few weighted features, with NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


class SparseRows:
    """Rows of (feature, value) pairs, each of unit length; empty rows are allowed."""

    def __init__(self, rows: Sequence[dict[int, float]], width: int) -> None:
        """Lay the rows end to end, and once more in order of feature for the transposed product."""
        self.height = len(rows)
        self.width = width
        sizes = np.array([len(row) for row in rows], np.int64)
        self._columns = np.fromiter((at for row in rows for at in row), np.int64, int(sizes.sum()))
        values = np.fromiter((value for row in rows for value in row.values()), np.float32, int(sizes.sum()))
        owners = np.repeat(np.arange(self.height), sizes)
        norms = np.sqrt(np.bincount(owners, values.astype(np.float64) ** 2, minlength=self.height))
        self._values = (values / np.where(norms > 0, norms, 1.0)[owners]).astype(np.float32)
        self._filled, self._starts = np.unique(owners, return_index=True)
        order = np.argsort(self._columns, kind="stable")
        self._turned_owners = owners[order]
        self._turned_values = self._values[order]
        self._turned_filled, self._turned_starts = np.unique(self._columns[order], return_index=True)

    def times(self, matrix: Floats) -> Floats:
        """Return rows @ matrix."""
        result = np.zeros((self.height, matrix.shape[1]), np.float32)
        if len(self._starts):
            spread = matrix[self._columns] * self._values[:, None]
            result[self._filled] = np.add.reduceat(spread, self._starts, axis=0)
        return result

    def turned_times(self, matrix: Floats) -> Floats:
        """Return rows.T @ matrix."""
        result = np.zeros((self.width, matrix.shape[1]), np.float32)
        if len(self._turned_starts):
            spread = matrix[self._turned_owners] * self._turned_values[:, None]
            result[self._turned_filled] = np.add.reduceat(spread, self._turned_starts, axis=0)
        return result


def softmax(scores: Floats) -> Floats:
    """Return probabilities along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)


def fit_softmax(
    rows: SparseRows,
    classes: Integers,
    weights: Floats,
    *,
    count: int,
    penalty: float,
    steps: int,
) -> tuple[Floats, Floats]:
    """Return (matrix, offsets) of a penalised softmax regression: whole-batch Adam from zero, so stable.

    `classes` holds one class number below `count` per row, `weights` the importance of each row.
    """
    matrix = np.zeros((rows.width, count), np.float32)
    offsets = np.zeros(count, np.float32)
    wanted = np.zeros((rows.height, count), np.float32)
    wanted[np.arange(rows.height), classes] = 1.0
    share = (weights / weights.sum())[:, None].astype(np.float32)
    moments = [
        (np.zeros_like(matrix), np.zeros_like(matrix)),
        (np.zeros_like(offsets), np.zeros_like(offsets)),
    ]
    for step in range(1, steps + 1):
        error = (softmax(rows.times(matrix) + offsets) - wanted) * share
        slopes = [rows.turned_times(error) + penalty * matrix, error.sum(axis=0)]
        rate = 0.5 * (1.0 - (step - 1) / steps) + 0.02
        for parameter, slope, (mean, square) in zip((matrix, offsets), slopes, moments, strict=True):
            mean += 0.1 * (slope - mean)
            square += 0.02 * (slope * slope - square)
            unbiased = np.sqrt(square / (1.0 - 0.98**step)) + 1e-8
            parameter -= (rate * (mean / (1.0 - 0.9**step)) / unbiased).astype(np.float32)
    return matrix, offsets
