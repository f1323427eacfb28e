"""The calendar of declarations of a contract, what is left to do and its pace. Pure, dates given.

A control of real contracts asks for quarters, before the 15th of the month that follows (DOMAIN 0b.10, 10.2).
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Final

from levier.rulebook.months import add_months, first_of

_MONTHS: Final = {"mois": 1, "trimestre": 3, "semestre": 6}
_DAYS_IN_WEEK = 7


@dataclass(frozen=True, slots=True)
class Report:
    """One declaration: the period it covers (both days included), and the last day to send it."""

    first: date
    last: date
    due_on: date

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each month it covers."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return tuple(add_months(first_of(self.first), rank) for rank in range(count))


def next_report(period: str, due_day: int, *, starts_on: date, ends_on: date, today: date) -> Report | None:
    """The declaration that comes next, periods being those of the calendar; None once the last one's date is passed."""
    every = _reports(period, due_day, starts_on=starts_on, ends_on=ends_on)
    return next((one for one in every if one.due_on >= today), None)


def reports_asked(
    period: str, due_day: int, *, starts_on: date, ends_on: date, today: date
) -> tuple[Report, ...]:
    """The declarations one asks for today: of the last period over and, until its own last day is passed, of the one before.

    The newest last; none while the first period runs.
    """
    over = [
        one for one in _reports(period, due_day, starts_on=starts_on, ends_on=ends_on) if one.last < today
    ]
    return tuple(over[-2:] if over and over[-1].due_on >= today else over[-1:])


def _reports(period: str, due_day: int, *, starts_on: date, ends_on: date) -> Iterator[Report]:
    first = starts_on
    while first <= ends_on:
        last = ends_on if period == "fin" else min(ends_on, _period_end(first, _MONTHS[period]))
        yield Report(first, last, _month_after(last).replace(day=due_day))
        first = date.fromordinal(last.toordinal() + 1)


def _period_end(day: date, months: int) -> date:
    month = (day.month - 1) // months * months + months
    return day.replace(month=month, day=calendar.monthrange(day.year, month)[1])


def _month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


class DueAndDone:
    """What follows from the hours due and done of anything that has them."""

    __slots__ = ()
    due: Decimal
    done: Decimal

    @property
    def left(self) -> Decimal:
        """What is still owed; negative once more was done than due."""
        return self.due - self.done

    @property
    def over(self) -> Decimal:
        """What was done beyond what is due."""
        return max(self.done - self.due, Decimal())

    @property
    def rate(self) -> float | None:
        """Done over due (1 is all); None while nothing is due."""
        return float(self.done / self.due) if self.due > 0 else None


@dataclass(frozen=True, slots=True)
class Pace:
    """What is left to do: hours, whole weeks, hours a week (None when no week or nothing is left)."""

    hours: Decimal
    weeks: int
    hours_per_week: Decimal | None


def pace(left: Decimal, *, starts_on: date, ends_on: date, today: date) -> Pace:
    """The hours left over the weeks left until the end, counted from the start while it has not come."""
    days = (ends_on - max(today, starts_on)).days + 1
    weeks = max(0, -(-days // _DAYS_IN_WEEK))
    hours = max(left, Decimal())
    return Pace(hours, weeks, round(hours / weeks, 1) if weeks and hours else None)


@dataclass(frozen=True, slots=True)
class HiringPlan:
    """What the present team will not do by the end, and who would. Hours; `weekly`: of the team, a week.

    `people`: full-time people who would do what is missing, from now. `latest_on`: the last day to hire them all; None for nobody.
    """

    weekly: Decimal
    missing: Decimal
    people: int
    latest_on: date | None


def hiring_plan(
    left: Decimal, *, weekly: Decimal, ends_on: date, weeks: int, full_week: Decimal
) -> HiringPlan:
    """Hires that finish `left` hours in `weeks` weeks when the team goes on at `weekly` hours a week, each one at `full_week`."""
    missing = max(Decimal(), left - weekly * weeks)
    if not missing or not weeks:
        return HiringPlan(weekly, missing, 0, None)
    people = ceil(missing / (full_week * weeks))
    needed = ceil(missing / (full_week * people))
    return HiringPlan(weekly, missing, people, ends_on - timedelta(weeks=needed) + timedelta(days=1))


def expected(due: Decimal, *, starts_on: date, ends_on: date, today: date) -> Decimal:
    """The hours that would be done by today at an even pace from the first to the last day of the contract."""
    whole = (ends_on - starts_on).days + 1
    gone = min(max((today - starts_on).days, 0), whole)
    return round(max(due, Decimal()) * gone / whole, 2)


def due_month(starts_on: date, ends_on: date, *, today: date) -> date:
    """The month a company declares now: the last whole one, within the contract and not to come."""
    last = min(first_of(today), first_of(ends_on))
    return max(min(add_months(first_of(today), -1), last), first_of(starts_on))
