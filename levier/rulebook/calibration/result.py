"""What a calibration gives back: hours, range, verdict, reasons and the trace of every value used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Figure = float | Floats
Hours = int | Integers
Verdict = Literal["clause", "no_clause", "to_answer"]
TraceStatus = Literal["confirmed", "to_confirm", "given", "computed"]

CLAUSE: Final[Verdict] = "clause"
NO_CLAUSE: Final[Verdict] = "no_clause"
TO_ANSWER: Final[Verdict] = "to_answer"


class CalibrationError(ValueError):
    """An input is impossible; the French sentence names the field and says what is expected."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class MixedDivisor(CalibrationError):  # noqa: N818 - named for what happened
    """The labour share and the hourly value are not of one kind (cost or selling price)."""


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line of the calculation: a value, where it comes from, or the formula that gave it."""

    label: str
    value: Figure
    unit: str
    formula: str = ""
    source: str = ""
    date: date | None = None
    status: TraceStatus = "computed"
    low: Figure | None = None
    high: Figure | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The line as plain values for JSON."""
        return {
            "label": self.label,
            "formula": self.formula,
            "value": plain(self.value),
            "low": plain(self.low),
            "high": plain(self.high),
            "unit": self.unit,
            "source": self.source,
            "date": self.date.isoformat() if self.date else None,
            "status": self.status,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class HoursRange:
    """Hours at the low, likely and high values; ``likely`` is None while an answer is missing."""

    low: Hours
    likely: Hours | None
    high: Hours

    def as_dict(self) -> dict[str, Any]:
        """The three figures as plain values for JSON."""
        return {"low": plain(self.low), "likely": plain(self.likely), "high": plain(self.high)}


@dataclass(frozen=True, slots=True)
class Calibration:
    """The result of one method, for one lot or for an array of lots.

    ``hours``, ``person_weeks`` (weeks of 35 h) and ``fte`` (full-time equivalents of ``fte_base`` hours a
    year) are None while the answer that decides is missing: the range is then all there is to say.
    ``labour_hours`` is the total work of the lot in hours, None when the method does not know it.
    ``range`` holds the hours at the plausible bounds of the parameters. ``is_precise`` is False as soon as
    one parameter is to confirm or has an interval: no single figure may then be shown as sure.
    ``is_for_clause`` is False for the two methods that must never size a clause.
    ``months`` is a length of placement (M4) or the full-time months of work paid for (M5).
    """

    method: str
    method_version: str
    hours: Hours | None
    labour_hours: Figure | None
    person_weeks: Figure | None
    fte: Figure | None
    fte_base: float
    range: HoursRange
    verdict: Verdict | NDArray[np.str_]
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    trace: tuple[TraceLine, ...]
    is_precise: bool
    minimum_hours: float
    weekly_hours: float
    is_for_clause: bool = True
    months: Figure | None = None

    def as_dict(self) -> dict[str, Any]:
        """The whole result as plain values for JSON, arrays as lists."""
        return {
            "method": self.method,
            "method_version": self.method_version,
            "hours": plain(self.hours),
            "labour_hours": plain(self.labour_hours),
            "person_weeks": plain(self.person_weeks),
            "fte": plain(self.fte),
            "fte_base": self.fte_base,
            "range": self.range.as_dict(),
            "is_precise": self.is_precise,
            "verdict": plain(self.verdict),
            "minimum_hours": self.minimum_hours,
            "is_for_clause": self.is_for_clause,
            "months": plain(self.months),
            "reasons": list(self.reasons),
            "warnings": list(self.warnings),
            "trace": [line.as_dict() for line in self.trace],
        }


def plain(value: Any) -> Any:
    """A figure as JSON knows it: floats to two decimals, arrays as lists, the rest unchanged."""
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, float):
        return round(value, 4) if abs(value) < 10 else round(value, 2)
    return value


def scalar_or_array(values: Floats) -> Figure:
    """A float for a single value, else the array."""
    return float(values) if values.ndim == 0 else values


def hours_or_array(values: Integers) -> Hours:
    """An int for a single value, else the array of whole hours."""
    return int(values) if values.ndim == 0 else values
