"""What the penalties of a contract would come to, with the way there; the buyer alone decides."""

from levier.rulebook.penalties.excusing import hours_without_candidate
from levier.rulebook.penalties.proposing import (
    LABELS,
    REMINDER,
    Decided,
    Default,
    Late,
    PenaltyLine,
    Proposal,
    in_words,
    propose,
)
from levier.rulebook.penalties.terms import (
    KINDS,
    ContractRead,
    PenaltyError,
    PenaltyKind,
    PenaltyRule,
    PenaltyTerms,
    contracts_read,
)

__all__ = [
    "KINDS",
    "LABELS",
    "REMINDER",
    "ContractRead",
    "Decided",
    "Default",
    "Late",
    "PenaltyError",
    "PenaltyKind",
    "PenaltyLine",
    "PenaltyRule",
    "PenaltyTerms",
    "Proposal",
    "contracts_read",
    "hours_without_candidate",
    "in_words",
    "propose",
]
