"""The physical bound: a lot cannot hold more insertion hours than people, weeks and 35 hours allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from levier.rulebook import parameters
from levier.rulebook.calibration.judgement import Rule, computed, everywhere, in_weeks_and_fte, judge
from levier.rulebook.calibration.quantities import POSTS, WEEKLY_HOURS, WEEKS, Value, common_shape, quantity
from levier.rulebook.calibration.result import (
    CLAUSE,
    NO_CLAUSE,
    TO_ANSWER,
    Calibration,
    Figure,
    Floats,
    HoursRange,
    Integers,
    TraceLine,
    Verdict,
    hours_or_array,
    scalar_or_array,
)
from levier.rulebook.figures import french_figures, french_number


def physical_bound(
    *, posts: Value, weeks: Value, weekly_hours: Value | None = None, on: date | None = None
) -> Figure:
    """The most hours that ``posts`` people can work on site in ``weeks`` weeks of ``weekly_hours`` (35).

    Raises CalibrationError for an impossible input. Source: usual practice; legal weekly hours, L3121-27.
    """
    return scalar_or_array(_bound(posts, weeks, weekly_hours, on))


def within_physical_bound(
    calibration: Calibration,
    *,
    posts: Value,
    weeks: Value,
    weekly_hours: Value | None = None,
    on: date | None = None,
) -> Calibration:
    """The same calibration with hours and range cut down to the physical bound, and its verdict judged again.

    A verdict of « no clause » stays; a clause cut under the least volume becomes « no clause ».
    Raises CalibrationError for an impossible input.
    """
    bound = _bound(posts, weeks, weekly_hours, on)
    most = np.asarray(np.floor(np.round(bound, 6)), dtype=np.int64)
    low, high = np.minimum(calibration.range.low, most), np.minimum(calibration.range.high, most)
    likely = None if calibration.hours is None else np.asarray(np.minimum(calibration.hours, most))
    before = calibration.range.high if calibration.hours is None else calibration.hours
    is_cut = np.asarray(np.asarray(before) > most)
    line = computed("Borne physique", bound, "h", "postes × semaines sur place × durée hebdomadaire")
    if not np.any(is_cut):
        return replace(calibration, trace=(*calibration.trace, line), range=_range(low, likely, high))
    verdict, reasons = _judged_again(
        calibration, np.asarray(high if likely is None else likely), is_cut, most
    )
    weeks_of_work, fte = in_weeks_and_fte(likely, calibration.weekly_hours, calibration.fte_base)
    return replace(
        calibration,
        hours=None if likely is None else hours_or_array(likely),
        range=_range(low, likely, high),
        person_weeks=weeks_of_work,
        fte=fte,
        verdict=verdict,
        reasons=(*calibration.reasons, *reasons),
        warnings=(
            *calibration.warnings,
            f"Borne physique : {french_figures(most)} h au plus avec l’équipe et les semaines données ; "
            "comptez aussi la taille de l’équipe et son encadrement.",
        ),
        trace=(*calibration.trace, line, *_cut_lines(likely, weeks_of_work, fte)),
    )


def _bound(posts: Value, weeks: Value, weekly_hours: Value | None, on: date | None) -> Floats:
    people, length = quantity(POSTS, posts), quantity(WEEKS, weeks)
    week = quantity(
        WEEKLY_HOURS, parameters.get("weekly_hours", on=on) if weekly_hours is None else weekly_hours
    )
    common_shape(people, length, week)
    return np.asarray(people.likely * length.likely * week.likely)


def _cut_lines(likely: Integers | None, weeks: Figure | None, fte: Figure | None) -> tuple[TraceLine, ...]:
    """What is kept, so that the trace ends on the figures shown."""
    if likely is None or weeks is None or fte is None:
        return ()
    hours = np.asarray(likely, dtype=np.float64)
    return (
        computed("Heures d’insertion retenues", hours, "h", "au plus la borne physique"),
        TraceLine("Semaines-personnes retenues", weeks, "semaines", "heures retenues / durée hebdomadaire"),
        TraceLine("Équivalents temps plein retenus", fte, "ETP", "heures retenues / base de l’ETP"),
    )


def _range(low: Integers, likely: Integers | None, high: Integers) -> HoursRange:
    middle = None if likely is None else hours_or_array(likely)
    return HoursRange(hours_or_array(np.asarray(low)), middle, hours_or_array(np.asarray(high)))


def _judged_again(
    calibration: Calibration, hours: Integers, is_cut: NDArray[np.bool_], most: Integers
) -> tuple[Verdict | NDArray[np.str_], tuple[str, ...]]:
    before = np.broadcast_to(np.asarray(calibration.verdict), is_cut.shape)
    least = french_number(calibration.minimum_hours)
    return judge(
        [
            Rule(np.asarray(before == NO_CLAUSE), NO_CLAUSE, ""),
            Rule(
                np.asarray(is_cut & (hours < calibration.minimum_hours)),
                NO_CLAUSE,
                f"L’équipe et les semaines ne permettent que {{shown}} h : sous le minimum de {least} h.",
                most,
            ),
            Rule(np.asarray(before == TO_ANSWER), TO_ANSWER, ""),
            Rule(
                np.asarray(is_cut),
                CLAUSE,
                "Volume ramené à ce que l’équipe et les semaines permettent : {shown} h.",
                most,
            ),
            Rule(everywhere(hours), CLAUSE, ""),
        ]
    )
