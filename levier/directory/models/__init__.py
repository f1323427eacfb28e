"""Tables of the directory: sources and suppliers, their owners, duplicates, and what people keep of a search."""

from levier.directory.models.duplicates import DuplicatePair
from levier.directory.models.lists import ListImport, SavedMapping
from levier.directory.models.ownership import (
    Capacity,
    Claim,
    ConfirmationLink,
    ReviewingNetwork,
    SheetContact,
)
from levier.directory.models.selections import ListEntry, SavedSearch, SupplierList
from levier.directory.models.suppliers import (
    Source,
    SourceRecord,
    SourceRun,
    Supplier,
    SupplierHistory,
)

__all__ = [
    "Capacity",
    "Claim",
    "ConfirmationLink",
    "DuplicatePair",
    "ListEntry",
    "ListImport",
    "ReviewingNetwork",
    "SavedMapping",
    "SavedSearch",
    "SheetContact",
    "Source",
    "SourceRecord",
    "SourceRun",
    "Supplier",
    "SupplierHistory",
    "SupplierList",
]
