"""The three methods that start from the work of the lot: amount (M1), percentage (M2) and PACT (M3)."""

from __future__ import annotations

from datetime import date

import numpy as np

from levier.rulebook import parameters
from levier.rulebook.calibration.judgement import Raw, Rule, Settings, computed, finish
from levier.rulebook.calibration.quantities import (
    AMOUNT,
    HOURLY_COST,
    INSERTION_RATE,
    LABOUR_SHARE,
    MONTHS,
    TAKEOVER,
    TOTAL_HOURS,
    Quantity,
    Value,
    check_one_kind,
    common_shape,
    quantity,
    spread,
)
from levier.rulebook.calibration.result import NO_CLAUSE, Calibration, Floats
from levier.rulebook.figures import french_figures, french_number
from levier.rulebook.parameters import DivisorKind

DEFAULTS = Settings()


def by_amount(
    *,
    amount_ht: Value,
    labour_share: Value,
    insertion_rate: Value,
    hourly_cost: Value,
    labour_share_kind: DivisorKind | None = None,
    hourly_cost_kind: DivisorKind | None = None,
    settings: Settings = DEFAULTS,
) -> Calibration:
    """M1: hours = amount × labour share × rate / hourly cost.

    In: euros excluding tax, two rates between 0 and 1, euros per hour; numbers, arrays or Parameters. The
    two ``_kind`` say, for plain numbers, whether they are measured on cost or on selling price.
    Raises CalibrationError for an impossible input, MixedDivisor when the two kinds differ.
    Source: MEF Sud 77 and MDE Alès-Cévennes, who apply the factors in two orders for the same result.
    """
    amount, share = quantity(AMOUNT, amount_ht), quantity(LABOUR_SHARE, labour_share, labour_share_kind)
    rate, cost = (
        quantity(INSERTION_RATE, insertion_rate),
        quantity(HOURLY_COST, hourly_cost, hourly_cost_kind),
    )
    check_one_kind(share, cost)
    low, likely, high = spread(_amount_hours, (amount, share, rate), (cost,))
    labour = _labour_hours(amount.likely, share.likely, cost.likely)
    raw = Raw(
        method="amount",
        low=low,
        likely=likely,
        high=high,
        labour_hours=labour,
        inputs=(amount, share, cost, rate),
        lines=(
            computed(
                "Part de main-d'œuvre en euros",
                amount.likely * share.likely,
                "€",
                "montant × part de main-d'œuvre",
            ),
            computed(
                "Heures de travail du lot", labour, "h", "montant × part de main-d'œuvre / coût horaire"
            ),
            computed("Heures d'insertion", likely, "h", "heures de travail du lot × taux d'insertion"),
        ),
    )
    return finish(raw, settings)


def _labour_hours(amount: Floats, share: Floats, cost: Floats) -> Floats:
    return np.asarray(amount * share / cost)


def _amount_hours(amount: Floats, share: Floats, rate: Floats, cost: Floats) -> Floats:
    return np.asarray(amount * share / cost * rate)


def by_percentage(*, total_hours: Value, insertion_rate: Value, settings: Settings = DEFAULTS) -> Calibration:
    """M2: hours = hours worked on the lot × rate.

    In: hours, a rate between 0 and 1. Raises CalibrationError for an impossible input.
    Source: MDE Alès-Cévennes; the form of the targets of ANRU (IREV, 2015) and SOLIDEO (2018).
    """
    total, rate = quantity(TOTAL_HOURS, total_hours), quantity(INSERTION_RATE, insertion_rate)
    low, likely, high = spread(lambda hours, share: np.asarray(hours * share), (total, rate))
    line = computed("Heures d'insertion", likely, "h", "heures travaillées × taux d'insertion")
    raw = Raw("percentage", low, likely, high, total.likely, (total, rate), (line,))
    return finish(raw, settings)


def pact(
    *,
    amount_ht: Value,
    months: Value,
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
    ``takeover_hours`` is None the result is a range, from 0 to the hours for P = 1, and a question.
    Raises CalibrationError for an impossible input. Source: Inserpropre (employers' federation).
    """
    on = settings.on
    amount, duration = quantity(AMOUNT, amount_ht), quantity(MONTHS, months)
    rate = quantity(INSERTION_RATE, insertion_rate)
    own_cost, own_share = (
        parameters.get("pact_hourly_cost", on=on),
        parameters.get("pact_labour_share", on=on),
    )
    cost = quantity(HOURLY_COST, own_cost if hourly_cost is None else hourly_cost)
    share = quantity(LABOUR_SHARE, own_share if labour_share is None else labour_share)
    check_one_kind(share, cost)
    labour = _labour_hours(amount.likely, share.likely, cost.likely)
    if takeover_hours is None:
        return _pact_unanswered(amount, duration, rate, cost, share, settings)
    takeover = quantity(TAKEOVER, takeover_hours)
    low, likely, high = spread(_pact_hours, (amount, share, rate), (cost, takeover, duration))
    weight = _pact_weight(amount.likely, share.likely, cost.likely, takeover.likely, duration.likely)
    rules = [
        Rule(
            np.asarray(weight <= 0),
            NO_CLAUSE,
            "P = {shown} : le personnel à reprendre suffit déjà au travail du marché (règle 2 du PACT).",
            weight,
        )
    ]
    raw = Raw(
        method="pact",
        low=low,
        likely=likely,
        high=high,
        labour_hours=labour,
        inputs=(amount, duration, takeover, cost, share, rate),
        lines=(
            computed(
                "Heures de travail du lot", labour, "h", "montant × part de main-d'œuvre / coût horaire"
            ),
            computed(
                "P",
                weight,
                "",
                "1 − heures à reprendre × C / (montant / mois), avec C = coût horaire / part de main-d'œuvre",
            ),
            computed("Heures d'insertion", likely, "h", "P × montant / C × taux d'insertion"),
        ),
        warnings=(
            _stale_cost_warning(amount, duration, takeover, rate, share, on) if hourly_cost is None else ()
        ),
    )
    return finish(raw, settings, rules, "pact_minimum_hours")


def _pact_unanswered(
    amount: Quantity, duration: Quantity, rate: Quantity, cost: Quantity, share: Quantity, settings: Settings
) -> Calibration:
    common_shape(amount, duration, rate, cost, share)
    _, _, high = spread(_amount_hours, (amount, share, rate), (cost,))
    labour = _labour_hours(amount.likely, share.likely, cost.likely)
    raw = Raw(
        method="pact",
        low=np.zeros_like(high),
        likely=None,
        high=high,
        labour_hours=labour,
        inputs=(amount, duration, cost, share, rate),
        lines=(
            computed("Heures d'insertion sans reprise (P = 1)", high, "h", "montant / C × taux d'insertion"),
        ),
        question=(
            "Y a-t-il du personnel à reprendre, et combien d'heures par mois ? La réponse décide : "
            f"de 0 à {french_figures(np.max(high))} h."
        ),
    )
    return finish(raw, settings, (), "pact_minimum_hours")


def _pact_weight(amount: Floats, share: Floats, cost: Floats, takeover: Floats, months: Floats) -> Floats:
    """P, the part of the work that is new; zero when the contract pays no work at all."""
    work = np.asarray(amount * share / cost / months)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(work > 0, 1 - takeover / np.where(work > 0, work, 1.0), 0.0))


def _pact_hours(
    amount: Floats, share: Floats, rate: Floats, cost: Floats, takeover: Floats, months: Floats
) -> Floats:
    weight = _pact_weight(amount, share, cost, takeover, months)
    return np.asarray(np.maximum(weight, 0.0) * amount * share / cost * rate)


def _stale_cost_warning(
    amount: Quantity, months: Quantity, takeover: Quantity, rate: Quantity, share: Quantity, on: date | None
) -> tuple[str, ...]:
    """Says what the old cost of the branch hides, with the figure at today's usual cost."""
    try:
        usual = parameters.get("hourly_cost", "proprete", on)
    except parameters.UnknownParameter:
        return ()
    cost = np.asarray(usual.value)
    today = _pact_hours(amount.likely, share.likely, rate.likely, cost, takeover.likely, months.likely)
    return (
        "Le coût horaire du PACT est une constante ancienne de la fédération d'employeurs ; au coût courant "
        f"de {french_number(usual.value, 2)} €/h, le même calcul donnerait {french_figures(today)} h.",
    )
