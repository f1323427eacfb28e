"""What the following structure does of what a company sent beside its hours: statements seen, people who came or left."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, received_files
from levier.core.audit import Actor
from levier.execution.declaring import letters
from levier.execution.declaring.policies import Desk
from levier.execution.declaring.sending import ROOM
from levier.execution.errors import RefusedError
from levier.execution.models import ChangeKind, ChangeState, HoursStatement, Participant, StaffChange
from levier.execution.people import actions as people
from levier.execution.people.scope import acting

_DECIDED = "Cette annonce vient d’être traitée : rouvrez la page."


@transaction.atomic
def see_statement(*, by: User, statement: HoursStatement, is_payslip: bool = False) -> None:
    """« Vu le…, par… »: the document is deleted, the mention stays. `is_payslip`: whoever sent it is told.

    Twice changes nothing. Raises RefusedError when it went unseen.
    """
    own = HoursStatement.objects.select_for_update().get(pk=statement.pk)
    if not own.file:
        return
    if own.gone_on:
        raise RefusedError("Ce relevé n’a pas été vu à temps : il est supprimé, demandez-le de nouveau.")
    name, own.file = own.file, ""
    own.seen_on, own.seen_by = timezone.localdate(), by
    own.is_payslip = is_payslip
    own.save(update_fields=["file", "seen_on", "seen_by", "is_payslip"])
    if is_payslip:
        letters.tell_payslip(own)
    # After the commit: a failure must not leave a row that names no file.
    transaction.on_commit(lambda: received_files.forget(name, room=ROOM))
    audit.record(
        by=by.as_actor(), verb="execution.see_statement", object_type="declaration",
        object_key=str(own.declaration_id),
    )  # fmt: skip


@transaction.atomic
def note_departure(*, by: User, desk: Desk, change: StaffChange) -> None:
    """The person left, as the company says. Raises RefusedError."""
    with desk.scope():
        own = _open(change, ChangeKind.DEPARTURE)
        assert own.entry is not None
        people.leave(by=by, entry=own.entry, on=own.on)
        _close(by, own, ChangeState.TAKEN)


@transaction.atomic
def welcome(*, by: User, desk: Desk, change: StaffChange, birth_on: date) -> Participant:
    """Make the person known to the structure; its entry is then judged on its own page. Raises RefusedError."""
    contract = desk.contract
    with desk.scope():
        own = _open(change, ChangeKind.ARRIVAL)
        person = people.add_participant(
            by=by, follower=contract.facilitator or contract.buyer, given_name=own.given_name,
            family_name=own.family_name, birth_on=birth_on,
        )  # fmt: skip
        _close(by, own, ChangeState.TAKEN)
    return person


@transaction.atomic
def set_aside(*, by: User, desk: Desk, change: StaffChange) -> None:
    """Known already, or without follow-up. Raises RefusedError."""
    with desk.scope():
        _close(by, _open(change), ChangeState.SET_ASIDE)


def set_aside_old(*, by: Actor, before: datetime) -> int:
    """Announcements nobody took up go with their names; gives how many."""
    with acting(is_retention=True):
        gone = StaffChange.objects.filter(state=ChangeState.WAITING, said_at__lt=before).update(
            state=ChangeState.SET_ASIDE, decided_at=timezone.now(), given_name="", family_name=""
        )
        if gone:
            audit.record(by=by, verb="execution.set_aside_old", details={"changes": gone})
    return gone


def _open(change: StaffChange, kind: ChangeKind | None = None) -> StaffChange:
    own = (
        StaffChange.objects.select_for_update(of=("self",))
        .select_related("entry__participant__follower")
        .filter(pk=change.pk, state=ChangeState.WAITING)
        .first()
    )
    if own is None or (kind is not None and own.kind != kind):
        raise RefusedError(_DECIDED)
    return own


def _close(by: User, own: StaffChange, state: ChangeState) -> None:
    """The names typed go: they are on the sheet of the person, or nowhere."""
    own.state, own.decided_by, own.decided_at = state, by, timezone.now()
    own.given_name = own.family_name = ""
    own.save(update_fields=["state", "decided_by", "decided_at", "given_name", "family_name"])
    audit.record(
        by=by.as_actor(), verb="execution.decide_change", object_type="contract",
        object_key=str(own.contract_id), details={"change": own.pk, "state": own.state},
    )  # fmt: skip
