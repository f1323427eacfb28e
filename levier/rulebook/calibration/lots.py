"""The calibration of one lot as a facilitator would do it: which method, and which answers are missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from levier.rulebook import parameters
from levier.rulebook.calibration.bounds import within_physical_bound
from levier.rulebook.calibration.judgement import THIN, Settings
from levier.rulebook.calibration.methods import by_amount
from levier.rulebook.calibration.quantities import (
    AMOUNT,
    HEADCOUNT,
    INSERTION_RATE,
    MINIMUM_HOURS,
    MONTHS,
    NEAREST_HOUR,
    POSTS,
    TAKEOVER,
    WEEKS,
    Quantity,
    Rounding,
    quantity,
)
from levier.rulebook.calibration.result import (
    NO_CLAUSE,
    TO_ANSWER,
    Calibration,
    CalibrationError,
    HoursRange,
    Verdict,
)
from levier.rulebook.calibration.takeover import pact
from levier.rulebook.calibration.trades import Trade, trade_for_cpv
from levier.rulebook.calibration.values import LotValues, lot_values, ordered_pace
from levier.rulebook.calibration.volumes import SLICE, by_headcount, by_ordered_amount
from levier.rulebook.figures import french_number

NO_HOURS: Final = HoursRange(0, 0, 0)


@dataclass(frozen=True, slots=True)
class LotNeed:
    """What is known of one lot: euros excluding tax, months, CPV code, and the answers already given.

    ``amount_ht`` is the estimate (of the orders for a framework contract), ``max_amount_ht`` the maximum of
    the framework. ``takeover_known`` with no ``takeover_hours`` means: the question was asked, nobody is to
    be taken over. ``rate`` is the insertion rate when the buyer already chose it. ``territory`` is a
    département code (« 976 »); ``programme_part`` the rule of the programme (works, gup).
    """

    cpv: str
    on: date
    amount_ht: float | None = None
    months: float | None = None
    takeover_hours: float | None = None
    takeover_known: bool = False
    is_framework: bool = False
    max_amount_ht: float | None = None
    programme: str | None = None
    programme_part: str = "works"
    rate: float | None = None
    headcount: float | None = None
    posts: float | None = None
    weeks: float | None = None
    territory: str = ""
    minimum_hours: float | None = None
    rounding: Rounding = NEAREST_HOUR


@dataclass(frozen=True, slots=True)
class LotCalibration:
    """The answer for one lot.

    ``range`` is the volume to propose: the insertion rates that are open, at the central values of labour
    share and cost; when the rate is set, the plausible bounds of these two. ``plausible_range`` varies
    everything at once: it says how far the unconfirmed values may carry. ``hours_per_100k`` is the pace of a
    framework contract (hours for 100,000 € ordered). ``calibration`` holds trace and units, and is None when
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
    trade = trade_for_cpv(need.cpv)
    _check(need)
    if trade.is_goods:
        return _no_method(need, trade)
    try:
        return _calibrated(need, trade)
    except parameters.UnknownParameter as error:
        raise CalibrationError("on", str(error)) from error


_FIELDS: Final = {
    "amount_ht": AMOUNT,
    "max_amount_ht": replace(AMOUNT, name="max_amount_ht", label="Maximum de l'accord-cadre HT"),
    "months": MONTHS,
    "takeover_hours": TAKEOVER,
    "rate": replace(INSERTION_RATE, name="rate"),
    "headcount": HEADCOUNT,
    "posts": POSTS,
    "weeks": WEEKS,
    "minimum_hours": MINIMUM_HOURS,
}


def _check(need: LotNeed) -> None:
    for name, field in _FIELDS.items():
        value = getattr(need, name)
        if value is not None and quantity(field, value).likely.ndim:
            raise CalibrationError(name, f"Le champ « {name} » demande un seul nombre pour un lot.")
    for name, amount in (("amount_ht", need.amount_ht), ("max_amount_ht", need.max_amount_ht)):
        if amount == 0:
            raise CalibrationError(name, "Le montant vaut 0 : donnez le montant estimé, hors taxes.")
    if need.amount_ht is None and not need.is_framework:
        raise CalibrationError("amount_ht", "Le montant manque : donnez le montant estimé, hors taxes.")
    if (need.posts is None) != (need.weeks is None):
        raise CalibrationError("posts", "La borne physique demande les postes et les semaines ensemble.")


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
    method, why, run = _method(need, trade)
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
    pace = None
    if method == "per-amount":
        pace = _as_range(ordered_pace(values.central() if values.is_rate_open else values))
        if need.max_amount_ht is not None and need.amount_ht is not None:
            warnings.append("Le volume suit l'estimation des commandes, pas le maximum de l'accord-cadre.")
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
        hours_per_100k=pace,
    )


Run = Callable[[LotValues], Calibration]


def _as_range(pace: Quantity) -> HoursRange:
    return HoursRange(int(pace.low), int(pace.likely), int(pace.high))


def _method(need: LotNeed, trade: Trade) -> tuple[str, str, Run]:
    """The method of the lot, the reason for it, and how to run it."""
    asked = need.takeover_known or need.takeover_hours is not None
    if trade.takeover_possible and (need.takeover_hours or not asked) and need.amount_ht:
        return "pact", _pact_reason(trade, asked), lambda values: _pact(need, trade, values)
    if need.is_framework:
        why = "Accord-cadre : des heures par 100 000 € commandés, recalculées sur les commandes réelles."
        return "per-amount", why, lambda values: _per_amount(need, values)
    if trade.method == "headcount" and need.headcount is not None:
        why = "Prestation où l'effort se compte en emplois : effectif × heures par an."
        return "headcount", why, lambda values: _headcount(need)
    why = "Méthode par le montant : heures de travail du lot × taux d'insertion."
    if trade.method == "headcount":
        why += " Le nombre d'emplois prévus, si vous l'avez, serait plus juste."
    return "amount", why, lambda values: _amount(need, values)


def _pact_reason(trade: Trade, asked: bool) -> str:
    if not asked:
        return "Branche où le personnel peut être à reprendre : avant la réponse, une fourchette."
    if trade.key == "proprete":
        return "Personnel à reprendre : méthode PACT, l'effort ne porte que sur les heures nouvelles."
    return "Personnel à reprendre : même raisonnement que le PACT Propreté, avec les valeurs de ce métier."


def _settings(need: LotNeed) -> Settings:
    return Settings(rounding=need.rounding, minimum_hours=need.minimum_hours, on=need.on)


def _amount(need: LotNeed, values: LotValues) -> Calibration:
    return by_amount(
        amount_ht=need.amount_ht,
        labour_share=values.share,
        insertion_rate=values.rate,
        hourly_cost=values.cost,
        settings=_settings(need),
    )


def _headcount(need: LotNeed) -> Calibration:
    return by_headcount(headcount=need.headcount, months=need.months or 12, settings=_settings(need))


def _pact(need: LotNeed, trade: Trade, values: LotValues) -> Calibration:
    own = trade.key == "proprete"
    settings = _settings(need)
    rate = values.rate
    if own and values.is_rate_open:
        rate = quantity(INSERTION_RATE, parameters.get("insertion_rate", "pact", need.on))
    elif not own and settings.minimum_hours is None:
        # The 150 h of the cleaning federation bind nobody else.
        settings = replace(settings, minimum_hours=parameters.get("minimum_hours", on=need.on))
    return pact(
        amount_ht=need.amount_ht,
        months=need.months,
        takeover_hours=None if need.months is None else need.takeover_hours,
        insertion_rate=rate,
        hourly_cost=None if own else values.cost,
        labour_share=None if own else values.share,
        settings=settings,
    )


def _per_amount(need: LotNeed, values: LotValues) -> Calibration:
    pace = ordered_pace(values)
    ordered = SLICE if need.amount_ht is None else need.amount_ht
    result = by_ordered_amount(amount_ht=ordered, hours_per_100k=pace, settings=_settings(need))
    inputs = (values.share.line(), values.cost.line(), values.rate.line())
    if need.amount_ht is None:
        return replace(
            result,
            hours=None,
            person_weeks=None,
            fte=None,
            range=HoursRange(result.range.low, None, result.range.high),
            # These hours are those of one slice: nothing says yet that the contract is thin.
            warnings=tuple(text for text in result.warnings if not text.startswith(THIN)),
            trace=(*inputs, *result.trace),
        )
    labour = float(need.amount_ht * values.share.likely / values.cost.likely)
    return replace(result, labour_hours=labour, trace=(*inputs, *result.trace))


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
        "Voyez un achat direct ou un marché réservé à une structure inclusive, ou regroupez avec d'autres "
        "marchés du territoire pour atteindre un volume qui porte un parcours.",
    )
