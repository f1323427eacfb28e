"""The calendar of declarations, and the pace that is left."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from levier.execution.reporting import Report, hiring_plan, next_report, pace, reports_asked

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


@pytest.mark.parametrize(
    ("period", "today", "months"),
    [
        ("mois", date(2026, 2, 28), []),
        ("mois", date(2026, 3, 1), [1]),
        # Until its own last day is passed, the period before is asked for as well.
        ("mois", date(2026, 4, 15), [1, 1]),
        ("mois", date(2026, 4, 16), [1]),
        ("trimestre", date(2026, 7, 2), [2, 3]),
        ("trimestre", date(2027, 3, 1), [1]),
        ("fin", date(2027, 1, 20), []),
        ("fin", date(2027, 1, 21), [12]),
    ],
)
def test_the_periods_one_asks_for(period: str, today: date, months: list[int]) -> None:
    assert [len(one.months) for one in reports_asked(period, 15, **YEAR, today=today)] == months


@pytest.mark.parametrize(
    ("left", "weekly", "weeks", "missing", "people", "latest"),
    [
        # Two people at 35 h do 1,400 h in twenty weeks, one 200 h in six.
        (1_400, 0, 20, 1_400, 2, date(2026, 8, 17)),
        (1_400, 70, 20, 0, 0, None),
        (1_000, 40, 20, 200, 1, date(2026, 11, 23)),
        (500, 0, 0, 500, 0, None),
    ],
)
def test_a_hiring_plan_finishes_the_hours(
    left: int, weekly: int, weeks: int, missing: int, people: int, latest: date | None
) -> None:
    plan = hiring_plan(
        Decimal(left), weekly=Decimal(weekly), ends_on=date(2027, 1, 3), weeks=weeks, full_week=Decimal(35)
    )
    assert (plan.missing, plan.people) == (missing, people)
    assert latest is None or plan.latest_on == latest
