"""What needs me today about people: what they say, ask and send; candidates that wait. No name in any line."""

from datetime import date
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import User
from levier.execution.candidates.actions import due_on
from levier.execution.cards.queries import asked_of
from levier.execution.closing.policies import situations_among
from levier.execution.control.work import contracts_work
from levier.execution.control.work_lines import TO_COME, Line, item
from levier.execution.models import (
    RUNNING_STAGES,
    Candidate,
    Contract,
    MonthAnswer,
    PersonProof,
    PersonRequest,
)
from levier.execution.people.scope import acting, followed_by
from levier.execution.policies import Known, contracts_naming, known_by_role, rows_of_firms
from levier.facilitators.queries.work import WorkItem

_MOST = 200


def hours_work(user: User, today: date) -> list[WorkItem]:
    """What contracts and people wait for: the roles of the account are read once for both."""
    known = known_by_role(user)
    return [*contracts_work(user, today, known), *people_work(user, today, known)]


def people_work(user: User, today: date, known: Known | None = None) -> list[WorkItem]:
    """What people wait for from the structures of this account, and the candidates of its companies. Twelve SQL queries at most.

    A following structure reads the candidates that are late. `known`: as `policies.known_by_role`.
    """
    naming, followed = contracts_naming(user, known), followed_by(user)
    if not naming and not followed:
        return []
    found: list[WorkItem] = []
    with acting(companies=naming, followers=followed):
        if followed:
            people = asked_of(followed, today)
            found += [_line(one) for one in people.asked]
            found += [_address(one.pk, timezone.localdate(since)) for one, since in people.lost]
            found += [_situation(*one) for one in situations_among(followed, today)]
        mine = rows_of_firms(naming, company="company", contract="position__contract")
        rows = list(
            Candidate.objects.filter(mine | Q(follower__in=followed), stage__in=RUNNING_STAGES)
            .select_related("position__company", "position__contract__buyer")
            .order_by("stage_on", "pk")[:_MOST]
        )
    for one in rows:
        due = due_on(one.stage, one.stage_on)
        is_mine = one.position.contract_id in naming.get(one.company_id, ())
        if is_mine or due < today:
            found.append(_candidate(one, due, is_mine=is_mine))
    return found


def _situation(contract: Contract, count: int, since: date) -> WorkItem:
    """What became of people at exit, six and twelve months after; of closed contracts too."""
    what = f"situation de {count} personne{'s' if count > 1 else ''} à demander"
    line = Line(contract, frozenset({"facilitator"}))
    return item(
        line, TO_COME, what, "facilitator", since, url=reverse("closing:situations", args=[contract.pk])
    )


def _candidate(one: Candidate, due: date, *, is_mine: bool) -> WorkItem:
    return WorkItem(
        kind="Candidatures à faire avancer",
        title=f"{one.position.trade} : {one.get_stage_display().lower()}",
        url=reverse("candidates:position", args=[one.position_id]),
        buyer=one.position.contract.buyer.name,
        next_actor=one.position.company.name,
        since=one.stage_on,
        due=due,
        who="me" if is_mine else "other",
    )


def _address(key: UUID, since: date) -> WorkItem:
    return WorkItem(
        kind="Sans nouvelles", title="Les courriels d’une personne reviennent : demandez-lui une autre adresse",
        url=reverse("people:sheet", args=[key]), buyer="", next_actor="Vous", since=since,
    )  # fmt: skip


def _line(one: MonthAnswer | PersonRequest | PersonProof) -> WorkItem:
    if isinstance(one, MonthAnswer):
        title, since, due = "Une personne conteste un mois", one.said_at, one.due_on
    elif isinstance(one, PersonRequest):
        title, since, due = (
            f"Une personne demande : {one.get_kind_display().lower()}",
            one.asked_at,
            one.due_on,
        )
    else:
        title, since, due = "Une personne a envoyé un document", one.sent_at, None
    return WorkItem(
        kind="Demandes des personnes", title=title, url=reverse("people:sheet", args=[one.participant_id]), buyer="",
        next_actor="Vous", since=timezone.localdate(since), due=due,
    )  # fmt: skip
