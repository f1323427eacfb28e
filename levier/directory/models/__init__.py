"""Tables of the directory: sources and suppliers, and what people keep of a search."""

from levier.directory.models.duplicates import DuplicatePair
from levier.directory.models.lists import ListImport, SavedMapping
from levier.directory.models.selections import ListEntry, SavedSearch, SupplierList
from levier.directory.models.suppliers import (
    Source,
    SourceRecord,
    SourceRun,
    Supplier,
    SupplierHistory,
)

__all__ = [
    "DuplicatePair",
    "ListEntry",
    "ListImport",
    "SavedMapping",
    "SavedSearch",
    "Source",
    "SourceRecord",
    "SourceRun",
    "Supplier",
    "SupplierHistory",
    "SupplierList",
]
