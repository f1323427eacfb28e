"""Tables of the directory: sources and suppliers, and what people keep of a search."""

from levier.directory.models.selections import ListEntry, SavedSearch, SupplierList
from levier.directory.models.suppliers import (
    Source,
    SourceRecord,
    SourceRun,
    Supplier,
    SupplierHistory,
)

__all__ = [
    "ListEntry",
    "SavedSearch",
    "Source",
    "SourceRecord",
    "SourceRun",
    "Supplier",
    "SupplierHistory",
    "SupplierList",
]
