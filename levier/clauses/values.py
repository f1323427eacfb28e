"""Owns what a buyer may put into a clause text: the choices for one lot, checked as they come in."""

from dataclasses import dataclass, fields
from datetime import date

from levier.clauses.gaps import GAPS
from levier.clauses.general_conditions import NONE, general_conditions
from levier.clauses.result import ClauseError
from levier.rulebook.penalties import KINDS, PenaltyKind

MAX_TEXT = 5_000
__all__ = ["MAX_TEXT", "PENALTY_KINDS", "ClauseError", "ClauseValues"]

PENALTY_KINDS: tuple[PenaltyKind, ...] = KINDS


@dataclass(frozen=True, slots=True)
class ClauseValues:
    """The buyer's choices for one lot. Hours in hours, amounts in euros excluding tax, shares from 0 to 1.

    `hours` is the figure the buyer picked inside the calibrated range: it is never filled from the range.
    `ccag`: the key of `general_conditions`, « aucun » for none, empty while nobody has said.
    `lot_title`: what the lot alone buys; empty, the object of the contract is said in its place.
    `is_unsplit`: the contract is not split into lots, `lot` is then not used. `penalty_action`: for an action without hours.
    `penalty_kinds` are the penalties the buyer keeps; the others are left out of the text.
    Raises ClauseError (French sentence naming the value) for an impossible figure or a text over 5,000 signs.
    """

    buyer: str = ""
    object: str = ""
    lot: str = ""
    lot_title: str = ""
    is_unsplit: bool = False
    operation: str = ""
    territory: str = ""
    contact: str = ""
    facilitator: str = ""
    tasks: str = ""
    start: date | None = None
    end: date | None = None
    answer_deadline: date | None = None
    hours: float | None = None
    takeover_hours: float | None = None
    headcount: float | None = None
    annual_hours: float | None = None
    tranche_hours: float | None = None
    tranche_amount_ht: float | None = None
    trigger_amount_ht: float | None = None
    is_trigger_retroactive: bool | None = None
    eligibility_months: int | None = None
    programme_rate: float | None = None
    penalty_kinds: tuple[PenaltyKind, ...] = PENALTY_KINDS
    penalty_hour: float | None = None
    penalty_proof: float | None = None
    penalty_final_report: float | None = None
    penalty_meeting: float | None = None
    penalty_action: float | None = None
    penalty_notice_days: int | None = None
    penalty_cap_rate: float | None = None
    penalty_cap_base: str = ""
    penalty_optional: str = ""
    criterion_weight: float | None = None
    criterion_tasks: float | None = None
    criterion_support: float | None = None
    criterion_training: float | None = None
    criterion_outcome: float | None = None
    criterion_price: float | None = None
    social_condition: str = ""
    separable_part: str = ""
    insurance: str = ""
    suppliers: tuple[str, ...] = ()
    same_purchases: str = ""
    choice_reason: str = ""
    reason_of_lever: str = ""
    reason_of_lot: str = ""
    last_purchase: str = ""
    derogation: str = ""
    concession_reserved_to: str = ""
    ccag: str = ""
    ccag_insertion_article: str = ""
    ccag_penalty_article: str = ""
    ccag_termination_article: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            label = GAPS.get(field.name.removesuffix("_ht"), field.name)
            if isinstance(value, str) and len(value) > MAX_TEXT:
                raise ClauseError(f"Texte trop long ({label}) : {MAX_TEXT} signes au plus.")
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                is_share = field.name.startswith("criterion_") or field.name.endswith("_rate")
                _refuse_impossible(value, label, is_share=is_share)
        if self.start and self.end and self.end < self.start:
            raise ClauseError("La date de fin précède la date de début : revoyez la période d’exécution.")
        if self.ccag and self.ccag != NONE and self.ccag not in general_conditions():
            raise ClauseError(
                f"Le CCAG « {self.ccag} » n’existe pas. Choisissez parmi : {', '.join([*general_conditions(), NONE])}."
            )
        if unknown := [kind for kind in self.penalty_kinds if kind not in PENALTY_KINDS]:
            raise ClauseError(
                f"La pénalité « {unknown[0]} » n’existe pas. Choisissez parmi : {', '.join(PENALTY_KINDS)}."
            )


def _refuse_impossible(value: float, label: str, *, is_share: bool) -> None:
    if not 0 <= value < 1e13:
        raise ClauseError(f"Revoyez cette valeur ({label}) : il faut un nombre positif.")
    if is_share and value > 1:
        raise ClauseError(f"Revoyez cette valeur ({label}) : une part va de 0 à 1 (0,15 pour 15 %).")
