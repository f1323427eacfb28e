"""What a company sends once a month: hours, statements, who came and went, a difficulty; all of it or nothing, and once.

The key of the page makes it once: the same month sent twice, from a train and again from the office, is written once. What was changed
meanwhile under that key is another sending, of what is new alone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, photo_reading, received_files
from levier.execution.actions.posting import locked
from levier.execution.control.actions import tell_difficulty
from levier.execution.declaring import actions, letters
from levier.execution.declaring.actions import Declarant
from levier.execution.declaring.book import ZERO, Key, load
from levier.execution.declaring.policies import Desk
from levier.execution.errors import RefusedError
from levier.execution.models import (
    ChangeKind,
    ChangeState,
    Commitment,
    Declaration,
    DeclarationSending,
    HoursStatement,
    LedgerHead,
    StaffChange,
)
from levier.execution.people.actions import checked_names
from levier.rulebook.modalities import modalities

ROOM = "statements"
MOST_FILES, MOST_WAITING = 5, 20
_FURTHEST = timedelta(days=92)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody new: the least that lets the facilitator call back."""

    given_name: str
    family_name: str
    modality: str
    on: date


@dataclass(frozen=True, kw_only=True)
class Difficulty:
    """Why the hours do not come; `cause`: a key of DifficultyCause, `since_on`: today by default."""

    cause: str
    since_on: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SentMonth:
    """What the page held. `departures`: the day each entry left."""

    month: date
    cells: Mapping[Key, Decimal | None] = field(default_factory=dict)
    departures: Mapping[int, date] = field(default_factory=dict)
    arrival: Arrival | None = None
    difficulty: Difficulty | None = None
    statements: Sequence[UploadedFile] = ()


def send_month(
    *, by: Declarant, desk: Desk, commitment: Commitment, key: UUID, sent: SentMonth
) -> DeclarationSending:
    """Give the month to the facilitator, with its receipt by mail. Raises RefusedError, CellsRefusedError, and keeps nothing."""
    if len(sent.statements) > MOST_FILES:
        raise RefusedError(f"{MOST_FILES} relevés à la fois au plus : envoyez les autres ensuite.")
    digests = _digests(sent)
    earlier = list(DeclarationSending.objects.filter(key=key, declaration__commitment=commitment))
    if earlier and earlier[0].digests == digests:
        return earlier[0]
    sent = _not_said(sent, digests, {known for one in earlier for known in one.digests})
    kept: list[received_files.ReceivedFile] = []
    until = photo_reading.until()
    try:
        # Before any lock: scanning and reading take their time.
        for upload in sent.statements:
            kept.append(received_files.receive(upload, room=ROOM, until=until))  # noqa: PERF401 - those kept before a refusal are forgotten
        return _write(by, desk, commitment, key, sent, kept, digests)
    except (RefusedError, received_files.RefusedFileError) as refusal:
        for one in kept:
            received_files.forget(one.name, room=ROOM)
        if isinstance(refusal, RefusedError):
            raise
        raise RefusedError(str(refusal)) from refusal


def _digests(sent: SentMonth) -> list[str]:
    """Of the figures and departures, of the arrival, of the difficulty, then of each statement."""
    figures = (sent.month, sorted(sent.cells.items()), sorted(sent.departures.items()))
    said = [
        hashlib.sha256(repr(part).encode()).hexdigest() for part in (figures, sent.arrival, sent.difficulty)
    ]
    for upload in sent.statements:
        whole = hashlib.sha256()
        for chunk in upload.chunks():
            whole.update(chunk)
        upload.seek(0)
        said.append(whole.hexdigest())
    return said


def _not_said(sent: SentMonth, digests: list[str], known: set[str]) -> SentMonth:
    """Without the arrival, the difficulty and the statements that this page gave before."""
    _, arrival, difficulty, *files = digests
    return replace(
        sent,
        arrival=None if arrival in known else sent.arrival,
        difficulty=None if difficulty in known else sent.difficulty,
        statements=[one for one, digest in zip(sent.statements, files, strict=True) if digest not in known],
    )


@transaction.atomic
def _write(
    by: Declarant, desk: Desk, commitment: Commitment, key: UUID, sent: SentMonth,
    files: Sequence[received_files.ReceivedFile], digests: list[str],
) -> DeclarationSending:  # fmt: skip
    locked(commitment)
    # Two sendings of one key wait for each other at the lock.
    if found := DeclarationSending.objects.filter(key=key).select_related("declaration").first():
        if found.declaration.commitment_id != commitment.pk:
            raise RefusedError("Cette page est trop ancienne : rouvrez-la, puis envoyez.")
        if found.digests == digests:
            for one in files:
                received_files.forget(one.name, room=ROOM)
            return found
    done = actions.save_hours(by=by, desk=desk, commitment=commitment, cells=sent.cells)
    done += actions.send(by=by, desk=desk, commitment=commitment, month=sent.month)
    extras = [*sent.departures, *files, *filter(None, [sent.arrival, sent.difficulty])]
    if not done and not extras:
        raise RefusedError("Il n’y a rien de nouveau à envoyer : écrivez les heures d’au moins une personne.")
    company_id = company_of(desk, commitment)
    _say_changes(by, desk, company_id, sent)
    if sent.difficulty:
        _tell_difficulty(by, desk, sent.difficulty)
    declaration, _ = Declaration.objects.get_or_create(
        commitment=commitment, company_id=company_id, month=sent.month
    )
    who = _who(by)
    for one in files:
        HoursStatement.objects.create(
            declaration=declaration, file=one.name, size=one.size, is_unread=not one.is_read, **who
        )
    made = DeclarationSending.objects.create(
        key=key, digests=digests, declaration=declaration, chain_head=LedgerHead.objects.get(pk=commitment.pk).hash,
        **_counted(desk, commitment, sent.month), **who,
    )  # fmt: skip
    letters.send_receipt(made, to=by.email, files=len(files))
    audit.record(
        by=by.as_actor(), verb="execution.send_month", object_type="commitment", object_key=str(commitment.pk),
        details={"sending": made.pk, "files": len(files), "changes": len(extras) - len(files)},
    )  # fmt: skip
    return made


def company_of(desk: Desk, commitment: Commitment) -> int:
    """The company a desk declares for on a commitment: its contractor, else the company itself."""
    mine = desk.organisations
    return commitment.contractor_id if commitment.contractor_id in mine else min(mine)


def _counted(desk: Desk, commitment: Commitment, month: date) -> dict[str, Any]:
    """People with a figure and without, and their hours."""
    with desk.scope():
        book = load(desk, commitment)
        present = book.present(month)
        figures = [book.cell((pk, month)).hours for pk in present]
    told = [one for one in figures if one is not None]
    return {"lines": len(told), "left_blank": len(figures) - len(told), "hours": sum(told, ZERO)}


def _say_changes(by: Declarant, desk: Desk, company_id: int, sent: SentMonth) -> None:
    if not sent.departures and not sent.arrival:
        return
    contract, common = desk.contract, {"contract": desk.contract, "company_id": company_id, **_who(by)}
    with desk.scope():
        waiting = StaffChange.objects.filter(
            contract=contract, company_id=company_id, state=ChangeState.WAITING
        )
        if waiting.count() >= MOST_WAITING:
            raise RefusedError("Trop d’arrivées et de départs attendent le facilitateur : appelez-le.")
        said = set(waiting.filter(kind=ChangeKind.DEPARTURE).values_list("entry_id", flat=True))
        for entry_id, on in sent.departures.items():
            _check_day(on, contract.starts_on)
            if entry_id not in said:
                StaffChange.objects.create(kind=ChangeKind.DEPARTURE, entry_id=entry_id, on=on, **common)
        if sent.arrival:
            _check_day(sent.arrival.on, contract.starts_on)
            if sent.arrival.modality not in {one.key for one in modalities()}:
                raise RefusedError("Dites comment la personne qui arrive est embauchée.")
            given, family = checked_names(sent.arrival.given_name, sent.arrival.family_name)
            StaffChange.objects.create(
                kind=ChangeKind.ARRIVAL, given_name=given, family_name=family, modality=sent.arrival.modality,
                on=sent.arrival.on, **common,
            )  # fmt: skip


def _check_day(on: date, first: date) -> None:
    if not first - _FURTHEST <= on <= timezone.localdate() + _FURTHEST:
        raise RefusedError("Vérifiez la date d’arrivée ou de départ : elle est trop loin du contrat.")


def _tell_difficulty(by: Declarant, desk: Desk, told: Difficulty) -> None:
    account, label = (by, by.get_full_name() or by.email) if isinstance(by, User) else (None, by.company.name)
    tell_difficulty(
        by=account, label=label,
        contract=desk.contract, cause=told.cause, since_on=told.since_on or timezone.localdate(),
        note=told.note[:2000],
    )  # fmt: skip


def _who(by: Declarant) -> dict[str, Any]:
    is_account = isinstance(by, User)
    return {"by": by if is_account else None, "link": None if is_account else by}
