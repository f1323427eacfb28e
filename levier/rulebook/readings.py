"""The values a calculation reads: written down for a study, put back years later, or replaced by one's own.

``parameters.get`` asks here first. What holds inside a ``with`` block holds for that thread of work only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from levier.rulebook.parameters import Parameter

Key = tuple[str, str]

_OWN: ContextVar[tuple[dict[Key, tuple[Parameter, ...]], ...]] = ContextVar("own", default=())
_READ: ContextVar[dict[Key, Parameter] | None] = ContextVar("read", default=None)
_PINNED: ContextVar[dict[Key, Parameter] | None] = ContextVar("pinned", default=None)


@contextmanager
def using(rows: Iterable[Parameter]) -> Iterator[None]:
    """Inside the block, these rows come before the rule book's own when they cover the day asked.

    The values of a territory, of a structure, of one study: nested blocks go from the general to the particular.
    """
    by_key: dict[Key, tuple[Parameter, ...]] = {}
    for row in rows:
        by_key[row.name, row.key] = (*by_key.get((row.name, row.key), ()), row)
    token = _OWN.set((by_key, *_OWN.get()))
    try:
        yield
    finally:
        _OWN.reset(token)


@contextmanager
def recorded() -> Iterator[dict[Key, Parameter]]:
    """Inside the block, every value read is written in the mapping given: (name, key) → Parameter."""
    read: dict[Key, Parameter] = {}
    token = _READ.set(read)
    try:
        yield read
    finally:
        _READ.reset(token)


@contextmanager
def pinned(rows: Iterable[Parameter]) -> Iterator[None]:
    """Inside the block, these rows are read whatever the day: the values of a saved study, to replay it."""
    token = _PINNED.set({(row.name, row.key): row for row in rows})
    try:
        yield
    finally:
        _PINNED.reset(token)


def own_value(name: str, key: str, day: date) -> Parameter | None:
    """The pinned value, else the nearest own value that covers the day, else None."""
    fixed = _PINNED.get()
    if fixed is not None and (name, key) in fixed:
        return fixed[name, key]
    for rows in _OWN.get():
        for row in rows.get((name, key), ()):
            if row.covers(day):
                return row
    return None


def write_down(row: Parameter) -> Parameter:
    """Note that this value was read, when somebody is recording; gives it back."""
    read = _READ.get()
    if read is not None:
        read[row.name, row.key] = row
    return row
