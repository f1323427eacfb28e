"""Working days in France: the known holidays of real years, and a delay that never ends on one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from levier.rulebook.working_days import (
    add_working_days,
    easter,
    is_working_day,
    public_holidays,
    working_days_between,
)

DAYS = some.integers(0, 36_500).map(lambda days: date(2000, 1, 1) + timedelta(days=days))


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (2000, (4, 23)),
        (2008, (3, 23)),
        (2024, (3, 31)),
        (2025, (4, 20)),
        (2026, (4, 5)),
        (2027, (3, 28)),
        (2038, (4, 25)),
    ],
)
def test_easter_of_known_years(year: int, sunday: tuple[int, int]) -> None:
    assert easter(year) == date(year, *sunday)


def test_the_eleven_holidays_of_2026() -> None:
    assert public_holidays(2026) == {
        date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25),
        date(2026, 7, 14), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25),
    }  # fmt: skip


def test_two_days_share_a_date_in_2008() -> None:
    """Ascension fell on 1 May."""
    assert len(public_holidays(2008)) == 10


def test_alsace_moselle_and_overseas_have_days_of_their_own() -> None:
    assert public_holidays(2026, "67") - public_holidays(2026) == {date(2026, 4, 3), date(2026, 12, 26)}
    assert public_holidays(2026, "974") - public_holidays(2026) == {date(2026, 12, 20)}
    assert public_holidays(2026, "59") == public_holidays(2026)


def test_a_delay_of_five_days_over_a_weekend_and_a_holiday() -> None:
    # Friday 8 May 2026 is a holiday, Thursday 14 May is Ascension.
    assert add_working_days(date(2026, 5, 7), 5) == date(2026, 5, 18)
    assert add_working_days(date(2026, 11, 25), 5) == date(2026, 12, 2)
    with pytest.raises(ValueError, match="au moins un jour"):
        add_working_days(date(2026, 5, 7), 0)


@pytest.mark.slow
@given(DAYS, some.integers(1, 40), some.sampled_from(["", "67", "974"]))
def test_a_delay_ends_on_a_working_day_and_counts_back(day: date, count: int, departement: str) -> None:
    end = add_working_days(day, count, departement)
    assert is_working_day(end, departement)
    assert working_days_between(day, end, departement) == count
    assert working_days_between(end, day, departement) == -count
    assert working_days_between(day, end - timedelta(days=1), departement) == count - 1
