"""The need leaves, is recalled, prolonged, closed: what reaches the suppliers, each mail once."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail_returns
from levier.directory.models import SolicitationRefusal, Supplier
from levier.directory.solicitations.queries import refusing_needs
from levier.directory.solicitations.sending import solicit
from levier.purchasing import wording
from levier.purchasing.errors import RefusedError
from levier.purchasing.links import expiry, make_link
from levier.purchasing.matching import Matching
from levier.purchasing.models import (
    NeedLink,
    NeedRecipient,
    NeedState,
    NoOutcome,
    PublishedNeed,
)

LARGEST_AMOUNT = Decimal("9999999999")


def may_mail(supplier: Supplier) -> bool:
    """Only the published address of a listed supplier; a fictitious one where mails stay in a folder only."""
    is_real_mail = bool(settings.MAIL_URL)
    return bool(supplier.email) and supplier.is_listed and not (supplier.is_demo and is_real_mail)


def deliver(need: PublishedNeed, found: Matching) -> int:
    """Make the recipients and queue one mail for each that has an address, in the caller's transaction. Returns how many."""
    now, mailed = timezone.now(), 0
    need.state, need.sent_at = NeedState.SENT, now
    need.refusing = len(found.refusing)
    need.save(update_fields=["state", "sent_at", "submitted_at", "refusal", "refusing"])
    suppliers = Supplier.objects.in_bulk([one.card.id for one in found.all])
    for one in found.all:
        supplier = suppliers[one.card.id]
        recipient = NeedRecipient.objects.create(
            need=need,
            supplier=supplier,
            distance_km=one.distance_km,
            sent_at=now if one.address and may_mail(supplier) else None,
        )
        if recipient.sent_at is not None:
            mailed += 1
            _write(recipient, wording.request(recipient, make_link(recipient)), "sent")
    return mailed


def _write(recipient: NeedRecipient, letter: wording.Letter, moment: str, *, is_answer: bool = False) -> None:
    """One mail of this moment for this recipient, unless it refuses: the key makes a second call harmless."""
    solicit(
        to=recipient.supplier.email,
        topic=SolicitationRefusal.Topic.NEEDS,
        subject=letter.subject,
        body=letter.body,
        key=f"need-{recipient.pk}-{moment}",
        supplier_id=recipient.supplier_id,
        is_answer=is_answer and bool(recipient.answer),
    )


def _reachable(recipients: Iterable[NeedRecipient], *, is_answer: bool = False) -> list[NeedRecipient]:
    """Those a mail may still reach. Who refused since is written to only as the answer to its own answer."""
    rows = [one for one in recipients if may_mail(one.supplier)]
    refusing = refusing_needs({one.supplier_id: one.supplier.email for one in rows})
    dead = mail_returns.given_up(one.supplier.email for one in rows)
    return [
        one
        for one in rows
        if one.supplier.email not in dead and (one.supplier_id not in refusing or (is_answer and one.answer))
    ]


@transaction.atomic
def remind(*, by: User, need: PublishedNeed) -> int:
    """Write again to those who have not answered, once a day at most. Returns how many. Raises RefusedError."""
    sent, today = _sent(need), timezone.localdate()
    if sent.deadline < today:
        raise RefusedError("Le délai de réponse est passé : prolongez-le avant de relancer.")
    if sent.was_sent_on(today):
        raise RefusedError("Le besoin est parti aujourd’hui : une relance pourra partir demain.")
    if not sent.may_remind(today):
        raise RefusedError("Une relance est déjà partie aujourd’hui : la prochaine pourra partir demain.")
    silent = _reachable(
        NeedRecipient.objects.silent().filter(need=sent).select_related("supplier", "need__organisation")
    )
    if not silent:
        raise RefusedError(
            "Personne à relancer : tous ont répondu, ne souhaitent plus être sollicités, ou ne reçoivent plus leurs courriels."
        )
    for recipient in silent:
        _write(recipient, wording.reminder(recipient, make_link(recipient)), f"reminder-{today:%Y%m%d}")
    NeedRecipient.objects.filter(pk__in=[one.pk for one in silent]).update(reminded_at=timezone.now())
    sent.reminded_on = today
    sent.save(update_fields=["reminded_on"])
    audit.record(
        by=by.as_actor(),
        verb="purchasing.remind",
        object_type="need",
        object_key=str(sent.pk),
        details={"suppliers": len(silent)},
    )
    return len(silent)


@transaction.atomic
def extend_deadline(*, by: User, need: PublishedNeed, deadline: date) -> PublishedNeed:
    """Give more time; links follow, and those who have not answered are told. Raises RefusedError."""
    sent, today = _sent(need), timezone.localdate()
    if deadline <= max(sent.deadline, today):
        raise RefusedError("La nouvelle date doit être après la date actuelle et après aujourd’hui.")
    if (deadline - today).days > 366:
        raise RefusedError("Un an au plus : au-delà, publiez un nouveau besoin.")
    sent.deadline = deadline
    sent.save(update_fields=["deadline"])
    NeedLink.objects.filter(recipient__need=sent, revoked_at=None).update(expires_at=expiry(deadline))
    for recipient in _reachable(
        NeedRecipient.objects.silent().filter(need=sent).select_related("supplier", "need__organisation")
    ):
        _write(recipient, wording.extended(recipient), f"extended-{deadline:%Y%m%d}")
    audit.record(
        by=by.as_actor(), verb="purchasing.extend_deadline", object_type="need", object_key=str(sent.pk)
    )
    return sent


@transaction.atomic
def close_need(
    *,
    by: User,
    need: PublishedNeed,
    chosen: Collection[int] = (),
    amount_ht: Decimal | None = None,
    no_outcome: str = "",
    note: str = "",
) -> PublishedNeed:
    """End the need: chosen recipients (their numbers) and the amount, or why none. Every supplier is told.

    Raises RefusedError when neither, or both, is given, or when a number is not one of this need.
    """
    sent = _sent(need)
    if bool(chosen) == bool(no_outcome):
        raise RefusedError("Choisissez le ou les fournisseurs retenus, ou dites pourquoi aucun ne l’est.")
    if no_outcome and no_outcome not in NoOutcome.values:
        raise RefusedError("Choisissez le motif dans la liste.")
    if amount_ht is not None and not 0 <= amount_ht <= LARGEST_AMOUNT:
        raise RefusedError("Le montant retenu doit être positif, et de moins de dix milliards d’euros.")
    if sent.recipients.filter(pk__in=chosen).count() != len(set(chosen)):
        raise RefusedError("Un fournisseur retenu n’est pas dans la liste de ce besoin.")
    sent.state, sent.closed_at = NeedState.CLOSED, timezone.now()
    sent.outcome_amount_ht = amount_ht if chosen else None
    sent.no_outcome, sent.outcome_note = no_outcome, note.strip()[:1000]
    sent.save(update_fields=["state", "closed_at", "outcome_amount_ht", "no_outcome", "outcome_note"])
    sent.recipients.filter(pk__in=chosen).update(is_chosen=True)
    told = []
    rows = sent.recipients.exclude(sent_at=None).select_related("supplier", "need__organisation")
    for recipient in _reachable(rows, is_answer=True):
        _write(recipient, wording.outcome(recipient), "outcome", is_answer=True)
        told.append(recipient.pk)
    NeedRecipient.objects.filter(pk__in=told).update(told_at=timezone.now())
    audit.record(
        by=by.as_actor(),
        verb="purchasing.close_need",
        object_type="need",
        object_key=str(sent.pk),
        details={"chosen": len(set(chosen)), "told": len(told)},
    )
    return sent


@transaction.atomic
def withdraw_need(*, by: User, need: PublishedNeed) -> PublishedNeed:
    """Take a need back: its links die at once, and those who received it are told. Raises RefusedError."""
    locked = PublishedNeed.objects.select_for_update().get(pk=need.pk)
    if locked.state not in {NeedState.WAITING, NeedState.SENT}:
        raise RefusedError("Ce besoin est déjà clos ou retiré, ou n’est qu’un brouillon.")
    locked.state, locked.closed_at = NeedState.WITHDRAWN, timezone.now()
    locked.save(update_fields=["state", "closed_at"])
    NeedLink.objects.filter(recipient__need=locked, revoked_at=None).update(revoked_at=timezone.now())
    rows = locked.recipients.exclude(sent_at=None).select_related("supplier", "need__organisation")
    for recipient in _reachable(rows, is_answer=True):
        _write(recipient, wording.withdrawn(recipient), "withdrawn", is_answer=True)
    audit.record(
        by=by.as_actor(), verb="purchasing.withdraw_need", object_type="need", object_key=str(locked.pk)
    )
    return locked


@transaction.atomic
def revoke_links(*, by: User, recipient: NeedRecipient) -> int:
    """Close every link of one recipient at once (a mail forwarded too far). Returns how many were open."""
    count = recipient.links.filter(revoked_at=None).update(revoked_at=timezone.now())
    audit.record(
        by=by.as_actor(),
        verb="purchasing.revoke_links",
        object_type="recipient",
        object_key=str(recipient.pk),
    )
    return count


def _sent(need: PublishedNeed) -> PublishedNeed:
    """The need under its lock, while suppliers may answer or the buyer must conclude."""
    locked = PublishedNeed.objects.select_for_update().get(pk=need.pk)
    if locked.state != NeedState.SENT:
        raise RefusedError("Ce besoin n’est pas, ou n’est plus, envoyé.")
    return locked
