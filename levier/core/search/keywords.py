"""Keyword columns in memory: the codes of each row, the rows of each code, and how many rows hold each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Codes = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


class RowSet:
    """Rows to count, as a list and, when asked, as a mask over all the rows: made once for all the columns."""

    def __init__(self, rows: Rows, size: int) -> None:
        self.rows = rows
        self._size = size

    @cached_property
    def mask(self) -> Bools:
        """Which rows are in the set."""
        mask = np.zeros(self._size, dtype=np.bool_)
        mask[self.rows] = True
        return mask


class KeywordColumn(Protocol):
    """What the search asks of a column, whether its rows hold one code or several."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every value, in the order of their codes."""

    def rows_of(self, values: Iterable[str]) -> Rows | Ints:
        """Rows that hold any of the values, dead ones included, in no promised order; a row may repeat."""

    def mask(self, values: Iterable[str]) -> Bools:
        """Which rows hold any of the values."""

    def frequency(self, values: Iterable[str]) -> int:
        """How many rows `rows_of` would give."""

    def counts(self, found: RowSet) -> dict[str, int]:
        """How many of the rows hold each value, most frequent first."""

    def values(self, row: int) -> tuple[str, ...]:
        """Values of one row."""

    def extended(self, names: Sequence[str], indptr: Ints, codes: Ints) -> KeywordColumn:
        """With more rows after the last one; far cheaper than building anew at each commit."""

    def arrays(self, first: int) -> tuple[Ints, Ints]:
        """Ends and codes of the rows from `first` on, as a segment stores them."""


def build_column(names: Sequence[str], indptr: Ints, codes: Ints, *, single: bool) -> KeywordColumn:
    """A column from the codes of each row; `single` when no row holds two."""
    if single:
        return SingleColumn.build(names, indptr, codes)
    return MultipleColumn.build(names, indptr, codes)


@dataclass(frozen=True)
class SingleColumn:
    """At most one code a row: a dense array in the narrowest type, one more than the code, 0 for none.

    A fifth of the memory of `MultipleColumn`, and several times faster to count.
    """

    names: tuple[str, ...]
    code_of: Mapping[str, int]
    dense: Codes

    @classmethod
    def build(cls, names: Sequence[str], indptr: Ints, codes: Ints) -> SingleColumn:
        """From the codes of each row."""
        return cls(
            tuple(names), {name: code for code, name in enumerate(names)}, _dense(indptr, codes, len(names))
        )

    def extended(self, names: Sequence[str], indptr: Ints, codes: Ints) -> SingleColumn:
        code_of, mapped = _joined_codes(self.code_of, names, codes)
        added = _dense(indptr, mapped, len(code_of))
        dense = np.concatenate((self.dense.astype(added.dtype, copy=False), added))
        return SingleColumn(tuple(code_of), code_of, dense)

    @cached_property
    def _frequencies(self) -> Rows:
        return np.bincount(self.dense, minlength=len(self.names) + 1)

    def rows_of(self, values: Iterable[str]) -> Rows:
        return np.flatnonzero(self.mask(values))

    def mask(self, values: Iterable[str]) -> Bools:
        found = [self.code_of[value] + 1 for value in values if value in self.code_of]
        if len(found) == 1:
            return np.asarray(self.dense == found[0])
        table = np.zeros(len(self.names) + 1, dtype=np.bool_)
        table[found] = True
        return np.asarray(table[self.dense])

    def frequency(self, values: Iterable[str]) -> int:
        found = [self.code_of[value] + 1 for value in values if value in self.code_of]
        return int(self._frequencies[found].sum())

    def counts(self, found: RowSet) -> dict[str, int]:
        return _named(self.names, np.bincount(self.dense[found.rows], minlength=len(self.names) + 1)[1:])

    def values(self, row: int) -> tuple[str, ...]:
        code = int(self.dense[row])
        return (self.names[code - 1],) if code else ()

    def arrays(self, first: int) -> tuple[Ints, Ints]:
        dense = self.dense[first:]
        indptr = np.concatenate(([0], np.cumsum(dense > 0))).astype(np.int32)
        return indptr, dense[dense > 0].astype(np.int32) - 1


@dataclass(frozen=True)
class MultipleColumn:
    """Any number of codes a row, both ways: codes of a row, rows of a code."""

    names: tuple[str, ...]
    code_of: Mapping[str, int]
    indptr: Ints
    codes: Codes
    inv_indptr: Ints
    inv_rows: Ints

    @classmethod
    def build(cls, names: Sequence[str], indptr: Ints, codes: Ints) -> MultipleColumn:
        """From the codes of each row."""
        rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))
        order = np.argsort(codes, kind="stable")
        counts = np.bincount(codes, minlength=len(names))
        inv_indptr = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        found = {name: code for code, name in enumerate(names)}
        return cls(tuple(names), found, indptr, _narrow(codes, len(names)), inv_indptr, rows[order])

    def extended(self, names: Sequence[str], indptr: Ints, codes: Ints) -> MultipleColumn:
        code_of, mapped = _joined_codes(self.code_of, names, codes)
        first = len(self.indptr) - 1
        rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr)) + np.int32(first)
        order = np.argsort(mapped, kind="stable")
        missing = len(code_of) - len(self.names)
        ends = np.concatenate((self.inv_indptr[1:], np.repeat(self.inv_indptr[-1:], missing)))
        inv_rows = np.insert(self.inv_rows, ends[mapped[order]], rows[order])
        grown = np.cumsum(np.bincount(mapped, minlength=len(code_of)))
        return MultipleColumn(
            tuple(code_of),
            code_of,
            np.concatenate((self.indptr, indptr[1:] + self.indptr[-1])).astype(np.int32),
            _narrow(np.concatenate((self.codes.astype(np.int32), mapped)), len(code_of)),
            np.concatenate(([0], ends + grown)).astype(np.int32),
            inv_rows,
        )

    def rows_of(self, values: Iterable[str]) -> Ints:
        found = [self.code_of[value] for value in values if value in self.code_of]
        parts = [self.inv_rows[self.inv_indptr[code] : self.inv_indptr[code + 1]] for code in found]
        if not parts:
            return np.empty(0, dtype=np.int32)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def mask(self, values: Iterable[str]) -> Bools:
        mask = np.zeros(len(self.indptr) - 1, dtype=np.bool_)
        mask[self.rows_of(values)] = True
        return mask

    def frequency(self, values: Iterable[str]) -> int:
        found = [self.code_of[value] for value in values if value in self.code_of]
        return sum(int(self.inv_indptr[code + 1] - self.inv_indptr[code]) for code in found)

    def counts(self, found: RowSet) -> dict[str, int]:
        # Through the mask the work follows the codes of all the rows, else the rows of the set.
        if len(found.rows) * 4 > len(self.inv_rows):
            return self._counts_of_mask(found.mask)
        return self._counts_of_rows(found.rows)

    def _counts_of_rows(self, rows: Rows) -> dict[str, int]:
        starts, lengths = self.indptr[rows], self.indptr[rows + 1] - self.indptr[rows]
        total = int(lengths.sum())
        if total == 0:
            return {}
        # Positions of every code of every row, without a Python loop.
        shift = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        counted = np.bincount(self.codes[np.arange(total) + shift], minlength=len(self.names))
        return _named(self.names, counted)

    def _counts_of_mask(self, mask: Bools) -> dict[str, int]:
        if not len(self.inv_rows):
            return {}
        running = np.concatenate(([0], np.cumsum(mask[self.inv_rows])))
        return _named(self.names, running[self.inv_indptr[1:]] - running[self.inv_indptr[:-1]])

    def values(self, row: int) -> tuple[str, ...]:
        return tuple(self.names[code] for code in self.codes[self.indptr[row] : self.indptr[row + 1]])

    def arrays(self, first: int) -> tuple[Ints, Ints]:
        start = self.indptr[first]
        return self.indptr[first:] - start, self.codes[start:].astype(np.int32)


def _joined_codes(known: Mapping[str, int], names: Sequence[str], codes: Ints) -> tuple[dict[str, int], Ints]:
    """The names of two segments together, and the codes of the second among them."""
    code_of = dict(known)
    for name in names:
        code_of.setdefault(name, len(code_of))
    mapped = np.array([code_of[name] for name in names], dtype=np.int32)[codes] if len(codes) else codes
    return code_of, mapped


def _dense(indptr: Ints, codes: Ints, names: int) -> Codes:
    """One more than the code of each row, 0 for none."""
    dense = np.zeros(len(indptr) - 1, dtype=np.min_scalar_type(names))
    dense[np.diff(indptr) > 0] = codes + 1
    return dense


def _narrow(codes: Ints, names: int) -> Codes:
    return codes.astype(np.min_scalar_type(max(names - 1, 0)))


def _named(names: Sequence[str], counts: Rows) -> dict[str, int]:
    pairs = sorted((-int(counts[code]), names[code]) for code in np.flatnonzero(counts).tolist())
    return {name: -count for count, name in pairs}
