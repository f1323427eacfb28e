"""Two published scales that size something else than a clause: unpaid placements (M4) and purchases (M5)."""

from __future__ import annotations

import numpy as np

from levier.rulebook import parameters
from levier.rulebook.calibration.judgement import Raw, Rule, Settings, computed, everywhere, finish
from levier.rulebook.calibration.methods import DEFAULTS
from levier.rulebook.calibration.quantities import AMOUNT, Value, quantity
from levier.rulebook.calibration.result import NO_CLAUSE, Calibration, TraceLine
from levier.rulebook.parameters import Parameter


def by_training_bracket(*, amount_ht: Value, settings: Settings = DEFAULTS) -> Calibration:
    """M4: longest unpaid placement by bracket of amount, in ``months`` and hours; never sizes a clause.

    In: euros excluding tax. Raises CalibrationError for an impossible input.
    Source: « clause sociale de formation », Éducation nationale (lab 110 bis).
    """
    on = settings.on
    amount = quantity(AMOUNT, amount_ht)
    ceilings = [parameters.get("training_bracket_amount", str(rank), on) for rank in (1, 2, 3)]
    lengths = [parameters.get("training_bracket_months", str(rank), on) for rank in (1, 2, 3, 4)]
    per_month = parameters.get("training_hours_per_month", on=on)
    rank = np.searchsorted(np.asarray([item.value for item in ceilings]), amount.likely, side="left")
    months = np.asarray(np.asarray([item.value for item in lengths])[rank])
    hours = np.asarray(months * per_month.value)
    raw = Raw(
        "bracket",
        hours,
        hours,
        hours,
        None,
        (amount,),
        (
            *(_line(item) for item in (*ceilings, *lengths, per_month)),
            computed("Durée maximale du stage", months, "mois", "tranche du montant"),
            computed("Heures de stage, au plus", hours, "h", "mois × heures par mois"),
        ),
        warnings=(
            "Le marché doit durer au moins un an ; l’acheteur peut choisir plus court, jamais plus long.",
        ),
        is_for_clause=False,
        months=months,
    )
    sentence = "Ce barème mesure un stage non rémunéré : il ne calibre pas une clause d’insertion."
    return finish(raw, settings, [Rule(everywhere(hours), NO_CLAUSE, sentence)])


def inclusive_purchase(*, amount_ht: Value, settings: Settings = DEFAULTS) -> Calibration:
    """M5: work paid for by a direct purchase from an inclusive supplier; never sizes a clause.

    In: euros excluding tax. Out: hours, and from 3,700 € on the full-time job-months in ``months`` (0 below).
    Raises CalibrationError for an impossible input. Source: Le Marché de l'inclusion (public code).
    """
    amount = quantity(AMOUNT, amount_ht)
    hour = parameters.get("inclusive_purchase_hourly_cost", on=settings.on)
    month = parameters.get("inclusive_purchase_month_cost", on=settings.on)
    hours = np.asarray(amount.likely / hour.value)
    # The published code compares with 3,699 €, one euro under the cost of a month.
    is_large = amount.likely > month.value - 1
    months = np.asarray(np.where(is_large, np.floor(amount.likely / month.value + 0.5), 0.0))
    raw = Raw(
        "inclusive-purchase",
        hours,
        hours,
        hours,
        None,
        (amount,),
        (
            _line(hour),
            _line(month),
            computed("Heures de travail financées", hours, "h", "montant / coût d’une heure"),
            computed("Mois de travail à temps plein", months, "mois", "montant / coût d’un mois, arrondi"),
        ),
        warnings=("Estimation de communication, sur un échantillon non représentatif : non déclarable.",),
        is_for_clause=False,
        months=months,
    )
    sentence = "Cette estimation d’un achat direct est « non déclarable » : elle ne calibre pas une clause."
    return finish(raw, settings, [Rule(everywhere(hours), NO_CLAUSE, sentence)])


def _line(parameter: Parameter) -> TraceLine:
    return TraceLine(
        label=parameter.label,
        value=parameter.value,
        unit=parameter.unit,
        source=parameter.source,
        date=parameter.valid_from,
        status=parameter.status,
        note=parameter.note,
    )
