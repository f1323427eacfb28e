"""Tables of the purchasing room: published contracts, purchases and lots, needs sent to suppliers, alerts."""

from levier.purchasing.models.contracts import (
    Contract,
    ContractHolder,
    ContractRun,
    PlaceKind,
    SocialConsideration,
)
from levier.purchasing.models.needs import (
    BAND_TOPS,
    AmountBand,
    BuyerDecision,
    NeedAttachment,
    NeedKind,
    NeedScope,
    NeedState,
    NoOutcome,
    PublishedNeed,
    VerifiedBuyer,
)
from levier.purchasing.models.purchase_people import (
    ContactRank,
    ContactSide,
    PurchaseContact,
    PurchaseEvent,
)
from levier.purchasing.models.purchases import (
    BuyerKind,
    Ccag,
    ContractKind,
    Lot,
    Procedure,
    Purchase,
    PurchaseSide,
    PurchaseState,
)
from levier.purchasing.models.recipients import (
    Answer,
    DeclineReason,
    NeedLink,
    NeedRecipient,
    OpportunityAlert,
)

__all__ = [
    "BAND_TOPS",
    "AmountBand",
    "Answer",
    "BuyerDecision",
    "BuyerKind",
    "Ccag",
    "ContactRank",
    "ContactSide",
    "Contract",
    "ContractHolder",
    "ContractKind",
    "ContractRun",
    "DeclineReason",
    "Lot",
    "NeedAttachment",
    "NeedKind",
    "NeedLink",
    "NeedRecipient",
    "NeedScope",
    "NeedState",
    "NoOutcome",
    "OpportunityAlert",
    "PlaceKind",
    "Procedure",
    "PublishedNeed",
    "Purchase",
    "PurchaseContact",
    "PurchaseEvent",
    "PurchaseSide",
    "PurchaseState",
    "SocialConsideration",
    "VerifiedBuyer",
]
