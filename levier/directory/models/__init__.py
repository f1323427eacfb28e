"""Tables of the directory: sources and suppliers, their owners and networks, duplicates, and what people keep of a search."""

from levier.directory.models.duplicates import DuplicatePair
from levier.directory.models.evidence import ActivityEvidence
from levier.directory.models.lists import ListImport, SavedMapping
from levier.directory.models.networks import (
    AwaitedMember,
    NetworkMember,
    ReviewingNetwork,
    SheetCorrection,
    Vouch,
)
from levier.directory.models.ownership import (
    Capacity,
    Claim,
    ConfirmationLink,
    SheetContact,
    SheetRestriction,
)
from levier.directory.models.selections import ListEntry, SavedSearch, SupplierList
from levier.directory.models.solicitations import SolicitationRefusal
from levier.directory.models.suppliers import (
    Source,
    SourceRecord,
    SourceRun,
    Supplier,
    SupplierHistory,
)

__all__ = [
    "ActivityEvidence",
    "AwaitedMember",
    "Capacity",
    "Claim",
    "ConfirmationLink",
    "DuplicatePair",
    "ListEntry",
    "ListImport",
    "NetworkMember",
    "ReviewingNetwork",
    "SavedMapping",
    "SavedSearch",
    "SheetContact",
    "SheetCorrection",
    "SheetRestriction",
    "SolicitationRefusal",
    "Source",
    "SourceRecord",
    "SourceRun",
    "Supplier",
    "SupplierHistory",
    "SupplierList",
    "Vouch",
]
