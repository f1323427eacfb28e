"""The two methods that take a share of the work of the lot: amount (M1) and percentage (M2)."""

from __future__ import annotations

import numpy as np

from levier.rulebook.calibration.judgement import Raw, Settings, computed, finish
from levier.rulebook.calibration.quantities import (
    AMOUNT,
    HOURLY_COST,
    INSERTION_RATE,
    LABOUR_SHARE,
    TOTAL_HOURS,
    Value,
    check_one_kind,
    quantity,
    spread,
)
from levier.rulebook.calibration.result import Calibration, Floats, TraceLine
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
    low, likely, high = spread(amount_hours, (amount, share, rate), (cost,))
    labour = labour_hours(amount.likely, share.likely, cost.likely)
    raw = Raw(
        method="amount",
        low=low,
        likely=likely,
        high=high,
        labour_hours=labour,
        inputs=(amount, share, cost, rate),
        lines=_amount_lines(amount.likely * share.likely, rate.likely, labour, likely),
    )
    return finish(raw, settings)


def _amount_lines(paid: Floats, rate: Floats, labour: Floats, hours: Floats) -> tuple[TraceLine, ...]:
    """The steps of M1, those a facilitator finds in the guides: euros of labour and of effort, then hours."""
    return (
        computed("Part de main-d’œuvre en euros", paid, "€", "montant × part de main-d’œuvre"),
        computed("Heures de travail du lot", labour, "h", "montant × part de main-d’œuvre / coût horaire"),
        computed(
            "Effort d’insertion en euros",
            paid * rate,
            "€",
            "part de main-d’œuvre en euros × taux d’insertion",
        ),
        computed("Heures d’insertion", hours, "h", "heures de travail du lot × taux d’insertion"),
    )


def labour_hours(amount: Floats, share: Floats, cost: Floats) -> Floats:
    """Hours of work paid by an amount: amount × labour share / hourly cost."""
    return np.asarray(amount * share / cost)


def amount_hours(amount: Floats, share: Floats, rate: Floats, cost: Floats) -> Floats:
    """Insertion hours by the amount: hours of work × rate."""
    return np.asarray(amount * share / cost * rate)


def by_percentage(*, total_hours: Value, insertion_rate: Value, settings: Settings = DEFAULTS) -> Calibration:
    """M2: hours = hours worked on the lot × rate.

    In: hours, a rate between 0 and 1. Raises CalibrationError for an impossible input.
    Source: MDE Alès-Cévennes; the form of the targets of ANRU (IREV, 2015) and SOLIDEO (2018).
    """
    total, rate = quantity(TOTAL_HOURS, total_hours), quantity(INSERTION_RATE, insertion_rate)
    low, likely, high = spread(lambda hours, share: np.asarray(hours * share), (total, rate))
    line = computed("Heures d’insertion", likely, "h", "heures travaillées × taux d’insertion")
    raw = Raw("percentage", low, likely, high, total.likely, (total, rate), (line,))
    return finish(raw, settings)
