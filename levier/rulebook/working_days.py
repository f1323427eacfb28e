"""Working days in France: Monday to Friday, without the public holidays; pure functions on dates."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

# Code du travail, L3133-1: (month, day) of the holidays that do not move.
_FIXED: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Days after Easter Sunday: Easter Monday, Ascension, Whit Monday.
_MOVING: Final = (1, 39, 50)
# Code du travail, L3134-13: Good Friday and 26 December in Bas-Rhin, Haut-Rhin and Moselle. The law ties Good
# Friday to communes that have a Protestant church; it is counted everywhere there, which only gives a day more.
LOCAL_LAW: Final = frozenset({"57", "67", "68"})
# Code du travail, L3422-2: the day that remembers the end of slavery.
_ABOLITION: Final = {"971": (5, 27), "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27)}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, valid from 1583)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, century_rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - shift + 15) % 30
    quarter, year_rest = divmod(rest, 4)
    sunday = (32 + 2 * century_rest + 2 * quarter - moon - year_rest) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def public_holidays(year: int, departement: str = "") -> frozenset[date]:
    """The public holidays of a year; those of Alsace-Moselle and overseas when the département is given."""
    sunday = easter(year)
    days = {date(year, month, day) for month, day in _FIXED}
    days |= {sunday + timedelta(days=gap) for gap in _MOVING}
    if departement in LOCAL_LAW:
        days |= {sunday - timedelta(days=2), date(year, 12, 26)}
    if departement in _ABOLITION:
        days.add(date(year, *_ABOLITION[departement]))
    return frozenset(days)


def is_working_day(day: date, departement: str = "") -> bool:
    """Whether offices are open that day: neither a weekend nor a public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year, departement)


def add_working_days(day: date, count: int, departement: str = "") -> date:
    """The last day of a delay of `count` working days (1 or more) that starts the day after `day`.

    Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"Un délai compte au moins un jour ouvré, pas {count}.")
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, departement)
    return day


def working_days_between(start: date, end: date, departement: str = "") -> int:
    """How many working days after `start`, up to `end` included; negative when `end` comes first."""
    if end < start:
        return -working_days_between(end, start, departement)
    return sum(
        is_working_day(start + timedelta(days=gap), departement) for gap in range(1, (end - start).days + 1)
    )
