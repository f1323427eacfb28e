"""What came to the desk of the facilitator and waits there: declared months, papers, mails, people announced, hours another party refuses.

Sources of `work.py`: one SQL query each, one line a contract.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone

from levier.core.typography import counted
from levier.execution.control import policies as control
from levier.execution.control.work_lines import TO_VALIDATE, Line, item
from levier.execution.models import (
    Confirmation,
    ConfirmationState,
    DeclarationLine,
    DeclarationState,
    HoursStatement,
    LineState,
    ReceivedMail,
)
from levier.facilitators.queries.work import WorkItem
from levier.rulebook.unseen_files import unseen_before


def declared(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """Lines of declarations sent that wait, and how many were written over since: an answer, or a correction."""
    waiting = DeclarationLine.objects.filter(
        declaration__commitment__contract__in=lines, declaration__state=DeclarationState.SENT,
        state=LineState.WAITING,
    )  # fmt: skip
    # What the facilitator types is sent with it: a minute apart, it is somebody's answer.
    again = Q(declared_at__gt=F("declaration__sent_at") + timedelta(minutes=1))
    rows = _by_contract(
        waiting,
        "declaration__commitment__contract",
        Greatest("declared_at", "declaration__sent_at"),
        again=Count("pk", again),
    )
    for line, row in _lines(rows, lines):
        what = f"{counted(row['n'], 'ligne')} d’heures à décider"
        if row["again"]:
            what += f", dont {counted(row['again'], 'reprise')} depuis l’envoi"
        yield _of_grid(line, what, row, "a-decider")


def disputed(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """Hours that another party, asked to confirm them, says are wrong."""
    refused = Confirmation.objects.filter(
        line__declaration__commitment__contract__in=lines, state=ConfirmationState.DISPUTED, hours=F("line__hours"),
        line__state__in=[LineState.WAITING, LineState.QUESTIONED],
    )  # fmt: skip
    for line, row in _lines(
        _by_contract(refused, "line__declaration__commitment__contract", F("answered_at")), lines
    ):
        what = f"{counted(row['n'], 'ligne contestée', plural='lignes contestées')} par l’autre entreprise"
        yield _of_grid(line, what, row, "a-decider")


def statements(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """Statements of hours that nobody has seen, and may still be."""
    kept = HoursStatement.objects.filter(
        declaration__commitment__contract__in=lines, sent_at__date__gte=unseen_before(today)
    ).exclude(file="")
    for line, row in _lines(_by_contract(kept, "declaration__commitment__contract", F("sent_at")), lines):
        yield _of_grid(
            line, f"{counted(row['n'], 'relevé d’heures', plural='relevés d’heures')} à voir", row, "recus"
        )


def mails(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """Messages that came to the address of the contract."""
    unread = ReceivedMail.objects.filter(
        contract__in=lines, seen_at=None, received_at__date__gte=unseen_before(today)
    )
    for line, row in _lines(_by_contract(unread, "contract", F("received_at")), lines):
        what = f"{counted(row['n'], 'courriel reçu', plural='courriels reçus')}, à lire"
        yield _of_grid(line, what, row, "recu-par-mail")


def people(lines: dict[int, Line], today: date) -> Iterable[WorkItem]:
    """Entries of people that wait for the facilitator, and those a company says have come or gone; counted."""
    mine = [line.contract for line in lines.values() if "facilitator" in line.sides]
    entries, changes = control.waiting_people(mine)
    for key, (count, since, latest) in entries.items():
        what = f"{counted(count, 'entrée')} de personne à valider"
        yield item(
            lines[key], TO_VALIDATE, what, "facilitator", since, url=reverse("people:index"), latest=latest
        )
    for key, (count, since, latest) in changes.items():
        what = f"{counted(count, 'arrivée ou départ annoncé', plural='arrivées ou départs annoncés')}"
        yield _of_grid(lines[key], what, {"since": since, "latest": latest}, "recus")


def _by_contract(rows: QuerySet[Any], contract: str, at: Any, **more: Any) -> Iterable[dict[str, Any]]:
    return (
        rows.order_by().values(key=F(contract)).annotate(n=Count("pk"), since=Min(at), latest=Max(at), **more)
    )


def _lines(rows: Iterable[dict[str, Any]], lines: dict[int, Line]) -> Iterable[tuple[Line, dict[str, Any]]]:
    for row in rows:
        days = {name: timezone.localdate(row[name]) for name in ("since", "latest")}
        yield lines[row["key"]], row | days


def _of_grid(line: Line, what: str, row: dict[str, Any], part: str) -> WorkItem:
    url = f"{reverse('declaring:grid', args=[line.contract.pk])}#{part}"
    return item(line, TO_VALIDATE, what, "facilitator", row["since"], url=url, latest=row["latest"])
