"""Builds the index of suppliers and keeps it in step with the change log."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from levier.core.search import Position, SearchEngine, TantivyEngine
from levier.directory.search.documents import SupplierRow, supplier_document
from levier.directory.search.schema import SUPPLIER_SCHEMA


def supplier_engine(folder: Path) -> TantivyEngine:
    """The engine of suppliers under the search folder of the installation. Opens nothing yet."""
    return TantivyEngine(folder / "suppliers", SUPPLIER_SCHEMA)


def rebuild_supplier_index(
    engine: SearchEngine, rows: Iterable[SupplierRow], *, position: Position | None = None
) -> int:
    """Build anew from every row and swap; returns the number of suppliers.

    `position` must be read from the change log before the rows are.
    """
    return engine.rebuild((supplier_document(row) for row in rows), position=position)


def apply_supplier_changes(
    engine: SearchEngine,
    rows: Iterable[SupplierRow],
    *,
    deleted: Iterable[int] = (),
    position: Position | None = None,
) -> int:
    """Put the present state of changed suppliers, remove the deleted ones; replay is harmless."""
    return engine.apply(upserts=map(supplier_document, rows), deletes=deleted, position=position)
