"""What the person does from its card. It has no account: events are signed « personne », with the key alone."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from levier.core import audit, received_files
from levier.core.audit import Actor
from levier.core.received_files import RefusedFileError
from levier.core.typography import figure
from levier.execution.actions.posting import locked, reallocate
from levier.execution.cards import notice
from levier.execution.cards.policies import Own
from levier.execution.cards.queries import CardLine, months_of
from levier.execution.errors import RefusedError
from levier.execution.incoming.columns import read_day
from levier.execution.models import (
    LONGEST_MONTH_HOURS,
    CorrectedField,
    DeclarationLine,
    DisputeReason,
    Evidence,
    MonthAnswer,
    MonthWord,
    PersonCard,
    PersonProof,
    PersonRequest,
    ProofKind,
    RequestKind,
)
from levier.execution.people.actions import check_birth
from levier.execution.people.retention import PROOFS_ROOM
from levier.execution.people.scope import acting
from levier.rulebook import parameters
from levier.rulebook.months import add_months

MOST_PROOFS = 5
_MOVED = "Ce mois a changé depuis : relisez-le."


@transaction.atomic
def confirm_month(*, own: Own, line: int, seen: Decimal) -> MonthAnswer:
    """« Oui, c’est juste »: the hours read (`seen`) get the strongest proof, by a reversal and a new posting. Raises RefusedError.

    From a printed card, which its structure could open as well, the word is kept and proves nothing more.
    """
    shown = _shown(own, line)
    if shown.hours != seen or not shown.may_confirm or (shown.is_said and not own.is_proved):
        raise RefusedError(_MOVED)
    if own.is_proved:
        posting = shown.line.posting
        assert posting is not None
        *_, proved = reallocate(by=None, posting=posting, to=posting.commitment, evidence=Evidence.PERSON)
        DeclarationLine.objects.filter(pk=line).update(posting=proved)
    with acting(person=own.participant.pk):
        made, _ = MonthAnswer.objects.get_or_create(
            line_id=line, word=MonthWord.CONFIRMED, participant=own.participant,
            defaults={"follower_id": own.participant.follower_id},
        )  # fmt: skip
        audit.record(verb="execution.confirm_month", **_about(own, line=line, is_proved=own.is_proved))
    return made


@transaction.atomic
def send_own_link(*, own: Own) -> None:
    """The link whose confirmations prove, to the mail of the person. Raises RefusedError without one."""
    notice.send_card_link(participant=own.participant, card=own.card)
    audit.record(verb="execution.send_card_link", **_about(own, card=own.card.pk))


@transaction.atomic
def dispute_month(*, own: Own, line: int, reason: str, claimed: Decimal | None = None) -> MonthAnswer:
    """« Non, ce n’est pas juste »: a question for the facilitator, with the hours the person says. Raises RefusedError."""
    if reason not in DisputeReason.values:
        raise RefusedError("Choisissez ce qui ne va pas.")
    if claimed is not None and not 0 <= claimed <= LONGEST_MONTH_HOURS:
        raise RefusedError(
            f"Un mois compte entre 0 et {figure(LONGEST_MONTH_HOURS)} heures : vérifiez ce nombre."
        )
    shown = _shown(own, line)
    if not shown.may_dispute:
        raise RefusedError("Votre question sur ce mois est déjà partie, ou vous avez confirmé ces heures.")
    _check_claim(reason, claimed, shown.hours)
    with acting(person=own.participant.pk):
        made = MonthAnswer.objects.create(
            participant=own.participant, follower_id=own.participant.follower_id, line_id=line,
            word=MonthWord.DISPUTED, reason=reason, claimed=claimed, due_on=_due(),
        )  # fmt: skip
        audit.record(verb="execution.dispute_month", **_about(own, line=line))
    return made


def _check_claim(reason: str, claimed: Decimal | None, told: Decimal) -> None:
    """« Moins d’heures » with more of them is a slip of the finger: asked again, rather than answered wrongly."""
    if claimed is None:
        return
    if reason == DisputeReason.FEWER and claimed >= told:
        raise RefusedError(
            f"Vous dites moins d’heures, et {figure(claimed, 2)} h n’est pas moins que {figure(told, 2)} h : vérifiez l’un des deux."
        )
    if reason == DisputeReason.MORE and claimed <= told:
        raise RefusedError(
            f"Vous dites plus d’heures, et {figure(claimed, 2)} h n’est pas plus que {figure(told, 2)} h : vérifiez l’un des deux."
        )


def ask_correction(*, own: Own, field: str, proposed: str) -> PersonRequest:
    """A correction the facilitator decides; one at a time for each field. Raises RefusedError."""
    if field not in CorrectedField.values:
        raise RefusedError("Choisissez la donnée à corriger.")
    return _ask(own, RequestKind.CORRECTION, field=field, proposed=checked_value(field, proposed))


def ask_erasure(*, own: Own) -> PersonRequest:
    """The person asks that its data go. Raises RefusedError when it waits already."""
    return _ask(own, RequestKind.ERASURE)


def send_proof(*, own: Own, kind: str, upload: UploadedFile) -> PersonProof:
    """A photograph or a PDF for the following structure alone. Raises RefusedError, and keeps nothing then."""
    if kind not in ProofKind.values:
        raise RefusedError("Dites ce que montre ce document.")
    with acting(person=own.participant.pk):
        waiting = PersonProof.objects.filter(participant=own.participant).exclude(file="").count()
    if waiting >= MOST_PROOFS:
        raise RefusedError(
            f"{MOST_PROOFS} documents attendent déjà d’être vus : attendez avant d’en envoyer un autre."
        )
    try:
        kept = received_files.receive(upload, room=PROOFS_ROOM)
    except RefusedFileError as refusal:
        raise RefusedError(str(refusal)) from refusal
    with acting(person=own.participant.pk):
        made = PersonProof.objects.create(
            participant=own.participant, follower_id=own.participant.follower_id, kind=kind, file=kept.name,
            is_unread=not kept.is_read,
        )  # fmt: skip
        audit.record(verb="execution.send_proof", **_about(own, proof=made.pk))
    return made


@transaction.atomic
def cancel_card(*, own: Own) -> None:
    """« J’ai perdu ma carte »: nothing opens with it any more."""
    PersonCard.objects.filter(pk=own.card.pk, revoked_at=None).update(revoked_at=timezone.now())
    audit.record(verb="execution.cancel_card", **_about(own, card=own.card.pk))


def checked_value(field: str, proposed: str) -> str:
    """What would stand in the field. Raises RefusedError for what may not."""
    value = " ".join(proposed.split())
    if not value:
        raise RefusedError("Écrivez la bonne valeur.")
    if field == CorrectedField.BIRTH_ON:
        try:
            day = read_day(value)
        except RefusedError:
            raise RefusedError("Cette date n’est pas lisible : écrivez-la comme 4/5/1990.") from None
        assert day is not None
        check_birth(day)
        return day.isoformat()
    if field == CorrectedField.EMAIL:
        try:
            validate_email(value)
        except ValidationError:
            raise RefusedError("Ce courriel n’est pas valable : vérifiez-le.") from None
        return value
    if any(letter.isdigit() for letter in value):
        raise RefusedError(
            "Un nom ne contient pas de chiffre : n’écrivez aucun numéro, il n’est jamais demandé."
        )
    return value[:80]


def _ask(own: Own, kind: RequestKind, **values: str) -> PersonRequest:
    try:
        with acting(person=own.participant.pk):
            made = PersonRequest.objects.create(
                participant=own.participant,
                follower_id=own.participant.follower_id,
                kind=kind,
                due_on=_due(),
                is_proved=own.is_proved,
                **values,
            )
            audit.record(verb="execution.ask_about_data", **_about(own, request=made.pk, kind=kind.value))
            return made
    except IntegrityError as problem:
        raise RefusedError("Cette demande est déjà partie : la réponse s’affichera ici.") from problem


def _shown(own: Own, line: int) -> CardLine:
    """The line as the card shows it, under the lock of its commitment. Raises RefusedError for one that is not there."""
    with acting(person=own.participant.pk):
        found = (
            DeclarationLine.objects.select_related("declaration__commitment")
            .filter(pk=line, entry__participant=own.participant)
            .first()
        )
    if found is None:
        raise RefusedError(_MOVED)
    locked(found.declaration.commitment)
    shown = (one for month in months_of(own.participant) for one in month.lines if one.line.pk == line)
    for one in shown:
        return one
    raise RefusedError(_MOVED)


def _due() -> date:
    today = timezone.localdate()
    return add_months(today, int(parameters.get("person_answer_months", "", today).value))


def _about(own: Own, **details: Any) -> dict[str, Any]:
    """What every event of this file says: the person's own hand, its key, keys of rows; never a value."""
    return {
        "by": Actor.machine("personne"), "object_type": "execution.participant", "object_key": str(own.participant.pk),
        "details": details,
    }  # fmt: skip
