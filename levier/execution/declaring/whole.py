"""One company, all its commitments, whoever follows them: what to declare now, what is left, who works where, whom to hire by when."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from levier.accounts.models import User
from levier.execution import policies
from levier.execution.declaring.book import ZERO, is_away
from levier.execution.declaring.lacking import asked_of, months_lacking, sent_lines
from levier.execution.models import (
    Commitment,
    Confirmation,
    Contract,
    ContractParty,
    DeclarationLine,
    DeclarationState,
    Entry,
    EntryState,
    LedgerPosting,
    LineState,
    PartyKind,
)
from levier.execution.people.scope import acting
from levier.execution.queries.openings import openings_of
from levier.execution.reporting import HiringPlan, Pace, Report, hiring_plan, pace
from levier.rulebook import parameters
from levier.rulebook.months import add_months, first_of

_WEEKS_IN_MONTH = Decimal(52) / 12


@dataclass(frozen=True, slots=True)
class Due:
    """What a contract asks of the company now: months without a figure, questions, hours of another party that wait for its word."""

    contract: Contract
    report: Report | None
    months: tuple[date, ...]
    questions: int
    to_confirm: int = 0
    is_subcontracted: bool = False

    @property
    def is_late(self) -> bool:
        return bool(self.months) and self.report is not None and self.report.due_on < timezone.localdate()


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment, its pace, and the hires that would finish it. `weekly`: hours a week of the last month declared."""

    commitment: Commitment
    contract: Contract
    done: Decimal
    due: Decimal
    pace: Pace
    plan: HiringPlan


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody of the company, by first name and initial, and the hours of the month on each contract; None while not declared."""

    name: str
    places: tuple[tuple[str, Decimal | None], ...]

    @property
    def hours(self) -> Decimal:
        return sum((hours or ZERO for _, hours in self.places), ZERO)


@dataclass(frozen=True, slots=True)
class WholeCompany:
    """Everything the page says. `month`: the last whole one."""

    month: date
    dues: tuple[Due, ...]
    promises: tuple[Promise, ...]
    workers: tuple[Worker, ...]

    @property
    def waiting(self) -> tuple[Due, ...]:
        return tuple(one for one in self.dues if one.months or one.questions or one.to_confirm)

    @property
    def left(self) -> Decimal:
        return sum((one.pace.hours for one in self.promises), ZERO)

    @property
    def people(self) -> int:
        """Full-time people to hire for all that is missing."""
        return sum(one.plan.people for one in self.promises)


def whole_company(user: User) -> WholeCompany:
    """All the commitments of the companies of an account, in a constant number of queries."""
    today, naming = timezone.localdate(), policies.contracts_naming(user)
    month = add_months(first_of(today), -1)
    contracts = list(
        policies.contracts_carried_out(user)
        .filter(ends_on__gte=add_months(today, -3))
        .exclude(closing__closed_at__isnull=False)
        .order_by("ends_on", "pk")
    )
    taken = policies.subcontracted_by(user).filter(contract__ends_on__gte=add_months(today, -3))
    subcontracted = (
        Contract.objects.with_parties()
        .filter(pk__in=taken.values("contract"))
        .exclude(Q(pk__in=[one.pk for one in contracts]) | Q(closing__closed_at__isnull=False))
    )
    held = {one.pk for one in contracts}
    contracts += subcontracted.order_by("ends_on", "pk")
    with acting(companies=naming):
        entries = list(
            Entry.objects.filter(
                policies.rows_of_firms(naming, company="company", contract="contract"), contract__in=contracts
            )
            .exclude(state=EntryState.REFUSED)
            .select_related("participant")
            .order_by("participant__given_name", "pk")
        )
    lines, openings = _lines(entries), openings_of(one.pk for one in contracts)
    unsaid = _to_confirm(naming)
    dues = tuple(
        _due(
            one,
            [each for each in entries if each.contract_id == one.pk],
            lines,
            openings.get(one.pk),
            today,
            to_confirm=unsaid.get(one.pk, 0),
            is_held=one.pk in held,
        )
        for one in contracts
    )
    return WholeCompany(
        month=month, dues=dues, promises=_promises(contracts, naming, entries, lines, today),
        workers=_workers(contracts, entries, lines, month),
    )  # fmt: skip


def _lines(entries: list[Entry]) -> dict[tuple[int, date], DeclarationLine]:
    """The last line that stands, by entry and month."""
    rows = sent_lines([one.pk for one in entries]).select_related("declaration").order_by("pk")
    return {(one.entry_id, one.declaration.month): one for one in rows}


def _to_confirm(naming: Mapping[int, frozenset[int]]) -> Counter[int]:
    """By contract, the lines sent by its subcontractors (for the holder) or that somebody asks about, without a word of these firms."""
    of, by = "declaration__commitment__contract", "declaration__company"
    subcontractors = ContractParty.objects.filter(
        contract=OuterRef(of), organisation=OuterRef(by), kind=PartyKind.SUBCONTRACTOR
    )
    answered = Confirmation.objects.filter(
        line=OuterRef("pk"), organisation__in=naming, hours=OuterRef("hours"), answered_at__isnull=False
    )
    firms = partial(policies.rows_of_firms, naming, contract=of)
    rows = (
        DeclarationLine.objects.filter(
            firms(company=f"{of}__holder") & Exists(subcontractors)
            | firms(company="confirmations__organisation"),
            state__in=(LineState.WAITING, LineState.QUESTIONED),
        )
        .exclude(declaration__state=DeclarationState.DRAFT)
        .exclude(firms(company=by))
        .exclude(Exists(answered))
    )
    return Counter(contract for _, contract in rows.order_by().values_list("pk", of).distinct())


def _due(
    contract: Contract, entries: list[Entry], lines: dict[tuple[int, date], DeclarationLine],
    opening: LedgerPosting | None, today: date, *, to_confirm: int, is_held: bool,
) -> Due:  # fmt: skip
    lacking = [
        (one, months_lacking(entries, one.months, lines, opening)) for one in asked_of(contract, today)
    ]
    # The day of the oldest one that is owed; of the last one when all is there.
    report = next((one for one, months in lacking if months), lacking[-1][0] if lacking else None)
    months = tuple(month for _, found in lacking for month in found)
    mine = {one.pk for one in entries}
    asked = sum(
        1 for (entry, _), line in lines.items() if entry in mine and line.state == LineState.QUESTIONED
    )
    return Due(contract, report, months, asked, to_confirm, is_subcontracted=not is_held)


def _promises(
    contracts: list[Contract], naming: dict[int, frozenset[int]], entries: list[Entry],
    lines: dict[tuple[int, date], DeclarationLine], today: date,
) -> tuple[Promise, ...]:  # fmt: skip
    rows = (
        Commitment.objects.filter(
            policies.rows_of_firms(naming, company="contractor", contract="contract"), contract__in=contracts
        )
        .select_related("head", "contractor")
        .order_by("contract__ends_on", "contract", "number")
    )
    by_pk = {one.pk: one for one in contracts}
    week = Decimal(str(parameters.get("weekly_hours", "", today).value))
    found = []
    for one in rows:
        contract = by_pk[one.contract_id]
        left = pace(
            one.head.due - one.head.done, starts_on=contract.starts_on, ends_on=contract.ends_on, today=today
        )
        team = [
            each for each in entries
            if each.contract_id == contract.pk and each.company_id == one.contractor_id and each.left_on is None
        ]  # fmt: skip
        weekly = sum((_latest(each, lines) for each in team), ZERO) / _WEEKS_IN_MONTH
        plan = hiring_plan(
            left.hours, weekly=round(weekly, 1), ends_on=contract.ends_on, weeks=left.weeks, full_week=week
        )
        found.append(Promise(one, contract, one.head.done, one.head.due, left, plan))
    return tuple(found)


def _latest(entry: Entry, lines: dict[tuple[int, date], DeclarationLine]) -> Decimal:
    months = [month for pk, month in lines if pk == entry.pk]
    return lines[entry.pk, max(months)].hours if months else ZERO


def _workers(
    contracts: list[Contract],
    entries: list[Entry],
    lines: dict[tuple[int, date], DeclarationLine],
    month: date,
) -> tuple[Worker, ...]:
    """One line a person, even when two structures follow it: the same name, born the same day."""
    titles = {one.pk: one.title for one in contracts}
    found: dict[tuple[str, str, date | None], list[tuple[str, Decimal | None]]] = defaultdict(list)
    for one in entries:
        line = lines.get((one.pk, month))
        if is_away(one, month) and line is None:
            continue
        who = one.participant
        found[who.given_name, who.family_name, who.birth_on].append(
            (titles[one.contract_id], line.hours if line else None)
        )
    return tuple(
        Worker(f"{given} {family[:1]}.".strip(), tuple(places))
        for (given, family, _), places in found.items()
    )
