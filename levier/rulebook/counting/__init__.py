"""What hours count for a contract, under which rule, and which ones wait for a person."""

from levier.rulebook.counting.month import (
    RULES,
    AiDerogation,
    CountedMonth,
    CountedShare,
    PersonMonth,
    Questioned,
    Share,
    count_month,
    counts_on,
)
from levier.rulebook.counting.rules import (
    Coefficient,
    CountingError,
    CountingRules,
    counting_keys,
    counting_labels,
    counting_rules,
)

__all__ = [
    "RULES",
    "AiDerogation",
    "Coefficient",
    "CountedMonth",
    "CountedShare",
    "CountingError",
    "CountingRules",
    "PersonMonth",
    "Questioned",
    "Share",
    "count_month",
    "counting_keys",
    "counting_labels",
    "counting_rules",
    "counts_on",
]
