"""What needs me today among the contracts: to validate, late, without news, to come. Each line says who does what, since when.

One source of the portfolio: a constant number of queries, whatever the number of contracts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import DecimalField, Exists, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import Membership, Role, User
from levier.core.mail_returns import given_up
from levier.execution.control import arrived
from levier.execution.control import policies as control
from levier.execution.control.defaults import notice_deadline
from levier.execution.control.work_lines import LATE, SILENT, TO_COME, TO_VALIDATE, UNDERWAY, Line, item
from levier.execution.declaring.contacts import UNREACHABLE, Reachable, contacts_of, last_notes
from levier.execution.declaring.lacking import missing_of
from levier.execution.declaring.letters import months_named
from levier.execution.models import (
    Amendment,
    AmendmentState,
    AnswerState,
    ContactNote,
    Contract,
    ControlMeeting,
    Declaration,
    DeclarationReminder,
    DefaultProcedure,
    DifficultyNotice,
    EvidenceRequest,
    GlobalisationAnswer,
    HoursTransfer,
    LedgerHead,
    Position,
    ReminderStep,
    StepKind,
)
from levier.execution.policies import Known, contracts_and_bought, without_decider
from levier.execution.reporting import DueAndDone
from levier.facilitators.queries.work import WorkItem

SILENT_AFTER: Final = timedelta(days=60)
EMPTY_AFTER: Final = timedelta(days=30)
SOON: Final = timedelta(days=30)
# The end of a contract is prepared in time to still do hours.
END_SOON: Final = timedelta(days=60)
_MOST = 300


def contracts_work(user: User, today: date, known: Known | None = None) -> list[WorkItem]:
    """The lines of every contract the reader buys or follows. A constant number of SQL queries. `known`: as `policies.known_by_role`."""
    found: list[WorkItem] = []
    lines = _own_lines(user, today, known)
    if not lines:
        return found
    for source in _SOURCES:
        found += source(lines, today)
    return found


def _own_lines(user: User, today: date, known: Known | None) -> dict[int, Line]:
    """As in `policies.sides_for`; a company has its own page."""
    held = Membership.objects.filter(user=user)
    following = Coalesce("facilitator_id", "buyer_id")
    seen, bought = contracts_and_bought(user, known)
    rows: Any = (
        seen.filter(Q(closing=None) | Q(closing__closed_at=None))
        .select_related("buyer", "holder", "facilitator")
        .annotate(
            following=following,
            i_buy=Exists(Contract.objects.filter(bought, pk=OuterRef("pk"))),
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
            lines[one.pk] = Line(one, frozenset(sides))
    return lines


def _control(line: Line) -> str:
    return reverse("control:control", args=[line.contract.pk])


def _decisions(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """What the buyer must say: amendments, difficulties, globalisations."""
    amendments = list(Amendment.objects.filter(contract__in=lines, state=AmendmentState.WAITING))
    alone = without_decider(lines[one.contract_id].contract for one in amendments)
    for amendment in amendments:
        line = lines[amendment.contract_id]
        # Nobody of the buyer may decide here: whoever follows asks it, and writes down what it says.
        side = "facilitator" if line.contract.pk in alone else "buyer"
        yield item(
            line, TO_VALIDATE, f"avenant « {amendment.reference} » à décider", side,
            timezone.localdate(amendment.created_at),
        )  # fmt: skip
    for transfer in HoursTransfer.objects.filter(contract__in=lines, state=AmendmentState.WAITING):
        line = lines[transfer.contract_id]
        url = (
            reverse("control:change", args=["decision-transfert", transfer.pk])
            if "buyer" in line.sides
            else ""
        )
        since = timezone.localdate(transfer.asked_at)
        yield item(line, TO_VALIDATE, "transfert d’heures entre membres, à décider", "buyer", since, url=url)
    for notice in DifficultyNotice.objects.filter(contract__in=lines, decided_at=None):
        line, since = lines[notice.contract_id], timezone.localdate(notice.told_at)
        what = f"difficulté signalée ({notice.get_cause_display().lower()})"
        if "buyer" in line.sides:
            yield item(line, TO_VALIDATE, f"{what}, suite à décider", "buyer", since, url=_control(line))
        else:
            # Whoever follows calls the company, and tells the buyer what it proposes.
            yield item(
                line,
                TO_VALIDATE,
                f"{what}, à préparer pour l’acheteur",
                "facilitator",
                since,
                url=_control(line),
            )
    for answer in GlobalisationAnswer.objects.filter(
        contract__in=lines, state=AnswerState.WAITING
    ).select_related("request"):
        line = lines[answer.contract_id]
        since = timezone.localdate(answer.request.asked_at)
        yield item(line, TO_VALIDATE, "globalisation des heures demandée", "buyer", since, url=_control(line))


def _evidence(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """Papers asked for: late, the facilitator calls; to come, the company owes them."""
    asked = EvidenceRequest.objects.filter(contract__in=lines, received_on=None, due_on__lte=today + SOON)
    for one in asked:
        line, since = lines[one.contract_id], timezone.localdate(one.asked_at)
        is_late = one.due_on < today
        yield item(
            line, LATE if is_late else TO_COME, f"{one.what}, à remettre",
            "facilitator" if is_late else "company", since, due=one.due_on, url=_control(line),
        )  # fmt: skip


def _defaults(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
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
        kind = LATE if due is not None and due < today else UNDERWAY
        yield item(line, kind, what, side, timezone.localdate(last.at), due=due, url=url)


def _meetings(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """Meetings to come in a month, and those whose minutes are not written."""
    planned = ControlMeeting.objects.filter(contract__in=lines, noted_at=None, held_on__lte=today + SOON)
    for one in planned:
        line, since = lines[one.contract_id], timezone.localdate(one.convened_at)
        is_past = one.held_on < today
        what = f"{one.get_kind_display().lower()}{', compte rendu à écrire' if is_past else ''}"
        yield item(
            line,
            LATE if is_past else TO_COME,
            what,
            "facilitator",
            since,
            due=one.held_on,
            url=_control(line),
        )


def _unreachable(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """Contacts that answer no more, or whose mails come back, until somebody corrects the address or hears of them."""
    notes = last_notes(line.contract for line in lines.values())
    lost = {
        key: known for key, known in notes.items() if any(one.word in UNREACHABLE for one in known.values())
    }
    if not lost:
        return
    contracts = (
        Contract.objects.filter(pk__in=lost)
        .with_parties()
        .prefetch_related("contacts", "parties__organisation")
    )
    places: dict[str, list[tuple[Contract, Reachable, ContactNote]]] = defaultdict(list)
    for contract in contracts:
        for one in contacts_of(contract, lost[contract.pk]):
            if one.note is not None and one.is_silent:
                places[one.reach].append((contract, one, one.note))
    # Somebody named on many contracts is one line.
    for found in places.values():
        contract, one, note = found[0]
        what = (
            f"les courriels de {one.name} reviennent, adresse à corriger"
            if one.is_returned
            else f"{one.name} ne répond plus"
        )
        what += f" sur {len(found)} contrats" if len(found) > 1 else ""
        since = timezone.localdate(note.at)
        url = f"{reverse('declaring:grid', args=[contract.pk])}#joindre"
        # Noted after a call, whoever follows knows it already.
        latest = since if note.by_id is None else None
        yield item(lines[contract.pk], SILENT, what, "facilitator", since, url=url, latest=latest)


def _posts(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """Open posts whose contacts answer no more: a candidate would wait for nobody. Two SQL queries at most."""
    open_posts = list(Position.objects.filter(contract__in=lines, closed_on=None))
    gone = given_up(address for one in open_posts for address in (one.contact_email, one.backup_email))
    for one in open_posts if gone else ():
        places = ((one.contact_email, one.contact_name), (one.backup_email, one.backup_name))
        for address, name in places:
            if address in gone:
                what = f"les courriels de {name} reviennent, poste « {one.trade} », adresse à corriger"
                since = timezone.localdate(gone[address])
                url = reverse("candidates:position", args=[one.pk])
                yield item(lines[one.contract_id], SILENT, what, "facilitator", since, url=url, latest=since)


class _Hours(DueAndDone):
    __slots__ = ("done", "due")

    def __init__(self, due: Any, done: Any) -> None:
        self.due, self.done = due, done


def _calendar(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
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
                Max("commitments__head__written_at"),
                _last_sending(),
                Max("difficulties__told_at"),
                Max("meetings__noted_at"),
            ),
        )
    }
    entered = control.people_entered(line.contract for line in lines.values())
    for key, line in lines.items():
        row = heads[key]
        yield from _of_calendar(line, _Hours(row["due"], row["done"]), row["seen"], key in entered, today)
    yield from _not_declared(lines, {key for key, row in heads.items() if row["due"] > row["done"]}, today)


def _not_declared(lines: dict[int, Line], owing: set[int], today: date) -> Iterable[WorkItem]:
    """The months whose last day is passed, by company: a subcontractor late behind its holder is seen as well."""
    running = [lines[key].contract for key in owing if today <= lines[key].contract.ends_on]
    silent = {
        (row.contract_id, row.company_id, row.month): timezone.localdate(row.sent_at)
        for row in DeclarationReminder.objects.filter(contract__in=running, step=ReminderStep.FACILITATOR)
    }
    for one in missing_of(running, today):
        if one.report.due_on < today:
            what = f"{months_named(one.months[0], one.months[-1])}, non déclaré par {one.company.name}"
            told = silent.get((one.contract.pk, one.company.pk, one.report.months[-1]))
            what += ", malgré les rappels : appelez" if told else ""
            url = f"{reverse('declaring:grid', args=[one.contract.pk])}#joindre"
            line = lines[one.contract.pk]
            yield item(
                line,
                LATE,
                what,
                "facilitator",
                one.report.due_on,
                due=one.report.due_on,
                url=url,
                latest=told,
            )


def _of_calendar(line: Line, hours: _Hours, seen: Any, has_people: bool, today: date) -> Iterable[WorkItem]:
    contract = line.contract
    if hours.due <= 0 or hours.left <= 0:
        if hours.due > 0 and today > contract.ends_on:
            url = reverse("closing:closing", args=[contract.pk])
            yield item(
                line,
                TO_COME,
                "tout est fait, à clore et à attester",
                "facilitator",
                contract.ends_on,
                url=url,
            )
        return
    if today > contract.ends_on:
        yield item(
            line, LATE, "contrat fini, heures manquantes", "facilitator", contract.ends_on, due=contract.ends_on,
            url=_control(line),
        )  # fmt: skip
        return
    last_sign = max(contract.starts_on, timezone.localdate(seen) if seen else contract.starts_on)
    if not has_people and today - contract.starts_on > EMPTY_AFTER:
        yield item(
            line,
            SILENT,
            "personne n’y est encore entré",
            "facilitator",
            contract.starts_on,
            # Where the company is called, on this contract: the list of people says nothing of it.
            url=reverse("declaring:grid", args=[contract.pk]),
        )
    elif today - last_sign > SILENT_AFTER:
        yield item(line, SILENT, "aucune nouvelle", "facilitator", last_sign)
    if contract.ends_on - today <= END_SOON:
        yield item(
            line, TO_COME, "fin du contrat, heures à finir", "facilitator", today, due=contract.ends_on
        )


def _last_sending() -> Subquery:
    """When a month of a contract was sent for the last time."""
    sent = Declaration.objects.filter(commitment__contract=OuterRef("pk"), sent_at__isnull=False)
    return Subquery(sent.order_by("-sent_at").values("sent_at")[:1])


def _hours() -> Any:
    return DecimalField(max_digits=11, decimal_places=2)


def _sum(name: str) -> Any:
    """The heads of a contract, summed apart: a join with its difficulties would count them several times."""
    own = LedgerHead.objects.filter(commitment__contract=OuterRef("pk")).order_by()
    return Subquery(own.values("commitment__contract").annotate(n=Sum(name)).values("n"))


_SOURCES: Final[tuple[Callable[[dict[int, Line], date], Iterable[WorkItem]], ...]] = (
    arrived.declared, arrived.disputed, arrived.statements, arrived.mails, arrived.people,
    _decisions, _evidence, _defaults, _meetings, _unreachable, _posts, _calendar,
)  # fmt: skip
