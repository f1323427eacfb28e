"""The legal levers as decision tables: from the facts of a need to ranked, reasoned advice."""

from levier.rulebook.levers.facts import Facts, FactsError, HoursRange
from levier.rulebook.levers.ranking import LEVERS, lever, levers_for
from levier.rulebook.levers.table import (
    DOCUMENTS,
    QUESTIONS,
    Document,
    Lever,
    LeverAdvice,
    Obligation,
    Outcome,
    Question,
)

__all__ = [
    "DOCUMENTS",
    "LEVERS",
    "QUESTIONS",
    "Document",
    "Facts",
    "FactsError",
    "HoursRange",
    "Lever",
    "LeverAdvice",
    "Obligation",
    "Outcome",
    "Question",
    "lever",
    "levers_for",
]
