"""Tables of the clauses: studies of lots and what they read, what is proposed and signed, own texts."""

from levier.clauses.models.exchanges import ReferentExchange
from levier.clauses.models.experience import LiveClause, RealisedLot
from levier.clauses.models.lot_texts import LotTextValues
from levier.clauses.models.offers import InsertionOffer, Route, WinnerLink
from levier.clauses.models.studies import ChoiceKind, LotChoice, OwnValue, Scenario, StudyVersion
from levier.clauses.models.texts import TemplateVariant

__all__ = [
    "ChoiceKind",
    "InsertionOffer",
    "LiveClause",
    "LotChoice",
    "LotTextValues",
    "OwnValue",
    "RealisedLot",
    "ReferentExchange",
    "Route",
    "Scenario",
    "StudyVersion",
    "TemplateVariant",
    "WinnerLink",
]
