"""Tables of the purchasing room: published contracts, needs sent to suppliers, alerts on opportunities."""

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
    "Contract",
    "ContractHolder",
    "ContractRun",
    "DeclineReason",
    "NeedAttachment",
    "NeedKind",
    "NeedLink",
    "NeedRecipient",
    "NeedScope",
    "NeedState",
    "NoOutcome",
    "OpportunityAlert",
    "PlaceKind",
    "PublishedNeed",
    "SocialConsideration",
    "VerifiedBuyer",
]
