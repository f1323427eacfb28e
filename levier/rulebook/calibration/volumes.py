"""The methods that do not start from the labour share: headcount (M6) and amounts ordered (M7)."""

from __future__ import annotations

from typing import Final

import numpy as np

from levier.rulebook import parameters
from levier.rulebook.calibration.judgement import Raw, Rule, Settings, computed, finish
from levier.rulebook.calibration.methods import DEFAULTS
from levier.rulebook.calibration.quantities import (
    AMOUNT,
    ANNUAL_HOURS,
    HEADCOUNT,
    MONTHS,
    PER_100K,
    TRANCHE,
    TRIGGER,
    Quantity,
    Value,
    quantity,
    spread,
)
from levier.rulebook.calibration.result import NO_CLAUSE, Calibration, CalibrationError, Floats

SLICE: Final = 100_000
INVOICED: Final = "Les heures dues suivent les factures ; les bons de commande ne donnent que des prévisions."
OPEN: Final = (
    "Une fois le seuil passé, les premiers euros comptent-ils aussi ? Le contrat doit le dire : "
    "la réponse décide."
)


def by_headcount(
    *, headcount: Value, months: Value = 12, annual_hours: Value | None = None, settings: Settings = DEFAULTS
) -> Calibration:
    """M6: hours = jobs in full-time equivalents × hours a year × months / 12.

    In: full-time equivalents, months (12 by default), hours a year (base AVE, 1,600, by default).
    Raises CalibrationError for an impossible input. Source: usual practice for intellectual services and
    long service contracts; no published formula.
    """
    base = parameters.get("fte_base", "ave", settings.on) if annual_hours is None else annual_hours
    jobs, duration = quantity(HEADCOUNT, headcount), quantity(MONTHS, months)
    yearly = quantity(ANNUAL_HOURS, base)
    low, likely, high = spread(
        lambda count, length, hours: np.asarray(count * hours * length / 12), (jobs, duration, yearly)
    )
    line = computed("Heures d’insertion", likely, "h", "emplois × heures par an × mois / 12")
    return finish(Raw("headcount", low, likely, high, None, (jobs, duration, yearly), (line,)), settings)


def by_ordered_amount(
    *,
    amount_ht: Value,
    tranche_amount: Value | None = None,
    hours_per_100k: Value | None = None,
    trigger_amount: Value = 0,
    retroactive: bool | None = None,
    settings: Settings = DEFAULTS,
) -> Calibration:
    """M7: hours by slice of the amount ordered or invoiced, for framework contracts.

    In: euros excluding tax ordered, then either the euros that make one hour (``tranche_amount``) or the
    hours for 100,000 € (``hours_per_100k``). ``trigger_amount``: no hour below it. ``retroactive``: once
    passed, do the first euros count too? None when the contract does not say: the result is then a range.
    With arrays, one lot without answer leaves ``hours`` unknown for all.
    Raises CalibrationError for an impossible input or when both or none of the two forms are given.
    Source: CCAP 21_BAM_048 (Services du Premier ministre, 2021): 1 h per 2,000 € invoiced from 2.7 M€.
    """
    if (tranche_amount is None) == (hours_per_100k is None):
        raise CalibrationError(
            "tranche_amount",
            "Donnez soit « tranche_amount » (euros pour une heure), soit « hours_per_100k » (heures pour "
            "100 000 €), et un seul des deux.",
        )
    amount, trigger = quantity(AMOUNT, amount_ht), quantity(TRIGGER, trigger_amount)
    pace = quantity(TRANCHE, tranche_amount) if hours_per_100k is None else quantity(PER_100K, hours_per_100k)
    whole = _ordered_hours(amount, pace, trigger, counts_all=True)
    beyond = _ordered_hours(amount, pace, trigger, counts_all=False)
    is_open = retroactive is None and bool(np.any(whole[1] != beyond[1]))
    likely = None if is_open else whole[1] if retroactive else beyond[1]
    low = whole[0] if retroactive else beyond[0]
    high = beyond[2] if retroactive is False else whole[2]
    lines = (
        () if likely is None else (computed("Heures d’insertion", likely, "h", _formula(pace, retroactive)),)
    )
    below = Rule(
        np.broadcast_to(amount.likely < trigger.likely, whole[1].shape),
        NO_CLAUSE,
        "Le montant estimé reste sous le seuil de déclenchement ({shown} €) : aucune heure n’est due.",
        trigger.likely,
    )
    raw = Raw(
        "per-amount", low, likely, high, None, (amount, pace, trigger), lines, (INVOICED,), question=OPEN
    )
    return finish(raw, settings, rules=(below,))


def _formula(pace: Quantity, retroactive: bool | None) -> str:
    base = "montant commandé au-delà du seuil (ou tout le montant, si le contrat le dit)"
    if retroactive is not None:
        base = "tout le montant, une fois le seuil passé" if retroactive else "montant au-delà du seuil"
    return (
        f"{base} / montant d’une tranche"
        if pace.field is TRANCHE
        else f"{base} × heures par 100 000 € / 100 000"
    )


def _ordered_hours(
    amount: Quantity, pace: Quantity, trigger: Quantity, *, counts_all: bool
) -> tuple[Floats, Floats, Floats]:
    is_tranche = pace.field is TRANCHE

    def hours(ordered: Floats, rhythm: Floats, threshold: Floats) -> Floats:
        counted = np.where(ordered >= threshold, ordered if counts_all else ordered - threshold, 0.0)
        return np.asarray(counted / rhythm if is_tranche else counted * rhythm / SLICE)

    if is_tranche:
        return spread(hours, (amount,), (pace, trigger))
    return spread(hours, (amount, pace), (trigger,))
