"""The two products a linear text model needs, on rows of a few weighted features, with NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


# Entries gathered at a time: times some fifty classes, they stay in the processor's cache.
_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows of about the same length as a full table: their numbers, places (rows × length), values."""

    rows: Integers
    places: Integers
    values: Floats


class SparseRows:
    """Rows of (feature, value) pairs, each of unit length; empty rows are allowed."""

    def __init__(self, rows: Sequence[dict[int, float]], width: int) -> None:
        """Lay the entries in blocks, and once more by feature for the transposed product."""
        self.height = len(rows)
        self.width = width
        sizes = np.array([len(row) for row in rows], np.int64)
        columns = np.fromiter((at for row in rows for at in row), np.int64, int(sizes.sum()))
        values = np.fromiter((value for row in rows for value in row.values()), np.float32, int(sizes.sum()))
        owners = np.repeat(np.arange(self.height), sizes)
        norms = np.sqrt(np.bincount(owners, values.astype(np.float64) ** 2, minlength=self.height))
        values = (values / np.where(norms > 0, norms, 1.0)[owners]).astype(np.float32)
        self._blocks = _blocks(sizes, columns, values)
        order = np.argsort(columns, kind="stable")
        counts = np.bincount(columns, minlength=width)
        self._turned_blocks = _blocks(counts, owners[order], values[order])

    def times(self, matrix: Floats) -> Floats:
        """Return rows @ matrix."""
        return _product(self._blocks, matrix, self.height)

    def turned_times(self, matrix: Floats) -> Floats:
        """Return rows.T @ matrix."""
        return _product(self._turned_blocks, matrix, self.width)


def _blocks(sizes: Integers, places: Integers, values: Floats) -> list[_Block]:
    """Cut rows laid end to end into blocks of like lengths, the missing entries counting for nothing.

    Adding up segment by segment (`np.add.reduceat`) took most of the training.
    """
    ends = np.cumsum(sizes)
    # Lengths 1, 2, 3, 4, 6, 8, 12, 16, 24…: at worst half of a block is padding.
    steps = np.unique([int(base) << shift for shift in range(24) for base in (1, 2, 3)])
    padded = steps[np.searchsorted(steps, sizes)]
    blocks = []
    for length in np.unique(padded[sizes > 0]):
        alike = np.flatnonzero((padded == length) & (sizes > 0))
        for start in range(0, len(alike), max(1, _AT_ONCE // int(length))):
            rows = alike[start : start + max(1, _AT_ONCE // int(length))]
            inside = np.arange(length) < sizes[rows][:, None]
            at = np.where(inside, (ends - sizes)[rows][:, None] + np.arange(length), 0)
            block_values = np.where(inside, values[at], np.float32(0))
            blocks.append(_Block(rows, np.where(inside, places[at], 0), block_values[:, None, :]))
    return blocks


def _product(blocks: Sequence[_Block], matrix: Floats, height: int) -> Floats:
    result = np.zeros((height, matrix.shape[1]), np.float32)
    for block in blocks:
        result[block.rows] = np.matmul(block.values, np.take(matrix, block.places, axis=0))[:, 0, :]
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
