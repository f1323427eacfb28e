"""From raw hours to a whole calibration: rounding, verdict rules, person-weeks and full-time equivalents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from levier.rulebook import parameters
from levier.rulebook.calibration.quantities import (
    FTE_BASE,
    MINIMUM_HOURS,
    NEAREST_HOUR,
    WEEKLY_HOURS,
    Field,
    Quantity,
    Rounding,
    Value,
    quantity,
)
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
from levier.rulebook.figures import counted, french_figures, french_number, lower_first

# How the warning on a thin volume opens.
THIN: Final = "Volume mince"

METHOD_VERSIONS: Final = {
    "amount": "M1/1",
    "percentage": "M2/1",
    "pact": "M3/1",
    "bracket": "M4/1",
    "inclusive-purchase": "M5/1",
    "headcount": "M6/1",
    "per-amount": "M7/1",
    "none": "M0/1",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What every method shares: rounding, least volume, full-time base and the day the rules are read."""

    rounding: Rounding = NEAREST_HOUR
    minimum_hours: Value | None = None
    fte_base: Value | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the verdict table: where it applies, what it says, and why.

    « {shown} » in the sentence becomes the figures of ``shown`` for the lots concerned.
    """

    applies: NDArray[np.bool_]
    verdict: Verdict
    sentence: str
    shown: Floats | Integers | None = None

    def reason(self, taken: NDArray[np.bool_]) -> str:
        """The sentence with the figures of the lots it was taken for."""
        if self.shown is None:
            return self.sentence
        values = np.broadcast_to(self.shown, taken.shape)[taken]
        return self.sentence.replace("{shown}", french_figures(values, 2))


@dataclass(frozen=True, slots=True)
class Raw:
    """The unrounded outcome of a method, before it is judged."""

    method: str
    low: Floats
    likely: Floats | None
    high: Floats
    labour_hours: Floats | None
    inputs: tuple[Quantity, ...]
    lines: tuple[TraceLine, ...]
    warnings: tuple[str, ...] = ()
    is_for_clause: bool = True
    months: Floats | None = None
    # Asked when ``likely`` is None: the answer that decides.
    question: str = ""


def finish(
    raw: Raw, settings: Settings, rules: Sequence[Rule] = (), minimum: str = "minimum_hours"
) -> Calibration:
    """Rounds, judges and describes a raw outcome; ``minimum`` names the parameter of the least volume."""
    floor = _setting(MINIMUM_HOURS, settings.minimum_hours, minimum, "", settings.on)
    base = _setting(FTE_BASE, settings.fte_base, "fte_base", "ave", settings.on)
    week = _setting(WEEKLY_HOURS, None, "weekly_hours", "", settings.on)
    low, high = settings.rounding.apply(raw.low), settings.rounding.apply(raw.high)
    likely = None if raw.likely is None else settings.rounding.apply(raw.likely)
    verdict, reasons = judge((*rules, *_volume_rules(raw, likely, low, high, floor)))
    labour = None if raw.labour_hours is None else scalar_or_array(raw.labour_hours)
    weeks, fte = in_weeks_and_fte(likely, float(week.likely), float(base.likely))
    precise = all(item.is_precise for item in raw.inputs) and likely is not None and bool(np.all(low == high))
    lines = (*(item.line() for item in raw.inputs), *raw.lines)
    return Calibration(
        method=raw.method,
        method_version=METHOD_VERSIONS[raw.method],
        hours=None if likely is None else hours_or_array(likely),
        labour_hours=labour,
        person_weeks=weeks,
        fte=fte,
        fte_base=float(base.likely),
        range=HoursRange(
            hours_or_array(low), None if likely is None else hours_or_array(likely), hours_or_array(high)
        ),
        verdict=verdict,
        reasons=reasons,
        warnings=(*raw.warnings, *_warnings(likely if raw.is_for_clause else None, floor, raw.inputs)),
        trace=(*lines, *_closing_lines(likely, settings.rounding, (floor, base, week))),
        is_precise=precise,
        minimum_hours=float(floor.likely),
        weekly_hours=float(week.likely),
        is_for_clause=raw.is_for_clause,
        months=None if raw.months is None else scalar_or_array(raw.months),
    )


def judge(rules: Sequence[Rule]) -> tuple[Verdict | NDArray[np.str_], tuple[str, ...]]:
    """Applies a verdict table, the first rule that applies winning for each lot; gives the reasons too."""
    masks = np.broadcast_arrays(*(rule.applies for rule in rules))
    shape = masks[0].shape
    verdict = np.full(shape, TO_ANSWER, dtype="<U9")
    open_lots = np.ones(shape, dtype=np.bool_)
    reasons: list[str] = []
    for rule, mask in zip(rules, masks, strict=True):
        taken = open_lots & mask
        count = int(np.count_nonzero(taken))
        if count:
            verdict[taken] = rule.verdict
            open_lots &= ~taken
            if rule.sentence:
                reason = rule.reason(taken)
                reasons.append(f"{counted(count, 'lot')} sur {mask.size} : {reason}" if shape else reason)
    if shape:
        return verdict, tuple(reasons)
    one = str(verdict)
    named: Verdict = "clause" if one == CLAUSE else "no_clause" if one == NO_CLAUSE else "to_answer"
    return named, tuple(reasons)


def in_weeks_and_fte(
    hours: Integers | None, weekly_hours: float, fte_base: float
) -> tuple[Figure | None, Figure | None]:
    """Person-weeks and full-time equivalents of a number of hours, None when it is not known."""
    if hours is None:
        return None, None
    return scalar_or_array(np.asarray(hours / weekly_hours)), scalar_or_array(np.asarray(hours / fte_base))


def jobs_over(fte: float, months: float) -> float:
    """Full-time jobs that last ``months`` months, from full-time equivalents of a year."""
    return fte * 12 / months


def everywhere(like: Floats | Integers, value: bool = True) -> NDArray[np.bool_]:
    """A mask of the same shape, all true or all false."""
    return np.full(like.shape, value, dtype=np.bool_)


def computed(label: str, value: Floats, unit: str, formula: str) -> TraceLine:
    """A trace line for an intermediate result."""
    return TraceLine(label, scalar_or_array(np.asarray(value)), unit, formula)


def _setting(field: Field, value: Value | None, name: str, key: str, on: date | None) -> Quantity:
    return quantity(field, parameters.get(name, key, on) if value is None else value)


def _volume_rules(
    raw: Raw, likely: Integers | None, low: Integers, high: Integers, floor: Quantity
) -> list[Rule]:
    least = floor.likely
    minimum = f"le minimum de {french_number(float(least))} h"
    if likely is None:
        return [
            Rule(
                np.asarray(high < least),
                NO_CLAUSE,
                f"Quelle que soit la réponse, le volume reste sous {minimum} ({{shown}} h au plus).",
                high,
            ),
            Rule(
                np.asarray(low >= least), CLAUSE, f"Quelle que soit la réponse, le volume dépasse {minimum}."
            ),
            Rule(everywhere(high), TO_ANSWER, raw.question),
        ]
    return [
        Rule(np.asarray(likely == 0), NO_CLAUSE, "Le calcul ne donne aucune heure."),
        Rule(np.asarray(likely < least), NO_CLAUSE, f"{{shown}} h : trop mince, sous {minimum}.", likely),
        Rule(everywhere(likely), CLAUSE, f"{{shown}} h : c’est au moins {minimum}.", likely),
    ]


def _warnings(likely: Integers | None, floor: Quantity, inputs: Sequence[Quantity]) -> tuple[str, ...]:
    found = []
    if likely is not None and np.any((likely >= floor.likely) & (likely < floor.high)):
        found.append(
            f"{THIN} : sous {french_number(float(floor.high))} h, une clause occupe une personne "
            "moins d’un mois ; voyez s’il vaut mieux globaliser."
        )
    unsure = [lower_first(item.label) for item in inputs if item.status == "to_confirm"]
    if unsure:
        found.append(f"À confirmer : {' ; '.join(unsure)}. Retenez la fourchette, pas un chiffre unique.")
    return tuple(found)


def _closing_lines(
    calibration_hours: Integers | None, rounding: Rounding, settings: tuple[Quantity, Quantity, Quantity]
) -> tuple[TraceLine, ...]:
    floor, base, week = settings
    if calibration_hours is None:
        return (floor.line(),)
    hours = np.asarray(calibration_hours, dtype=np.float64)
    weeks, fte = hours / week.likely, hours / base.likely
    return (
        computed("Heures d’insertion arrondies", hours, "h", rounding.label),
        floor.line(),
        week.line(),
        computed("Semaines-personnes", weeks, "semaines", "heures d’insertion / durée hebdomadaire"),
        base.line(),
        computed("Équivalents temps plein", fte, "ETP", "heures d’insertion / base de l’ETP"),
    )
