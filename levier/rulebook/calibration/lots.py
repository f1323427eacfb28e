"""The calibration of one lot as a facilitator would do it: which method, and which answers are missing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from levier.rulebook import parameters
from levier.rulebook.calibration.bounds import within_physical_bound
from levier.rulebook.calibration.lot_methods import method_of
from levier.rulebook.calibration.lot_need import LotNeed, check
from levier.rulebook.calibration.quantities import Quantity
from levier.rulebook.calibration.result import (
    NO_CLAUSE,
    TO_ANSWER,
    Calibration,
    CalibrationError,
    HoursRange,
    Verdict,
)
from levier.rulebook.calibration.trades import Trade, trade_for_cpv
from levier.rulebook.calibration.trades import trade as trade_of
from levier.rulebook.calibration.values import lot_values, ordered_pace
from levier.rulebook.calibration.volumes import OPEN, SLICE
from levier.rulebook.figures import french_number

NO_HOURS: Final = HoursRange(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Slice:
    """One hour for so many euros invoiced, from a trigger on; ``retroactive`` None: nobody said."""

    amount_ht: float
    trigger_ht: float
    retroactive: bool | None


@dataclass(frozen=True, slots=True)
class LotCalibration:
    """The answer for one lot.

    ``range`` is the volume to propose: the insertion rates that are open, at the central values of labour
    share and cost; when the rate is set, the plausible bounds of these two. ``plausible_range`` varies
    everything at once: it says how far the unconfirmed values may carry. ``hours_per_100k`` is the pace of a
    framework contract (hours for 100,000 € ordered). ``slice``: what somebody
    chose instead. ``calibration`` holds trace and units, and is None when
    no method applies. ``questions`` are the answers that decide; ``instead`` says what to do with no clause.
    """

    need: LotNeed
    trade: Trade
    method: str
    calibration: Calibration | None
    range: HoursRange
    plausible_range: HoursRange
    verdict: Verdict
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    questions: tuple[str, ...]
    instead: tuple[str, ...]
    hours_per_100k: HoursRange | None = None
    # The slice somebody chose instead of the pace of the trade.
    slice: Slice | None = None

    @property
    def hours(self) -> int | None:
        """The likely hours, None while the answer that decides is missing."""
        return None if self.range.likely is None else int(self.range.likely)

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain values for JSON: the calibration, with the range to propose."""
        base = self.calibration.as_dict() if self.calibration else {"hours": 0, "trace": []}
        return base | {
            "method": self.method,
            "trade": self.trade.key,
            "trade_label": self.trade.label,
            "range": self.range.as_dict(),
            "plausible_range": self.plausible_range.as_dict(),
            "hours_per_100k": self.hours_per_100k.as_dict() if self.hours_per_100k else None,
            "slice": asdict(self.slice) if self.slice else None,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "warnings": list(self.warnings),
            "questions": list(self.questions),
            "instead": list(self.instead),
        }


def lot_calibration(**facts: Any) -> LotCalibration:
    """Chooses the method for a lot and calibrates it; the keywords are the fields of LotNeed.

    Raises CalibrationError, with a French sentence naming the field, for an impossible input, an unknown
    CPV division or programme, or a day for which the rule book has no value.
    """
    need = LotNeed(**facts)
    trade = trade_of(need.trade) if need.trade else trade_for_cpv(need.cpv)
    check(need)
    if trade.is_goods:
        return _no_method(need, trade)
    try:
        return _calibrated(need, trade)
    except parameters.UnknownParameter as error:
        raise CalibrationError("on", str(error)) from error


def _no_method(need: LotNeed, trade: Trade) -> LotCalibration:
    return LotCalibration(
        need=need,
        trade=trade,
        method="none",
        calibration=None,
        range=NO_HOURS,
        plausible_range=NO_HOURS,
        verdict="no_clause",
        reasons=(f"{trade.label} : pas de clause en heures. {trade.note}",),
        warnings=(),
        questions=(),
        instead=(
            "Voyez un achat direct ou un lot réservé chez un fournisseur inclusif qui fabrique ou livre ces "
            "biens, ou une clause sur la livraison et la pose si elles pèsent.",
        ),
    )


def _calibrated(need: LotNeed, trade: Trade) -> LotCalibration:
    values = lot_values(
        trade,
        on=need.on,
        territory=need.territory,
        rate=need.rate,
        programme=need.programme,
        programme_part=need.programme_part,
    )
    method, why, run = method_of(need, trade)
    wide, narrow = run(values), run(values.central())
    if need.posts is not None:
        wide = within_physical_bound(wide, posts=need.posts, weeks=need.weeks, on=need.on)
        narrow = within_physical_bound(narrow, posts=need.posts, weeks=need.weeks, on=need.on)
    # What is said in words quotes the range shown, unless the two ranges do not lead to the same verdict.
    judged = narrow if values.is_rate_open and narrow.verdict == wide.verdict else wide
    proposed = narrow.range if values.is_rate_open else wide.range
    verdict, reasons, questions = _verdict(need, trade, judged)
    warnings = [*wide.warnings, *values.notes]
    if trade.no_reference:
        warnings.append(f"{trade.label} : aucune référence publiée, intervalle large. {trade.note}")
    pace, chosen = None, _slice(need) if method == "per-amount" else None
    if method == "per-amount":
        pace = _as_range(ordered_pace(values.central() if values.is_rate_open else values))
        warnings += _beside_the_pace(need, pace)
        if need.max_amount_ht is not None and need.amount_ht is not None:
            warnings.append("Le volume suit l’estimation des commandes, pas le maximum de l’accord-cadre.")
    return LotCalibration(
        need=need,
        trade=trade,
        method=method,
        calibration=wide,
        range=proposed,
        plausible_range=wide.range,
        verdict=verdict,
        reasons=(why, *reasons),
        warnings=tuple(warnings),
        questions=questions,
        instead=_instead(need, trade, wide) if verdict == NO_CLAUSE else (),
        hours_per_100k=None if chosen else pace,
        slice=chosen,
    )


def _slice(need: LotNeed) -> Slice | None:
    if need.tranche_amount is None:
        return None
    return Slice(need.tranche_amount, need.trigger_amount or 0, need.retroactive)


def _beside_the_pace(need: LotNeed, pace: HoursRange) -> list[str]:
    """What a chosen slice comes to, when it is out of what the trade bears."""
    if need.tranche_amount is None:
        return []
    chosen = SLICE / need.tranche_amount
    if int(pace.low) <= chosen <= int(pace.high):
        return []
    compared = "plus" if chosen > int(pace.high) else "moins"
    return [
        f"Une heure par {french_number(need.tranche_amount)} € fait {french_number(chosen, 1)} h par 100 000 €, "
        f"{compared} que ce que la table donne pour ce métier ({int(pace.low)} à {int(pace.high)} h) : dites pourquoi."
    ]


def _as_range(pace: Quantity) -> HoursRange:
    return HoursRange(int(pace.low), int(pace.likely), int(pace.high))


def _verdict(
    need: LotNeed, trade: Trade, result: Calibration
) -> tuple[Verdict, tuple[str, ...], tuple[str, ...]]:
    """The verdict on the lot, its reasons and the questions that decide."""
    found: Verdict = "clause" if result.verdict == "clause" else NO_CLAUSE
    if result.verdict == TO_ANSWER:
        found = TO_ANSWER
    reasons, questions = result.reasons, (result.reasons[-1:] if found == TO_ANSWER else ())
    if need.is_framework and need.amount_ht is None and result.method == "per-amount":
        asked = "Quel montant de commandes estimez-vous ? Le maximum ne sert pas à calibrer."
        return TO_ANSWER, (asked,), (asked,)
    if result.method == "per-amount" and result.hours is None and found != NO_CLAUSE:
        return TO_ANSWER, (*reasons, OPEN), (OPEN,)
    if found == TO_ANSWER and need.takeover_hours and need.months is None:
        asked = "Quelle est la durée du marché, en mois ? Elle décide, avec les heures à reprendre."
        return TO_ANSWER, (asked,), (asked,)
    shortest = parameters.get("minimum_months", on=need.on)
    if found == "clause" and need.months is not None and need.months < shortest.value:
        short = f"Le marché dure moins de {french_number(shortest.value)} mois : trop court pour recruter."
        return NO_CLAUSE, (*reasons, short), ()
    straddles = int(result.range.low) < result.minimum_hours <= int(result.range.high)
    if trade.no_reference and result.hours is not None and straddles:
        asked = (
            "Quelle part du montant paie du travail, et à quel coût horaire ? Aucune source ne le dit ici."
        )
        return TO_ANSWER, (*reasons, asked), (asked,)
    return found, reasons, questions


def _instead(need: LotNeed, trade: Trade, result: Calibration) -> tuple[str, ...]:
    """What to do when there is no clause."""
    if result.method == "pact" and need.takeover_hours:
        return (
            "Voyez si une part séparable (vitrerie, remise en état) peut être réservée à une EA ou un ESAT ; "
            "attention : après transfert du personnel, le ratio de 50 % peut ne plus être tenu.",
        )
    return (
        "Voyez un achat direct ou un marché réservé à une structure inclusive, ou regroupez avec d’autres "
        "marchés du territoire pour atteindre un volume qui porte un parcours.",
    )
