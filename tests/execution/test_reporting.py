"""The calendar of declarations, and the pace that is left."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from levier.execution.reporting import Report, next_report, pace

YEAR: dict[str, Any] = {"starts_on": date(2026, 2, 10), "ends_on": date(2027, 1, 20)}


@pytest.mark.parametrize(
    ("period", "today", "expected"),
    [
        ("trimestre", date(2026, 3, 1), Report(date(2026, 2, 10), date(2026, 3, 31), date(2026, 4, 15))),
        ("trimestre", date(2026, 4, 15), Report(date(2026, 2, 10), date(2026, 3, 31), date(2026, 4, 15))),
        ("trimestre", date(2026, 4, 16), Report(date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 15))),
        ("mois", date(2026, 12, 20), Report(date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 15))),
        ("semestre", date(2026, 8, 1), Report(date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 15))),
        ("trimestre", date(2027, 2, 1), Report(date(2027, 1, 1), date(2027, 1, 20), date(2027, 2, 15))),
        ("fin", date(2026, 3, 1), Report(date(2026, 2, 10), date(2027, 1, 20), date(2027, 2, 15))),
        ("mois", date(2027, 3, 1), None),
    ],
)
def test_the_next_declaration(period: str, today: date, expected: Report | None) -> None:
    assert next_report(period, 15, **YEAR, today=today) == expected


def test_the_pace_counts_the_weeks_that_are_left() -> None:
    left = pace(Decimal(480), starts_on=date(2026, 3, 2), ends_on=date(2026, 5, 10), today=date(2026, 1, 1))
    assert (left.weeks, left.hours_per_week) == (10, 48)
    late = pace(Decimal(480), **YEAR, today=date(2027, 1, 20))
    assert (late.weeks, late.hours_per_week) == (1, 480)
    assert pace(Decimal(480), **YEAR, today=date(2027, 1, 21)).hours_per_week is None
    assert pace(Decimal(-3), **YEAR, today=date(2026, 6, 1)) == pace(
        Decimal(0), **YEAR, today=date(2026, 6, 1)
    )
