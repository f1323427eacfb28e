"""Which months are still to be declared, and by whom: the one rule of the grid, the reminders, the portfolio and « Mon mois ».

A month is declared by a company once each person who was there has a line that was sent and that stands.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from levier.execution.declaring.book import is_away
from levier.execution.models import (
    Contract,
    DeclarationLine,
    DeclarationState,
    Entry,
    EntryState,
    LedgerPosting,
    LineState,
)
from levier.execution.people.scope import acting
from levier.execution.queries.openings import openings_of
from levier.execution.reporting import Report, reports_asked
from levier.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Missing:
    """A company that has not declared every month of a period."""

    contract: Contract
    company: Organisation
    report: Report
    months: tuple[date, ...]


def asked_of(contract: Contract, today: date) -> tuple[Report, ...]:
    """The declarations a contract asks for today, the newest last."""
    return reports_asked(
        contract.reporting_period, contract.reporting_due_day, starts_on=contract.starts_on,
        ends_on=contract.ends_on, today=today,
    )  # fmt: skip


def sent_lines(entries: Collection[int]) -> QuerySet[DeclarationLine]:
    """The lines of these entries that a facilitator got, and did not refuse."""
    rows = DeclarationLine.objects.filter(entry__in=entries).exclude(
        declaration__state=DeclarationState.DRAFT
    )
    return rows.exclude(state=LineState.REJECTED)


def months_lacking(
    entries: Iterable[Entry], months: Iterable[date], told: Collection[tuple[int, date]],
    opening: LedgerPosting | None,
) -> tuple[date, ...]:  # fmt: skip
    """Those of `months` when somebody of these entries was there without a line; `told`: (entry, month) of the lines sent.

    `opening`: the total taken over of the contract; the months it holds are counted already.
    """
    present = list(entries)
    return tuple(
        month
        for month in months
        if (opening is None or month > opening.effective_on)
        and any(not is_away(one, month) and (one.pk, month) not in told for one in present)
    )


def missing_of(contracts: Iterable[Contract], today: date) -> list[Missing]:
    """What the companies of these contracts still owe of the periods asked for, the oldest first. Three SQL queries.

    Read for the structures that follow them: no name leaves, whoever asks.
    """
    asked = {one.pk: (one, asked_of(one, today)) for one in contracts}
    asked = {key: pair for key, pair in asked.items() if pair[1]}
    if not asked:
        return []
    with acting(followers={one.facilitator_id or one.buyer_id for one, _ in asked.values()}):
        entries = list(
            Entry.objects.filter(contract__in=asked)
            .exclude(state=EntryState.REFUSED)
            .select_related("company")
            .order_by("contract", "company__name", "pk")
        )
        months = {month for _, reports in asked.values() for one in reports for month in one.months}
        lines = sent_lines([one.pk for one in entries]).filter(declaration__month__in=months)
        told = set(lines.values_list("entry", "declaration__month"))
    openings = openings_of(asked)
    teams: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    for one in entries:
        teams[one.contract_id, one.company_id].append(one)
    return [
        Missing(asked[key][0], team[0].company, report, lacking)
        for (key, _), team in teams.items()
        for report in asked[key][1]
        if (lacking := months_lacking(team, report.months, told, openings.get(key)))
    ]
