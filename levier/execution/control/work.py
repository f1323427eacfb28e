"""What needs me today among the contracts: to validate, late, without news, to come. Each line says who does what, since when.

One source of the portfolio: a constant number of queries, whatever the number of contracts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, DecimalField, Exists, F, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import Membership, Role, User
from levier.execution.closing.policies import situations_to_ask
from levier.execution.control import policies as control
from levier.execution.control.defaults import notice_deadline
from levier.execution.models import (
    Amendment,
    AmendmentState,
    AnswerState,
    Contract,
    ControlMeeting,
    Declaration,
    DeclarationLine,
    DeclarationState,
    DefaultProcedure,
    DifficultyNotice,
    EvidenceRequest,
    GlobalisationAnswer,
    LedgerHead,
    LedgerPosting,
    LineState,
    StepKind,
)
from levier.execution.policies import bought_by, contracts_of
from levier.execution.reporting import DueAndDone, last_report
from levier.facilitators.queries.work import Who, WorkItem
from levier.rulebook.months import add_months, first_of

TO_VALIDATE, LATE, SILENT, TO_COME = "À valider", "En retard", "Sans nouvelles", "À venir"
SILENT_AFTER: Final = timedelta(days=60)
SOON: Final = timedelta(days=30)
# The end of a contract is prepared in time to still do hours.
END_SOON: Final = timedelta(days=60)
_MOST = 300
_ACTORS: Final[dict[str, str]] = {
    "buyer": "L’acheteur",
    "facilitator": "Le facilitateur",
    "company": "Le titulaire",
}


@dataclass(frozen=True, slots=True)
class _Line:
    """One contract with for whom the reader acts on it."""

    contract: Contract
    sides: frozenset[str]


def contracts_work(user: User, today: date) -> list[WorkItem]:
    """The lines of every contract the reader buys or follows. A constant number of SQL queries."""
    found = list(_situations(user, today))
    lines = _own_lines(user, today)
    if not lines:
        return found
    for source in (_declared, _entries, _decisions, _evidence, _defaults, _meetings, _calendar):
        found += source(lines, today)
    return found


def _situations(user: User, today: date) -> Iterable[WorkItem]:
    """What became of people at exit, six and twelve months after; closed contracts too."""
    for contract, count, since in situations_to_ask(user, today):
        line = _Line(contract, frozenset({"facilitator"}))
        what = f"situation de {count} personne{'s' if count > 1 else ''} à demander"
        url = reverse("closing:situations", args=[contract.pk])
        yield _item(line, TO_COME, what, "facilitator", since, url=url)


def _own_lines(user: User, today: date) -> dict[int, _Line]:
    """As in `policies.sides_for`; a company has its own page."""
    held = Membership.objects.filter(user=user)
    following = Coalesce("facilitator_id", "buyer_id")
    rows: Any = (
        contracts_of(user)
        .filter(Q(closing=None) | Q(closing__closed_at=None))
        .select_related("buyer", "holder", "facilitator")
        .annotate(
            following=following,
            i_buy=Exists(Contract.objects.filter(bought_by(user), pk=OuterRef("pk"))),
            i_follow=Exists(held.filter(organisation=OuterRef("following"), role=Role.FACILITATOR)),
        )
        .order_by("ends_on", "pk")[:_MOST]
    )
    lines = {}
    for one in rows:
        sides = {"buyer"} if one.i_buy else set()
        if one.i_follow or (one.i_buy and one.is_in_house):
            sides.add("facilitator")
        if sides:
            lines[one.pk] = _Line(one, frozenset(sides))
    return lines


def _item(
    line: _Line, kind: str, what: str, side: str, since: date, *, due: date | None = None, url: str = ""
) -> WorkItem:
    contract = line.contract
    who: Who = "me" if side in line.sides else "buyer" if side == "buyer" else "other"
    return WorkItem(
        kind=kind,
        title=f"{contract.title} : {what}",
        url=url or reverse("execution:contract", args=[contract.pk]),
        buyer=contract.buyer.name,
        next_actor=contract.holder.name if side == "company" else _ACTORS[side],
        since=since,
        due=due,
        who=who,
    )


def _control(line: _Line) -> str:
    return reverse("control:control", args=[line.contract.pk])


def _declared(lines: dict[int, _Line], today: date) -> Iterable[WorkItem]:
    """Lines of declarations sent that wait, one line a contract."""
    waiting = (
        DeclarationLine.objects.filter(
            declaration__commitment__contract__in=lines, declaration__state=DeclarationState.SENT,
            state=LineState.WAITING,
        )
        .order_by()
        .values(key=F("declaration__commitment__contract"))
        .annotate(n=Count("pk"), since=Min("declaration__sent_at"))
    )  # fmt: skip
    for row in waiting:
        line = lines[row["key"]]
        what = f"{row['n']} ligne{'s' if row['n'] > 1 else ''} d’heures à décider"
        url = reverse("declaring:grid", args=[line.contract.pk])
        yield _item(line, TO_VALIDATE, what, "facilitator", timezone.localdate(row["since"]), url=url)


def _entries(lines: dict[int, _Line], today: date) -> Iterable[WorkItem]:
    """Entries of people that wait for the facilitator, counted."""
    mine = [key for key, line in lines.items() if "facilitator" in line.sides]
    for key, (count, since) in control.waiting_entries(lines[one].contract for one in mine).items():
        what = f"{count} entrée{'s' if count > 1 else ''} de personne à valider"
        yield _item(lines[key], TO_VALIDATE, what, "facilitator", since, url=reverse("people:index"))


def _decisions(lines: dict[int, _Line], today: date) -> Iterable[WorkItem]:
    """What the buyer must say: amendments, difficulties, globalisations."""
    for amendment in Amendment.objects.filter(contract__in=lines, state=AmendmentState.WAITING):
        line = lines[amendment.contract_id]
        yield _item(
            line, TO_VALIDATE, f"avenant « {amendment.reference} » à décider", "buyer",
            timezone.localdate(amendment.created_at),
        )  # fmt: skip
    for notice in DifficultyNotice.objects.filter(contract__in=lines, decided_at=None):
        line = lines[notice.contract_id]
        what = f"difficulté signalée ({notice.get_cause_display().lower()}), suite à décider"
        yield _item(line, TO_VALIDATE, what, "buyer", timezone.localdate(notice.told_at), url=_control(line))
    for answer in GlobalisationAnswer.objects.filter(
        contract__in=lines, state=AnswerState.WAITING
    ).select_related("request"):
        line = lines[answer.contract_id]
        since = timezone.localdate(answer.request.asked_at)
        yield _item(
            line, TO_VALIDATE, "globalisation des heures demandée", "buyer", since, url=_control(line)
        )


def _evidence(lines: dict[int, _Line], today: date) -> Iterable[WorkItem]:
    """Papers asked for: late, the facilitator calls; to come, the company owes them."""
    asked = EvidenceRequest.objects.filter(contract__in=lines, received_on=None, due_on__lte=today + SOON)
    for one in asked:
        line, since = lines[one.contract_id], timezone.localdate(one.asked_at)
        is_late = one.due_on < today
        yield _item(
            line, LATE if is_late else TO_COME, f"{one.what}, à remettre",
            "facilitator" if is_late else "company", since, due=one.due_on, url=_control(line),
        )  # fmt: skip


def _defaults(lines: dict[int, _Line], today: date) -> Iterable[WorkItem]:
    """Defaults that are open: who moves the next step."""
    for one in DefaultProcedure.objects.filter(contract__in=lines, closed_at=None).prefetch_related("steps"):
        line, steps = lines[one.contract_id], list(one.steps.all())
        last, deadline = steps[-1], notice_deadline(steps)
        what, side = {
            StepKind.REMINDER: ("relance envoyée, suite à donner", "facilitator"),
            StepKind.MEETING: ("après la réunion, suite à donner", "facilitator"),
            StepKind.NOTICE: ("mise en demeure, observations attendues", "company"),
            StepKind.OBSERVATIONS: ("observations reçues, calcul à proposer", "facilitator"),
            StepKind.PROPOSAL: ("pénalité proposée, à décider", "buyer"),
            StepKind.DECISION: ("pénalité décidée, procédure à clore", "buyer"),
        }[StepKind(last.kind)]
        due = last.deadline
        if last.kind == StepKind.NOTICE and deadline is not None and deadline < today:
            what, side, due = "délai de la mise en demeure passé, calcul à proposer", "facilitator", deadline
        url = reverse("control:default", args=[one.pk])
        yield _item(line, LATE, what, side, timezone.localdate(last.at), due=due, url=url)


def _meetings(lines: dict[int, _Line], today: date) -> Iterable[WorkItem]:
    """Meetings to come in a month, and those whose minutes are not written."""
    planned = ControlMeeting.objects.filter(contract__in=lines, noted_at=None, held_on__lte=today + SOON)
    for one in planned:
        line, since = lines[one.contract_id], timezone.localdate(one.convened_at)
        is_past = one.held_on < today
        what = f"{one.get_kind_display().lower()}{', compte rendu à écrire' if is_past else ''}"
        yield _item(
            line,
            LATE if is_past else TO_COME,
            what,
            "facilitator",
            since,
            due=one.held_on,
            url=_control(line),
        )


class _Hours(DueAndDone):
    __slots__ = ("done", "due")

    def __init__(self, due: Any, done: Any) -> None:
        self.due, self.done = due, done


def _calendar(lines: dict[int, _Line], today: date) -> Iterable[WorkItem]:
    """Declarations whose date is passed, contracts nobody speaks of, ends to prepare or passed with hours missing."""
    heads = {
        row["contract"]: row
        for row in Contract.objects.filter(pk__in=lines)
        .order_by()
        .values(contract=F("pk"))
        .annotate(
            due=Coalesce(_sum("due"), 0, output_field=_hours()),
            done=Coalesce(_sum("done"), 0, output_field=_hours()),
            seen=Greatest(
                Max("commitments__head__written_at"), Max("difficulties__told_at"), Max("meetings__noted_at")
            ),
        )
    }
    months: dict[int, set[date]] = defaultdict(set)
    declared = Declaration.objects.filter(commitment__contract__in=lines).exclude(
        state=DeclarationState.DRAFT
    )
    for key, month in declared.order_by().values_list("commitment__contract", "month").distinct():
        months[key].add(month)
    # Hours a facilitator counted by itself are news as well.
    counted = LedgerPosting.objects.filter(commitment__contract__in=lines, person_month__isnull=False)
    for key, month in (
        counted.order_by().values_list("commitment__contract", "person_month__month").distinct()
    ):
        months[key].add(month)
    for key, line in lines.items():
        row = heads[key]
        yield from _of_calendar(line, _Hours(row["due"], row["done"]), row["seen"], months[key], today)


def _of_calendar(
    line: _Line, hours: _Hours, seen: Any, declared: set[date], today: date
) -> Iterable[WorkItem]:
    contract = line.contract
    if hours.due <= 0 or hours.left <= 0:
        if hours.due > 0 and today > contract.ends_on:
            url = reverse("closing:closing", args=[contract.pk])
            yield _item(
                line,
                TO_COME,
                "tout est fait, à clore et à attester",
                "facilitator",
                contract.ends_on,
                url=url,
            )
        return
    if today > contract.ends_on:
        url = reverse("control:control", args=[contract.pk])
        yield _item(
            line,
            LATE,
            "contrat fini, heures manquantes",
            "facilitator",
            contract.ends_on,
            due=contract.ends_on,
            url=url,
        )
        return
    report = last_report(
        contract.reporting_period, contract.reporting_due_day, starts_on=contract.starts_on,
        ends_on=contract.ends_on, today=today,
    )  # fmt: skip
    if report is not None and not any(first_of(report.first) <= month <= report.last for month in declared):
        what = f"déclaration du {report.first:%d/%m/%Y} au {report.last:%d/%m/%Y}, non reçue"
        yield _item(line, LATE, what, "facilitator", report.due_on, due=report.due_on)
    last_sign = max(contract.starts_on, timezone.localdate(seen) if seen else contract.starts_on)
    last_sign = max([last_sign, *(add_months(month, 1) for month in declared)])
    if today - last_sign > SILENT_AFTER:
        yield _item(line, SILENT, "aucune nouvelle", "facilitator", last_sign)
    if contract.ends_on - today <= END_SOON:
        yield _item(
            line, TO_COME, "fin du contrat, heures à finir", "facilitator", today, due=contract.ends_on
        )


def _hours() -> Any:
    return DecimalField(max_digits=11, decimal_places=2)


def _sum(name: str) -> Any:
    """The heads of a contract, summed apart: a join with its difficulties would count them several times."""
    own = LedgerHead.objects.filter(commitment__contract=OuterRef("pk")).order_by()
    return Subquery(own.values("commitment__contract").annotate(n=Sum(name)).values("n"))
