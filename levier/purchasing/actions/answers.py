"""What a supplier does with a need it received: see it, answer it, change its mind until the deadline."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.directory.models import Supplier
from levier.purchasing.errors import RefusedError
from levier.purchasing.matching import distance_to, reaches
from levier.purchasing.models import Answer, DeclineReason, NeedRecipient, PublishedNeed

YES_NO = {"oui": "Oui", "non": "Non"}
LONGEST_ANSWER = 2_000
_DATES = {Answer.INTERESTED: "interested_at", Answer.GROUP: "group_at", Answer.DECLINED: "declined_at"}


@dataclass(frozen=True, kw_only=True)
class SupplierAnswer:
    """An answer as typed. `answers`: number of the question (from 0) → text, « oui » or « non »."""

    answer: str
    decline_reason: str = ""
    comment: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)
    contact_name: str = ""
    contact_phone: str = ""


@transaction.atomic
def mark_seen(*, by: Actor, recipient: NeedRecipient) -> bool:
    """Note, the first time only, that the supplier asked to read the need. Returns whether it was the first."""
    is_first = bool(
        NeedRecipient.objects.filter(pk=recipient.pk, seen_at=None).update(seen_at=timezone.now())
    )
    if is_first:
        audit.record(
            by=by, verb="purchasing.mark_seen", object_type="recipient", object_key=str(recipient.pk)
        )
    return is_first


@transaction.atomic
def receive_need(*, by: User, need: PublishedNeed, supplier: Supplier) -> NeedRecipient:
    """A supplier asks to receive a need its buyer shows to others; twice changes nothing. Raises RefusedError."""
    locked = PublishedNeed.objects.select_for_update().get(pk=need.pk)
    if not (locked.is_open and locked.is_shown and reaches(locked, supplier)):
        raise RefusedError("Ce besoin n’est pas, ou n’est plus, ouvert à votre structure.")
    row, is_new = NeedRecipient.objects.get_or_create(
        need=locked, supplier=supplier, defaults={"distance_km": distance_to(locked, supplier)}
    )
    if is_new:
        audit.record(
            by=by.as_actor(), verb="purchasing.receive_need", object_type="recipient", object_key=str(row.pk)
        )
    return row


@transaction.atomic
def answer_need(*, by: Actor, recipient: NeedRecipient, given: SupplierAnswer) -> NeedRecipient:
    """Record the answer of one supplier; a later one replaces it, each date is kept. Raises RefusedError."""
    # The need first, as every act of the buyer does: « close » and « answer » wait for each other.
    need = PublishedNeed.objects.select_for_update().get(pk=recipient.need_id)
    if not need.is_open:
        raise RefusedError(
            "Ce besoin ne reçoit plus de réponses : le délai est passé, ou l’acheteur l’a clos."
        )
    row = NeedRecipient.objects.select_for_update().get(pk=recipient.pk)
    _check(given)
    now = timezone.now()
    row.answer = given.answer
    setattr(row, _DATES[Answer(given.answer)], now)
    row.seen_at = row.seen_at or now
    is_declined = given.answer == Answer.DECLINED
    row.decline_reason = given.decline_reason if is_declined else ""
    row.comment = given.comment.strip()[:LONGEST_ANSWER]
    row.answers = {} if is_declined else _checked_answers(need, given.answers)
    row.contact_name = given.contact_name.strip()[:120]
    row.contact_phone = given.contact_phone.strip()[:30]
    row.save()
    audit.record(
        by=by,
        verb="purchasing.answer_need",
        object_type="recipient",
        object_key=str(row.pk),
        details={"answer": given.answer},
    )
    return row


def _check(given: SupplierAnswer) -> None:
    if given.answer not in {answer.value for answer in _DATES}:
        raise RefusedError("Choisissez une réponse : intéressé, en groupement, ou pas intéressé.")
    if given.answer == Answer.DECLINED:
        if given.decline_reason not in DeclineReason.values:
            raise RefusedError("Dites pourquoi en choisissant une raison : elle aide l’acheteur.")
        return
    if not given.contact_name.strip() or not given.contact_phone.strip():
        raise RefusedError("Donnez le nom et le téléphone de la personne à rappeler.")


def _checked_answers(need: PublishedNeed, answers: Mapping[int, str]) -> dict[str, str]:
    checked = {}
    for number, question in enumerate(need.questions):
        text = answers.get(number, "").strip()[:LONGEST_ANSWER]
        if not text:
            raise RefusedError(f"Il manque la réponse à la question « {question['text']} ».")
        if question["kind"] == "yes_no" and text not in YES_NO:
            raise RefusedError(f"Répondez par oui ou par non à « {question['text']} ».")
        checked[str(number)] = text
    return checked
