"""Hours due handed from one member of a group to another: asked, then decided by the buyer, in two lines that cancel out."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.typography import figure
from levier.execution.actions.posting import checked_hours, due_posting, locked, refuse_closed
from levier.execution.control import telling
from levier.execution.errors import RefusedError
from levier.execution.models import AmendmentState, Commitment, HoursTransfer, LedgerHead


@transaction.atomic
def ask_transfer(
    *, by: User, label: str, source: Commitment, target: Commitment, hours: Decimal, effective_on: date, note: str
) -> HoursTransfer:  # fmt: skip
    """Ask that `target` take over hours that `source` still owes; nothing moves until the buyer decides. Raises RefusedError.

    `label`: who asks, and for whom.
    """
    own = locked(source, target)
    refuse_closed(own[source.pk])
    if source.contract_id != target.contract_id or source.pk == target.pk:
        raise RefusedError("Choisissez deux engagements différents du même contrat.")
    if not 2000 <= effective_on.year <= 2100:
        raise RefusedError("La date doit être entre 2000 et 2100.")
    if not note.strip():
        raise RefusedError("Dites pourquoi : l’acheteur et l’autre membre du groupement le liront.")
    _check(source, checked_hours(hours))
    made = HoursTransfer.objects.create(
        contract_id=source.contract_id, source=source, target=target, hours=hours, effective_on=effective_on,
        note=note.strip(), asked_by=by, asked_label=label[:200],
    )  # fmt: skip
    audit.record(verb="execution.ask_transfer", **_about(by, made))
    return made


@transaction.atomic
def decide_transfer(*, by: User, label: str, transfer: HoursTransfer, is_accepted: bool) -> HoursTransfer:
    """The buyer lets the hours pass, or not. Who may is the policy's. Raises RefusedError."""
    commitments = locked(transfer.source, transfer.target)
    own = HoursTransfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
    if own.state != AmendmentState.WAITING:
        raise RefusedError("Ce transfert est déjà décidé.")
    own.state = AmendmentState.DECIDED if is_accepted else AmendmentState.REFUSED
    own.decided_by, own.decided_label, own.decided_at = by, label[:200], timezone.now()
    if is_accepted:
        source, target = commitments[own.source_id], commitments[own.target_id]
        _check(source, own.hours)
        own.given = due_posting(by=by, commitment=source, hours=-own.hours, effective_on=own.effective_on)
        own.taken = due_posting(by=by, commitment=target, hours=own.hours, effective_on=own.effective_on)
    own.save()
    telling.tell_transfer(own)
    audit.record(verb="execution.decide_transfer", **_about(by, own, is_accepted=is_accepted))
    return own


def _check(source: Commitment, hours: Decimal) -> None:
    """One hands over what one still owes, and no more. Read under the lock."""
    if hours < 0:
        raise RefusedError(
            "Donnez un nombre d’heures supérieur à zéro ; dans l’autre sens, inversez qui cède et qui reprend."
        )
    head = LedgerHead.objects.get(pk=source.pk)
    left = max(head.due - head.done, Decimal())
    if hours > left:
        raise RefusedError(
            f"Cet engagement ne doit plus que {figure(left, 2)} h : il ne peut pas en céder plus."
        )


def _about(by: User, transfer: HoursTransfer, **details: Any) -> dict[str, Any]:
    return {
        "by": by.as_actor(), "object_type": "contract", "object_key": str(transfer.contract_id),
        "details": {"transfer": transfer.pk, **details},
    }  # fmt: skip
