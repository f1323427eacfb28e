"""Calendar months: adding them to a day, counting the full ones, listing the days of one; pure functions."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

_DAYS_A_MONTH: Final = 365.25 / 12


def add_months(day: date, count: int) -> date:
    """The same day `count` months later (earlier when negative); the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of_window(first: date, count: int) -> date:
    """The last day included in a window of `count` months that opens on `first`."""
    return add_months(first, count) - timedelta(days=1)


def last_day_of_contract(start: date, months: Decimal) -> date:
    """36 months from 1 September 2027 end on 31 August 2030. A part of a month counts in days."""
    whole = int(months)
    return last_day_of_window(start, whole) + timedelta(days=round(float(months - whole) * _DAYS_A_MONTH))


def full_months(start: date, end: date) -> int:
    """How many full months went by from `start` to `end`; 0 when `end` comes first."""
    if end < start:
        return 0
    count = (end.year - start.year) * 12 + end.month - start.month
    return count if add_months(start, count) <= end else count - 1


def age_on(birth: date, day: date) -> int:
    """Years of age on a day. Somebody born on 29 February turns a year on 1 March in a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def first_of(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def last_of(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


# A payroll asks for the same few months thousands of times.
@lru_cache(maxsize=2048)
def days_of(first: date, last: date) -> tuple[date, ...]:
    """Every day from `first` to `last`, both included; nothing when `last` comes first."""
    return tuple(first + timedelta(days=gap) for gap in range((last - first).days + 1))
