"""The method for contracts with staff to be taken over (M3, « PACT Propreté » of the cleaning branch)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from levier.rulebook import parameters
from levier.rulebook.calibration.judgement import Raw, Rule, Settings, computed, finish
from levier.rulebook.calibration.methods import DEFAULTS, amount_hours, labour_hours
from levier.rulebook.calibration.quantities import (
    AMOUNT,
    HOURLY_COST,
    INSERTION_RATE,
    LABOUR_SHARE,
    MONTHS,
    TAKEOVER,
    Quantity,
    Value,
    check_one_kind,
    common_shape,
    quantity,
    spread,
)
from levier.rulebook.calibration.result import NO_CLAUSE, Calibration, Floats
from levier.rulebook.figures import french_figures, french_number

# Hours of work a month under which a contract pays no work: the weight would divide by nothing.
NO_WORK: Final = 1e-9


def pact(
    *,
    amount_ht: Value,
    months: Value | None,
    takeover_hours: Value | None,
    insertion_rate: Value,
    hourly_cost: Value | None = None,
    labour_share: Value | None = None,
    settings: Settings = DEFAULTS,
) -> Calibration:
    """M3, « PACT Propreté »: the effort bears only on the work that the staff taken over does not do.

    C = hourly cost / labour share (25 by default); P = 1 - takeover × C / (amount / months);
    hours = P × amount / C × rate. Under 150 h, or when P ≤ 0, no clause.
    In: euros excluding tax over the whole period, months, hours a month to be taken over, a rate. When
    ``takeover_hours`` is None the result is a range, from 0 to the hours for P = 1, and a question;
    ``months`` may then be None too.
    Raises CalibrationError for an impossible input. Source: Inserpropre (employers' federation).
    """
    on = settings.on
    amount = quantity(AMOUNT, amount_ht)
    rate = quantity(INSERTION_RATE, insertion_rate)
    own_cost, own_share = (
        parameters.get("pact_hourly_cost", on=on),
        parameters.get("pact_labour_share", on=on),
    )
    cost = quantity(HOURLY_COST, own_cost if hourly_cost is None else hourly_cost)
    share = quantity(LABOUR_SHARE, own_share if labour_share is None else labour_share)
    check_one_kind(share, cost)
    if takeover_hours is None:
        length = () if months is None else (quantity(MONTHS, months),)
        return _pact_unanswered(amount, length, rate, cost, share, settings)
    inputs = _Inputs(amount, quantity(MONTHS, months), quantity(TAKEOVER, takeover_hours), cost, share, rate)
    warnings = _stale_cost_warning(inputs, on) if hourly_cost is None else ()
    return _pact_answered(inputs, settings, warnings)


@dataclass(frozen=True, slots=True)
class _Inputs:
    amount: Quantity
    months: Quantity
    takeover: Quantity
    cost: Quantity
    share: Quantity
    rate: Quantity


def _pact_answered(given: _Inputs, settings: Settings, warnings: tuple[str, ...]) -> Calibration:
    low, likely, high = spread(
        _pact_hours, (given.amount, given.share, given.rate), (given.cost, given.takeover, given.months)
    )
    labour = labour_hours(given.amount.likely, given.share.likely, given.cost.likely)
    weight = _pact_weight(
        given.amount.likely,
        given.share.likely,
        given.cost.likely,
        given.takeover.likely,
        given.months.likely,
    )
    rules = [
        Rule(
            np.asarray(weight <= 0),
            NO_CLAUSE,
            "Le personnel à reprendre suffit déjà au travail du marché (règle 2 du PACT : P = {shown}).",
            weight,
        )
    ]
    raw = Raw(
        method="pact",
        low=low,
        likely=likely,
        high=high,
        labour_hours=labour,
        inputs=(given.amount, given.months, given.takeover, given.cost, given.share, given.rate),
        lines=(
            computed(
                "Heures de travail du lot", labour, "h", "montant × part de main-d’œuvre / coût horaire"
            ),
            computed(
                "P",
                weight,
                "",
                "1 − heures à reprendre × C / (montant / mois), avec C = coût horaire / part de main-d’œuvre",
            ),
            computed("Heures d’insertion", likely, "h", "P × montant / C × taux d’insertion"),
        ),
        warnings=warnings,
    )
    return finish(raw, settings, rules, "pact_minimum_hours")


def _pact_unanswered(
    amount: Quantity,
    length: tuple[Quantity, ...],
    rate: Quantity,
    cost: Quantity,
    share: Quantity,
    settings: Settings,
) -> Calibration:
    common_shape(amount, *length, rate, cost, share)
    _, _, high = spread(amount_hours, (amount, share, rate), (cost,))
    labour = labour_hours(amount.likely, share.likely, cost.likely)
    raw = Raw(
        method="pact",
        low=np.zeros_like(high),
        likely=None,
        high=high,
        labour_hours=labour,
        inputs=(amount, *length, cost, share, rate),
        lines=(
            computed("Heures d’insertion sans reprise (P = 1)", high, "h", "montant / C × taux d’insertion"),
        ),
        question=(
            "Y a-t-il du personnel à reprendre, et combien d’heures par mois ? La réponse décide : "
            f"de 0 à {french_figures(np.max(high))} h."
        ),
    )
    return finish(raw, settings, (), "pact_minimum_hours")


def _pact_weight(amount: Floats, share: Floats, cost: Floats, takeover: Floats, months: Floats) -> Floats:
    """P, the part of the work that is new; zero when the contract pays no work at all."""
    work = np.asarray(amount * share / cost / months)
    has_work = work > NO_WORK
    return np.asarray(np.where(has_work, 1 - takeover / np.where(has_work, work, 1.0), 0.0))


def _pact_hours(
    amount: Floats, share: Floats, rate: Floats, cost: Floats, takeover: Floats, months: Floats
) -> Floats:
    weight = _pact_weight(amount, share, cost, takeover, months)
    return np.asarray(np.maximum(weight, 0.0) * amount * share / cost * rate)


def _stale_cost_warning(given: _Inputs, on: date | None) -> tuple[str, ...]:
    """Says what the old cost of the branch hides, with the figure at today's usual cost."""
    try:
        usual = parameters.get("hourly_cost", "proprete", on)
    except parameters.UnknownParameter:
        return ()
    today = _pact_hours(
        given.amount.likely,
        given.share.likely,
        given.rate.likely,
        np.asarray(usual.value),
        given.takeover.likely,
        given.months.likely,
    )
    return (
        "Le coût horaire du PACT est une constante ancienne de la fédération d’employeurs ; au coût courant "
        f"de {french_number(usual.value, 2)} €/h, le même calcul donnerait {french_figures(today)} h.",
    )
