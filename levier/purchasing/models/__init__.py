"""Tables of the room: contracts, purchases and lots, consultations of trades, bidders' questions, needs, alerts."""

from levier.purchasing.models.bidder_questions import BidderQuestion, QuestionDesk, QuestionFollower
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
from levier.purchasing.models.open_lots import OpenLot
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
from levier.purchasing.models.trade_consultations import (
    Feasibility,
    PartyKind,
    TradeAnswer,
    TradeConsultation,
    TradeParty,
)

__all__ = [
    "BAND_TOPS",
    "AmountBand",
    "Answer",
    "BidderQuestion",
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
    "Feasibility",
    "Lot",
    "NeedAttachment",
    "NeedKind",
    "NeedLink",
    "NeedRecipient",
    "NeedScope",
    "NeedState",
    "NoOutcome",
    "OpenLot",
    "OpportunityAlert",
    "PartyKind",
    "PlaceKind",
    "Procedure",
    "PublishedNeed",
    "Purchase",
    "PurchaseContact",
    "PurchaseEvent",
    "PurchaseSide",
    "PurchaseState",
    "QuestionDesk",
    "QuestionFollower",
    "SocialConsideration",
    "TradeAnswer",
    "TradeConsultation",
    "TradeParty",
    "VerifiedBuyer",
]
