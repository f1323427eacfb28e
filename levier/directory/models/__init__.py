"""Tables of the directory: sources and suppliers; who manages a sheet, and what it says of its teams."""

from levier.directory.models.ownership import (
    Capacity,
    Claim,
    ConfirmationLink,
    ReviewingNetwork,
    SheetContact,
)
from levier.directory.models.suppliers import Source, SourceRecord, SourceRun, Supplier, SupplierHistory

__all__ = [
    "Capacity",
    "Claim",
    "ConfirmationLink",
    "ReviewingNetwork",
    "SheetContact",
    "Source",
    "SourceRecord",
    "SourceRun",
    "Supplier",
    "SupplierHistory",
]
