"""What the following structure does for a person: its card, its notice, answers to what it says, asks and sends."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail, mail_returns, received_files
from levier.execution.cards import notice as notices
from levier.execution.cards.links import address_of
from levier.execution.declaring import actions as declaring
from levier.execution.declaring.policies import facilitator_desk
from levier.execution.errors import RefusedError
from levier.execution.models import (
    AddressCheck,
    CorrectedField,
    DeclarationLine,
    DisputeAnswer,
    LineReason,
    LineState,
    MonthAnswer,
    NoticeWay,
    Participant,
    PersonCard,
    PersonProof,
    PersonRequest,
    RequestAnswer,
    RequestKind,
)
from levier.execution.people import retention
from levier.execution.people.actions import address_values, give_notice
from levier.execution.people.scope import acting, followed_by
from levier.rulebook import parameters
from levier.rulebook.months import add_months

_ANSWERED = "Cette demande a déjà sa réponse."


def make_card(*, by: User, participant: Participant) -> PersonCard:
    """A card, or a new one in place of a lost one, which opens nothing any more. Raises RefusedError."""
    today = timezone.localdate()
    with acting(followers=_follower(by, participant)):
        own = Participant.objects.select_for_update().get(pk=participant.pk)
        if own.anonymised_at or own.pseudonymised_at:
            raise RefusedError("Cette fiche n’a plus de nom : elle n’a plus de carte.")
        PersonCard.objects.filter(participant=own, revoked_at=None).update(revoked_at=timezone.now())
        months = int(parameters.get("person_card_months", "", today).value)
        made = PersonCard.objects.create(participant=own, made_by=by, expires_on=add_months(today, months))
        audit.record(verb="execution.make_card", **_about(by, own.pk, card=made.pk))
    return made


def card_of(participant: Participant) -> PersonCard | None:
    """The card in force."""
    return PersonCard.objects.filter(
        participant=participant.pk, revoked_at=None, expires_on__gte=timezone.localdate()
    ).first()


def revoke_card(*, by: User, participant: Participant) -> None:
    """The card is lost, or wanted no more. Raises RefusedError."""
    with acting(followers=_follower(by, participant)):
        gone = PersonCard.objects.filter(participant=participant.pk, revoked_at=None)
        if not gone.update(revoked_at=timezone.now()):
            raise RefusedError("Cette personne n’a pas de carte en cours.")
        audit.record(verb="execution.revoke_card", **_about(by, participant.pk))


@transaction.atomic
def mail_notice(*, by: User, participant: Participant) -> None:
    """Send the notice with the card by mail, and write that it was given today. Raises RefusedError."""
    with acting(followers=_follower(by, participant)):
        version = notices.current_notice(follower=participant.follower, by=by)
        card = card_of(participant) or make_card(by=by, participant=participant)
        notices.send_notice(participant=participant, notice=version, card=card)
        give_notice(by=by, participant=participant, on=timezone.localdate(), way=NoticeWay.MAIL)


@transaction.atomic
def answer_dispute(*, by: User, answer: MonthAnswer, word: str, hours: Decimal | None = None) -> MonthAnswer:
    """Answer a dispute: the hours corrected (a reversal, then the right ones), or kept with a reason the person reads.

    Raises RefusedError, and changes nothing then.
    """
    if word not in DisputeAnswer.values:
        raise RefusedError("Choisissez la réponse que la personne lira.")
    with acting(followers=_follower(by, answer.participant)):
        own = MonthAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
        if own.answer:
            raise RefusedError(_ANSWERED)
        if word == DisputeAnswer.CORRECTED:
            _correct(by, answer.line, hours)
        own.answer, own.answered_by, own.answered_at = word, by, timezone.now()
        own.save(update_fields=["answer", "answered_by", "answered_at"])
        audit.record(verb="execution.answer_dispute", **_about(by, own.participant_id, answer=own.pk))
        _tell(answer.participant, f"dispute-{own.pk}")
    return own


@transaction.atomic
def answer_request(*, by: User, request: PersonRequest, word: str, is_checked: bool = False) -> PersonRequest:
    """Decide a correction or an erasure. « C’est fait » does it. `is_checked`: an address was checked with the person. Raises RefusedError."""
    if word not in RequestAnswer.values:
        raise RefusedError("Choisissez la réponse que la personne lira.")
    person = request.participant
    with acting(followers=_follower(by, person)):
        own = PersonRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if own.answer:
            raise RefusedError(_ANSWERED)
        is_done, field, proposed = word == RequestAnswer.DONE, own.field, own.proposed
        # The value leaves the request whatever the answer: it stands on the sheet, or nowhere.
        own.answer, own.answered_by, own.answered_at, own.proposed = word, by, timezone.now(), ""
        own.save(update_fields=["answer", "answered_by", "answered_at", "proposed"])
        audit.record(
            verb="execution.answer_request",
            **_about(by, person.pk, request=own.pk, fields=[field] if field else []),
        )
        if is_done and own.kind == RequestKind.ERASURE:
            _erase(person)
            return own
        if is_done and field == CorrectedField.EMAIL:
            check = AddressCheck.SEEN if is_checked else AddressCheck.FORMER if own.is_proved else ""
            _put_address(by, person, proposed, check)
        elif is_done:
            _apply(person, field, proposed)
        _tell(person, f"request-{own.pk}")
    return own


@transaction.atomic
def see_proof(*, by: User, proof: PersonProof, is_payslip: bool = False) -> PersonProof:
    """« Vu le…, par… »: the mention stays, the file goes. `is_payslip`: the person is told what it was. Raises RefusedError."""
    with acting(followers=_follower(by, proof.participant)):
        own = PersonProof.objects.select_for_update(of=("self",)).get(pk=proof.pk)
        if not own.file:
            raise RefusedError("Ce document est déjà vu ; le fichier n’existe plus.")
        file, own.file, own.seen_by, own.seen_at = own.file, "", by, timezone.now()
        own.is_payslip = is_payslip
        own.save(update_fields=["file", "seen_by", "seen_at", "is_payslip"])
        audit.record(verb="execution.see_proof", **_about(by, own.participant_id, proof=own.pk))
        if is_payslip:
            _tell(proof.participant, f"payslip-{own.pk}")
        transaction.on_commit(lambda: received_files.forget(file, room=retention.PROOFS_ROOM))
    return own


def _correct(by: User, line: DeclarationLine, hours: Decimal | None) -> None:
    """The right hours, in the book of the contract: what counted is reversed, with all that the rules say of it."""
    if hours is None:
        raise RefusedError("Écrivez le bon nombre d’heures.")
    commitment = line.declaration.commitment
    desk = facilitator_desk(by, commitment.contract_id)
    key = (line.entry_id, line.declaration.month)
    try:
        changed = declaring.save_hours(by=by, desk=desk, commitment=commitment, cells={key: hours})
    except declaring.CellsRefusedError as refusal:
        raise RefusedError(" ".join(refusal.problems.values())) from refusal
    if not changed:
        raise RefusedError("Ce nombre est celui qui est écrit : choisissez plutôt pourquoi il est gardé.")
    if line.state == LineState.ACCEPTED:
        fresh = (
            DeclarationLine.objects.select_related("declaration__commitment")
            .filter(
                declaration__commitment=commitment,
                declaration__month=key[1],
                entry=key[0],
                state=LineState.WAITING,
            )
            .first()
        )
        # None: another correction was open, and the figure that counts already is the right one.
        if fresh is None:
            return
        declaring.accept(by=by, desk=desk, line=fresh, seen=hours, reason=LineReason.CHECKED)


@transaction.atomic
def set_address(*, by: User, participant: Participant, email: str, is_checked: bool) -> None:
    """The address of a person, typed or checked again by its structure. Raises RefusedError."""
    with acting(followers=_follower(by, participant)):
        own = Participant.objects.select_for_update().select_related("follower").get(pk=participant.pk)
        if own.anonymised_at or own.pseudonymised_at:
            raise RefusedError("Cette fiche n’a plus de nom : elle n’a plus d’adresse.")
        if not email.strip() and is_checked:
            raise RefusedError("Écrivez l’adresse que vous avez vérifiée.")
        # Saved, or saved again: somebody says that it is the right one.
        mail_returns.try_again(email)
        if own.email.casefold() == email.strip().casefold() and not is_checked:
            # Saved again as it was: what is known of it stays.
            return
        _put_address(by, own, email.strip(), AddressCheck.SEEN if is_checked else "")
        audit.record(verb="execution.set_address", **_about(by, own.pk, fields=["email", "email_check"]))


def _put_address(by: User, person: Participant, email: str, check: str) -> None:
    """Write an address. The links sent to the former one open nothing any more, and the former one is told."""
    former, card = person.email, card_of(person)
    for name, value in address_values(by, email, check).items():
        setattr(person, name, value)
    person.save(update_fields=["email", "email_check", "email_checked_at", "email_checked_by"])
    if not former or former.casefold() == email.casefold():
        return
    if card is not None:
        made = make_card(by=by, participant=person)
        if email and not mail_returns.is_given_up(email):
            notices.send_card_link(participant=person, card=made)
    if mail_returns.is_given_up(former):
        return
    mail.send(
        to=former, subject="Votre adresse a été remplacée",
        body=f"Bonjour,\n\n{person.follower.name} n’écrit plus à cette adresse : une autre a été donnée pour vous. Si vous aviez une carte, "
        f"elle n’ouvre plus rien.\n\nVous n’avez rien demandé ? Prévenez {person.follower.name}.\n",
        key=f"address-left-{person.pk}-{timezone.now():%Y%m%d%H%M}",
    )  # fmt: skip


def _apply(person: Participant, field: str, proposed: str) -> None:
    changes: dict[str, Any] = {field: proposed}
    if field == CorrectedField.BIRTH_ON:
        day = date.fromisoformat(proposed)
        changes = {"birth_on": day, "birth_year": day.year}
    Participant.objects.filter(pk=person.pk).update(last_contact_on=timezone.localdate(), **changes)


def _erase(person: Participant) -> None:
    today = timezone.localdate()
    running = person.entries.filter(contract__ends_on__gte=today).select_related("contract").first()
    if running is not None:
        raise RefusedError(
            f"« {running.contract.title} » court jusqu’au {running.contract.ends_on:%d/%m/%Y} : ses heures doivent pouvoir être "
            "prouvées. Répondez « Un contrat court encore »."
        )
    retention.anonymise([person.pk])


def _tell(person: Participant, key: str) -> None:
    """One line by mail, when the person gave an address: the answer itself stands on its card."""
    card = card_of(person)
    if not person.email or card is None or mail_returns.is_given_up(person.email):
        return
    mail.send(
        to=person.email, subject=f"{person.follower.name} vous a répondu",
        body=f"Bonjour,\n\nUne réponse vous attend sur votre carte : {address_of(card, by_mail=True)}\n\n{person.follower.name}\n",
        key=f"person-{key}",
    )  # fmt: skip


def _follower(by: User, participant: Participant) -> list[int]:
    if participant.follower_id not in followed_by(by):
        raise RefusedError(
            "Seuls les facilitateurs de la structure qui suit cette personne peuvent le faire."
        )
    return [participant.follower_id]


def _about(by: User, key: UUID, **details: Any) -> dict[str, Any]:
    """What every event of this file says: who, whose key, which rows; never a value."""
    return {
        "by": by.as_actor(), "object_type": "execution.participant", "object_key": str(key), "details": details,
    }  # fmt: skip
