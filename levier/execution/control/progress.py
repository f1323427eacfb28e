"""How a contract goes: its judgement, read from the ledger, and the curve of the page, without any person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import DecimalField, Sum
from django.db.models.functions import TruncMonth

from levier.core.typography import day, figure
from levier.core.typography import hours as in_hours
from levier.execution.models import Account, Contract, LedgerPosting
from levier.execution.queries.contracts import declared_hours
from levier.execution.queries.listing import ContractRow
from levier.execution.queries.openings import LedgerMonths, openings_of
from levier.rulebook.forecast import MOST_MONTHS, Forecast, Progress, even_line, progress
from levier.rulebook.months import add_months, first_of

# The picture is drawn in these units and stretched by the page: it holds no text.
WIDTH, HEIGHT = 1000, 400
_HEADROOM = Decimal("1.05")
_TONES = {"green": "ok", "amber": "check", "red": "danger", "none": "neutral"}
_WORDS = {
    "green": "Dans les temps",
    "amber": "À surveiller",
    "red": "En retard",
    "none": "Trop tôt pour juger",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the table beside the curve: at the end of a month, hours since the start. `done` None: to come."""

    on: date
    due: Decimal
    expected: Decimal
    done: Decimal | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Paths of the picture (x from the first to the last day shown, y from 0 to `top` hours), and the same as a table."""

    due: str
    expected: str
    done: str
    band: str
    middle: str
    today: str
    top: Decimal
    first: date
    last: date
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page says of how a contract goes."""

    progress: Progress
    curve: Curve | None
    sentence: str
    is_over: bool = False

    @property
    def tone(self) -> str:
        return _TONES[self.progress.light]

    @property
    def word(self) -> str:
        if self.progress.light == "none" and self.progress.due <= 0:
            return "Rien n’est dû"
        if self.is_over and self.progress.light == "red":
            return "Terminé, heures manquantes"
        return _WORDS[self.progress.light]


def standing_of(
    contract: Contract, *, today: date, waiting: Decimal | None = None, months: LedgerMonths | None = None
) -> Standing:
    """Judge one contract. `waiting` (hours not decided yet), `months` (its ledger): read when not given. Three SQL queries at most."""
    months = months or _months_of(contract)
    monthly, dues, opening = dict(months.done), dict(months.due), months.opening
    if opening is not None:
        month = first_of(opening.effective_on)
        monthly = _with_opening({**monthly, month: monthly[month] - opening.hours}, opening, contract)
    seen = progress(
        due=sum(dues.values(), Decimal()), monthly=monthly, starts_on=contract.starts_on,
        ends_on=contract.ends_on, today=today,
        waiting=declared_hours(contract) if waiting is None else waiting,
    )  # fmt: skip
    curve = _curve(contract, seen, dues, monthly, today) if seen.due > 0 else None
    return Standing(seen, curve, _sentence(contract, seen, today), today > contract.ends_on)


def _months_of(contract: Contract) -> LedgerMonths:
    """Summed by the database. Two SQL queries."""
    lines = (
        LedgerPosting.objects.filter(commitment__contract=contract)
        .annotate(month=TruncMonth("effective_on"))
        .order_by()
        .values_list("account", "month")
        .annotate(hours=Sum("hours", output_field=DecimalField()))
    )
    monthly: dict[date, Decimal] = {}
    dues: dict[date, Decimal] = {}
    for account, month, hours in lines:
        (dues if account == Account.DUE else monthly)[month] = hours
    return LedgerMonths(dues, monthly, openings_of([contract.pk]).get(contract.pk))


def lights_of(rows: Sequence[ContractRow], *, today: date) -> list[tuple[str, str, str]]:
    """The light of each line of a list, as (tone, word, first reason). Two SQL queries, on the last months alone."""
    since = add_months(first_of(today), -MOST_MONTHS - 1)
    keys = [one.contract.pk for one in rows]
    recent: dict[int, dict[date, Decimal]] = {key: {} for key in keys}
    lines = (
        LedgerPosting.objects.filter(
            commitment__contract__in=keys,
            account=Account.DONE,
            effective_on__gte=since,
            person_month__isnull=False,
        )
        .annotate(month=TruncMonth("effective_on"))
        .order_by()
        .values_list("commitment__contract", "month")
        .annotate(hours=Sum("hours", output_field=DecimalField()))
    )
    for key, month, hours in lines:
        recent[key][month] = hours
    openings = openings_of(keys)
    found = []
    for one in rows:
        if one.is_closed:
            found.append(("neutral", "Clos", ""))
            continue
        contract, monthly = one.contract, recent[one.contract.pk]
        if contract.pk in openings:
            monthly = _with_opening(monthly, openings[contract.pk], contract)
        # What is older has no month here: it counts as done before those that are read.
        older = one.done - sum(monthly.values(), Decimal())
        if older:
            before = add_months(since, -1)
            monthly = monthly | {before: monthly.get(before, Decimal()) + older}
        seen = progress(
            due=one.due, monthly=monthly, starts_on=contract.starts_on, ends_on=contract.ends_on, today=today
        )
        standing = Standing(seen, None, "", one.is_over)
        found.append((standing.tone, standing.word, seen.reasons[0] if seen.reasons else ""))
    return found


def _with_opening(
    monthly: dict[date, Decimal], opening: LedgerPosting, contract: Contract
) -> dict[date, Decimal]:
    """A total taken over says nothing of its months: it is read at an even pace, from the start of the contract to its own day."""
    first, last = first_of(contract.starts_on), first_of(opening.effective_on)
    months = [first]
    while months[-1] < last:
        months.append(add_months(months[-1], 1))
    part = round(opening.hours / len(months), 2)
    spread = dict.fromkeys(months, part)
    spread[months[-1]] = opening.hours - part * (len(months) - 1)
    return {key: monthly.get(key, Decimal()) + spread.get(key, Decimal()) for key in {*monthly, *spread}}


def _sentence(contract: Contract, seen: Progress, today: date) -> str:
    """« Où en est ce contrat »."""
    if seen.due <= 0:
        return (
            "Rien n’est dû pour l’instant : les heures viendront des commandes, des factures ou des relevés."
        )
    words = f"{in_hours(seen.done, 2)} faites sur {in_hours(seen.due, 2)} dues"
    if today > contract.ends_on:
        return f"{words} ; le contrat est fini depuis le {day(contract.ends_on)}."
    words += f", pour {in_hours(seen.expected)} attendues à ce jour à un rythme égal"
    if seen.forecast and seen.done < seen.due:
        words += f". Si le rythme continue : {_range(seen.forecast)} le {day(contract.ends_on)}"
    return f"{words}."


def _range(found: Forecast) -> str:
    if found.low == found.high:
        return f"environ {in_hours(found.end)}"
    return f"environ {in_hours(found.end)}, entre {figure(found.low)} et {in_hours(found.high)},"


def _curve(
    contract: Contract, seen: Progress, dues: dict[date, Decimal], monthly: dict[date, Decimal], today: date
) -> Curve:
    end = contract.ends_on + timedelta(days=1)
    first = contract.starts_on
    last = max(end, today if today <= end else min(today, end + timedelta(days=62)))
    top = max(seen.due, seen.done, seen.forecast.high if seen.forecast else Decimal()) * _HEADROOM

    def at(on: date, hours: Decimal) -> str:
        # A month is counted from its first day, which may come before the contract.
        x = WIDTH * max((on - first).days, 0) / max((last - first).days, 1)
        return f"{x:.1f} {HEIGHT - HEIGHT * float(hours / top):.1f}"

    def path(points: Sequence[tuple[date, Decimal]]) -> str:
        return "M" + " L".join(at(*one) for one in points) if points else ""

    now = min(today, last)
    done = _steps(monthly, contract.starts_on, now)
    band = middle = ""
    if seen.forecast:
        found = seen.forecast
        band = path([(now, seen.done), (end, found.high), (end, found.low)]) + "Z"
        middle = path([(now, seen.done), (end, found.end)])
    return Curve(
        due=path(_stairs(dues, last)),
        expected=path(even_line(seen.due, starts_on=contract.starts_on, ends_on=contract.ends_on)),
        done=path(done),
        band=band,
        middle=middle,
        today=path([(now, Decimal()), (now, top)]),
        top=top,
        first=first,
        last=last - timedelta(days=1),
        points=_table(contract, dues, monthly, seen, now),
    )


def _steps(monthly: dict[date, Decimal], first: date, now: date) -> list[tuple[date, Decimal]]:
    """Hours done since the start, at the end of each month; up to now."""
    total, points = Decimal(), [(first, Decimal())]
    for month in sorted(monthly):
        total += monthly[month]
        points.append((min(add_months(month, 1), now), total))
    if points[-1][0] < now:
        points.append((now, total))
    return points


def _stairs(dues: dict[date, Decimal], last: date) -> list[tuple[date, Decimal]]:
    """What is due changes at once, and stays."""
    total, points = Decimal(), list[tuple[date, Decimal]]()
    for month in sorted(dues):
        if points:
            points.append((month, total))
        total += dues[month]
        points.append((month, total))
    return [*points, (last, total)]


def _table(
    contract: Contract, dues: dict[date, Decimal], monthly: dict[date, Decimal], seen: Progress, now: date
) -> tuple[Point, ...]:
    """By quarter of the calendar, and the end: a table one can read."""
    whole = (contract.ends_on - contract.starts_on).days + 1
    months = [contract.starts_on.replace(day=1)]
    while add_months(months[-1], 1) <= contract.ends_on:
        months.append(add_months(months[-1], 1))
    found = []
    for month in months:
        if month.month % 3 and month != months[-1] and len(months) > 12:
            continue
        on = min(add_months(month, 1) - timedelta(days=1), contract.ends_on)
        gone = Decimal((on - contract.starts_on).days + 1) / whole
        done = sum((hours for start, hours in monthly.items() if start <= month), Decimal())
        due = sum((hours for start, hours in dues.items() if start <= month), Decimal())
        found.append(Point(on, due, round(seen.due * gone, 1), done if month <= now else None))
    return tuple(found)
