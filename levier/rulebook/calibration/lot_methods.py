"""Which method calibrates a lot, chosen by a person or by its trade, and how to run it on the lot's values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from levier.rulebook import parameters
from levier.rulebook.calibration.judgement import THIN, Settings
from levier.rulebook.calibration.lot_need import FIELDS, LotNeed
from levier.rulebook.calibration.methods import by_amount, by_percentage
from levier.rulebook.calibration.quantities import INSERTION_RATE, quantity
from levier.rulebook.calibration.result import Calibration, CalibrationError, HoursRange, TraceLine
from levier.rulebook.calibration.takeover import pact
from levier.rulebook.calibration.trades import Trade
from levier.rulebook.calibration.values import LotValues, ordered_pace
from levier.rulebook.calibration.volumes import SLICE, by_headcount, by_ordered_amount
from levier.rulebook.figures import lower_first

Run = Callable[[LotValues], Calibration]


def method_of(need: LotNeed, trade: Trade) -> tuple[str, str, Run]:
    """The method of the lot, the reason for it, and how to run it."""
    if need.method:
        return _chosen(need, trade)
    if need.tranche_amount is not None or need.trigger_amount is not None:
        why = "Tranche ou seuil donnés : les heures suivent le montant facturé."
        return "per-amount", why, lambda values: _per_amount(need, values)
    asked = need.takeover_known or need.takeover_hours is not None
    if trade.takeover_possible and (need.takeover_hours or not asked) and need.amount_ht:
        return "pact", _pact_reason(trade, asked), lambda values: _pact(need, trade, values)
    if need.is_framework:
        why = "Accord-cadre : des heures par 100 000 € commandés, recalculées sur les commandes réelles."
        return "per-amount", why, lambda values: _per_amount(need, values)
    if trade.method == "headcount" and need.headcount is not None:
        why = "Prestation où l’effort se compte en emplois ouverts à l’insertion : emplois × heures par an."
        return "headcount", why, lambda values: _headcount(need)
    why = "Méthode par le montant : heures de travail du lot × taux d’insertion."
    if trade.method == "headcount":
        why += " Si vous raisonnez en emplois à ouvrir à l’insertion (un alternant, par exemple), leur nombre serait plus juste."
    return "amount", why, lambda values: _amount(need, values)


# The methods a person may choose for a clause. Placements (M4) and « jobs paid for » (M5) are not among them.
CHOICES: Final = {
    "amount": "M1, par le montant",
    "percentage": "M2, part des heures travaillées",
    "pact": "M3, personnel à reprendre (PACT)",
    "headcount": "M6, par emplois ouverts à l’insertion",
    "per-amount": "M7, par montant commandé",
}
_ASKS: Final = {
    "amount": ("amount_ht",),
    "percentage": ("total_hours",),
    "pact": ("amount_ht", "months"),
    "headcount": ("headcount",),
    "per-amount": (),
}


def _chosen(need: LotNeed, trade: Trade) -> tuple[str, str, Run]:
    """The method somebody chose. Raises CalibrationError when it is not one for a clause, or lacks its input."""
    if need.method not in CHOICES:
        known = ", ".join(CHOICES)
        raise CalibrationError(
            "method",
            f"La méthode « {need.method} » ne dimensionne pas une clause ; choisissez parmi {known}.",
        )
    for name in _ASKS[need.method]:
        if getattr(need, name) is None:
            field = FIELDS[name]
            raise CalibrationError(
                name, f"La méthode {CHOICES[need.method]} demande « {lower_first(field.label)} »."
            )
    if need.method != "per-amount" and (need.tranche_amount or need.trigger_amount):
        raise CalibrationError(
            "tranche_amount",
            f"Une tranche ou un seuil ne comptent que dans la méthode {CHOICES['per-amount']} : choisissez-la, "
            "ou laissez-les vides.",
        )
    runs: dict[str, Run] = {
        "amount": lambda values: _amount(need, values),
        "percentage": lambda values: _percentage(need, values),
        "pact": lambda values: _pact(need, trade, values),
        "headcount": lambda values: _headcount(need),
        "per-amount": lambda values: _per_amount(need, values),
    }
    return need.method, f"Méthode choisie : {CHOICES[need.method]}.", runs[need.method]


def _percentage(need: LotNeed, values: LotValues) -> Calibration:
    return by_percentage(total_hours=need.total_hours, insertion_rate=values.rate, settings=_settings(need))


def _pact_reason(trade: Trade, asked: bool) -> str:
    if not asked:
        return "Branche où le personnel peut être à reprendre : avant la réponse, une fourchette."
    if trade.key == "proprete":
        return "Personnel à reprendre : méthode PACT, l’effort ne porte que sur les heures nouvelles."
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
    is_known = need.amount_ht is not None
    has_slice = need.tranche_amount is not None
    result = by_ordered_amount(
        amount_ht=need.amount_ht if is_known else SLICE,
        tranche_amount=need.tranche_amount,
        hours_per_100k=None if has_slice else ordered_pace(values),
        # Without an estimate the hours shown are those of one slice: a trigger would hide them.
        trigger_amount=(need.trigger_amount or 0) if is_known else 0,
        retroactive=need.retroactive,
        settings=_settings(need),
    )
    inputs: tuple[TraceLine, ...] = (values.share.line(), values.cost.line(), values.rate.line())
    if has_slice:
        # What the trade would bear stands beside the slice somebody chose.
        inputs = (*inputs, ordered_pace(values).line())
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
