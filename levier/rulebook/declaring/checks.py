"""The checks of the figure, the month, the dates and the person: one small function for each rule of rules.yaml."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from levier.rulebook.declaring.line import Around, Line
from levier.rulebook.declaring.registry import Words, dated, full_line, h, limit, month_words, rule
from levier.rulebook.figures import counted
from levier.rulebook.months import add_months, days_of, first_of, last_of
from levier.rulebook.working_days import is_working_day

CENT: Final = Decimal("0.01")
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d(?:[\s.\u00a0\u202f-]?\d){12,14}(?!\d)")


@rule
def hours_missing(line: Line, around: Around) -> Words:
    return {} if line.amount is None else None


@rule
def hours_negative(line: Line, around: Around) -> Words:
    return {"hours": h(line.amount)} if line.amount is not None and line.amount < 0 else None


@rule
def hours_zero(line: Line, around: Around) -> Words:
    return {} if line.amount == 0 else None


@rule
def hours_too_precise(line: Line, around: Around) -> Words:
    hours = line.amount
    if hours is None or abs(hours) > 10**6 or hours == hours.quantize(CENT):
        return None
    return {"hours": str(hours).replace(".", ",")}


@rule
def parts_over_total(line: Line, around: Around) -> Words:
    parts = line.training_hours + line.tutoring_hours
    if line.amount is None or parts <= line.amount:
        return None
    return {"parts": h(parts), "hours": h(line.amount)}


@rule
def tutoring_declared(line: Line, around: Around) -> Words:
    return {"tutoring": h(line.tutoring_hours)} if line.tutoring_hours > 0 else None


@rule
def number_of_a_person(line: Line, around: Around) -> Words:
    return {} if _LONG_NUMBER.search(line.comment) else None


@rule
def month_missing(line: Line, around: Around) -> Words:
    return {} if line.month is None else None


@rule
def month_in_future(line: Line, around: Around) -> Words:
    if line.month is None or first_of(line.month) <= around.today:
        return None
    return {"month": month_words(line.month)}


@rule
def month_closed(line: Line, around: Around) -> Words:
    if line.month is None or around.closed_on is None or around.today <= around.closed_on:
        return None
    return {"month": month_words(line.month), "closed": f"{around.closed_on:%d/%m/%Y}"}


@rule
def month_skipped(line: Line, around: Around) -> Words:
    if line.month is None or not (before := around.before(line.month)):
        return None
    month = add_months(before[-1][0], 1)
    missing: list[str] = []
    while month < first_of(line.month) and len(missing) < 12:
        missing.append(month_words(month))
        month = add_months(month, 1)
    return {"missing": ", ".join(missing)} if missing else None


@rule
def declared_late(line: Line, around: Around) -> Words:
    when = around.declared_on or around.today
    if around.due_on is None or when <= around.due_on:
        return None
    return {"due": f"{around.due_on:%d/%m/%Y}"}


@rule
def duplicate_line(line: Line, around: Around) -> Words:
    if line.month is None or not around.has_same_line:
        return None
    return {"month": month_words(line.month)}


@lru_cache(maxsize=2048)
def _weekdays(first: date, last: date) -> int:
    """How many days from Monday to Friday, both days included."""
    return sum(day.weekday() < 5 for day in days_of(first, last))


@lru_cache(maxsize=2048)
def _open_days(month: date, departement: str) -> int:
    """Working days of a month."""
    return sum(is_working_day(day, departement) for day in days_of(first_of(month), last_of(month)))


def weekly_average(line: Line, around: Around) -> float | None:
    """Hours a week over the days of presence, counted from Monday to Friday; None when it cannot be said."""
    if not full_line(line):
        return None
    first, last = first_of(line.month), last_of(line.month)  # type: ignore[arg-type]
    weeks = _weekdays(max(first, around.hired_on or first), min(last, around.left_on or last)) / 5
    return float(line.amount) / weeks if weeks else None  # type: ignore[arg-type]


@rule
def over_35_a_week(line: Line, around: Around) -> Words:
    weekly, most = weekly_average(line, around), limit("weekly_hours", line, around)
    highest = limit("weekly_maximum", line, around)
    if weekly is None or weekly <= most + 1e-9 or weekly > highest + 1e-9:
        return None
    return {"weekly": h(weekly, 1), "limit": h(most)}


@rule
def over_48_a_week(line: Line, around: Around) -> Words:
    weekly, most = weekly_average(line, around), limit("weekly_maximum", line, around)
    if weekly is None or weekly <= most + 1e-9:
        return None
    return {"weekly": h(weekly, 1), "limit": h(most)}


@rule
def over_a_month(line: Line, around: Around) -> Words:
    most = limit("month_hours", line, around)
    if line.amount is None or line.amount <= most:
        return None
    return {"hours": h(line.amount), "limit": h(most)}


@rule
def holiday_month_too_high(line: Line, around: Around) -> Words:
    if line.month is None or line.amount is None:
        return None
    open_days = _open_days(line.month, around.departement)
    holidays = _weekdays(first_of(line.month), last_of(line.month)) - open_days
    possible = open_days * limit("day_hours", line, around)
    # Holidays are usually paid: only hours said to be worked beyond the open days are strange.
    if not holidays or line.amount <= possible:
        return None
    return {
        "month": month_words(line.month),
        "holidays": counted(holidays, "jour férié", plural="jours fériés"),
        "possible": h(possible),
        "hours": h(line.amount),
    }


@rule
def overlap_between_employers(line: Line, around: Around) -> Words:
    most = limit("month_hours", line, around)
    if line.amount is None or not around.other_employers:
        return None
    total = line.amount + around.other_employers
    return {"total": h(total), "limit": h(most)} if total > most else None


@rule
def before_contract(line: Line, around: Around) -> Words:
    if line.month is None or around.contract_from is None or last_of(line.month) >= around.contract_from:
        return None
    return {"month": month_words(line.month), "start": f"{around.contract_from:%d/%m/%Y}"}


@rule
def after_contract(line: Line, around: Around) -> Words:
    if line.month is None or around.contract_to is None or first_of(line.month) <= around.contract_to:
        return None
    return {"month": month_words(line.month), "end": f"{around.contract_to:%d/%m/%Y}"}


@rule
def before_hiring(line: Line, around: Around) -> Words:
    if line.month is None or around.hired_on is None or last_of(line.month) >= around.hired_on:
        return None
    return {"month": month_words(line.month), "hired": f"{around.hired_on:%d/%m/%Y}"}


@rule
def after_departure(line: Line, around: Around) -> Words:
    if line.month is None or around.left_on is None or first_of(line.month) <= around.left_on:
        return None
    return {"month": month_words(line.month), "left": f"{around.left_on:%d/%m/%Y}"}


@rule
def person_not_validated(line: Line, around: Around) -> Words:
    return None if around.is_validated else {}


@rule
def privacy_notice_missing(line: Line, around: Around) -> Words:
    return None if around.notice_given else {}


@rule
def before_eligibility(line: Line, around: Around) -> Words:
    if line.month is None or around.eligible_from is None or last_of(line.month) >= around.eligible_from:
        return None
    return {"month": month_words(line.month), "start": f"{around.eligible_from:%d/%m/%Y}"}


@rule
def after_eligibility(line: Line, around: Around) -> Words:
    if line.month is None or around.eligible_until is None or first_of(line.month) <= around.eligible_until:
        return None
    return {"end": f"{around.eligible_until:%d/%m/%Y}"}


@rule
def over_ai_ceiling(line: Line, around: Around) -> Words:
    if line.modality != "ai" or not around.in_company or around.ai_ceiling_lifted or line.amount is None:
        return None
    most = dated("ai_ceiling_hours", line, around)
    total = around.ai_total_before + line.amount
    return {"total": h(total), "limit": h(most)} if total > most else None


@rule
def no_proof(line: Line, around: Around) -> Words:
    return None if around.proof_seen else {}


@rule
def proof_expired(line: Line, around: Around) -> Words:
    valid_to, entry = around.proof_valid_to, around.entry_on
    if not around.proof_seen or valid_to is None or entry is None or valid_to > entry - timedelta(days=1):
        return None
    return {"valid_to": f"{valid_to:%d/%m/%Y}"}
