"""What moves the hours due as a contract goes: orders, invoices, statements of hours worked; amendments, decided by the buyer."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.typography import day
from levier.execution.actions.posting import checked_hours, due_posting, locked
from levier.execution.actions.weighing import weigh
from levier.execution.control import telling
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Amendment,
    AmendmentState,
    Commitment,
    CommitmentKind,
    Contract,
    LedgerHead,
    LedgerPosting,
    OrderNature,
    PostingKind,
    PurchaseOrder,
)
from levier.execution.queries.openings import closed_on
from levier.rulebook.hours_due import rounded, share_step

LARGEST_AMOUNT = Decimal("1e10")


@transaction.atomic
def add_order(
    *, by: User, contract: Contract, nature: str, reference: str, dated_on: date, amount_ht: Decimal | None = None,
    worked_hours: Decimal | None = None,
) -> PurchaseOrder:  # fmt: skip
    """An order, an invoice or a statement of hours worked, and the hours it makes due by the rule of each commitment.

    Totals decide, not each piece: a threshold passed counts once. Raises RefusedError.
    """
    Contract.objects.select_for_update().get(pk=contract.pk)
    name = " ".join(reference.split())[:60]
    if nature not in OrderNature.values:
        raise RefusedError("Dites si c’est une commande, une facture ou un relevé d’heures travaillées.")
    value = _checked_value(nature, amount_ht, worked_hours)
    if not name:
        raise RefusedError("Donnez un numéro ou une référence à cette pièce.")
    present = contract.orders.filter(nature=nature, cancelled_at=None)
    if present.filter(reference=name).exists():
        raise RefusedError(f"« {name} » est déjà enregistré : la même pièce ne compte pas deux fois.")
    if not 2000 <= dated_on.year <= 2100:
        raise RefusedError("La date doit être entre 2000 et 2100.")
    field = "worked_hours" if nature == OrderNature.WORKED else "amount_ht"
    before = present.aggregate(total=Sum(field))["total"] or Decimal()
    made = PurchaseOrder.objects.create(
        contract=contract, nature=nature, reference=name, dated_on=dated_on, by=by, **{field: value}
    )
    posted = _move(by, made, before, value)
    audit.record(
        by=by.as_actor(), verb="execution.add_order", object_type="contract", object_key=str(contract.pk),
        details={"order": made.pk, "postings": posted},
    )  # fmt: skip
    return made


@transaction.atomic
def cancel_order(*, by: User, order: PurchaseOrder) -> PurchaseOrder:
    """Take back an order, an invoice or a statement written by mistake, and the hours it made due. Raises RefusedError.

    The total without it decides: past a threshold, that is not always what it had added.
    """
    contract = Contract.objects.select_for_update().get(pk=order.contract_id)
    own = PurchaseOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if own.cancelled_at is not None:
        raise RefusedError("Cette pièce est déjà annulée.")
    value = own.worked_hours if own.nature == OrderNature.WORKED else own.amount_ht
    assert value is not None
    field = "worked_hours" if own.nature == OrderNature.WORKED else "amount_ht"
    total = contract.orders.filter(nature=own.nature, cancelled_at=None).aggregate(total=Sum(field))["total"]
    own.cancelled_at = timezone.now()
    own.save(update_fields=["cancelled_at"])
    posted = _move(by, own, total, -value)
    audit.record(
        by=by.as_actor(), verb="execution.cancel_order", object_type="contract", object_key=str(contract.pk),
        details={"order": own.pk, "postings": posted},
    )  # fmt: skip
    return own


def _move(by: User, order: PurchaseOrder, before: Decimal, added: Decimal) -> int:
    """Post what a change of the total makes due for each commitment counted on it; how many lines."""
    posted = 0
    for commitment in locked(*order.contract.commitments.filter(basis=order.nature)).values():
        hours = _step(commitment, before, added)
        if hours:
            due_posting(by=by, commitment=commitment, hours=hours, effective_on=order.dated_on, order=order)
            posted += 1
    if posted:
        weigh(order.contract)
    return posted


def _checked_value(nature: str, amount_ht: Decimal | None, worked_hours: Decimal | None) -> Decimal:
    value = worked_hours if nature == OrderNature.WORKED else amount_ht
    if value is None or not value.is_finite() or not 0 < value <= LARGEST_AMOUNT or rounded(value) != value:
        what = "les heures travaillées" if nature == OrderNature.WORKED else "le montant hors taxes"
        raise RefusedError(f"Donnez {what}, un nombre supérieur à zéro, au centième.")
    if nature == OrderNature.WORKED:
        checked_hours(value)
    return value


def _step(commitment: Commitment, before: Decimal, added: Decimal) -> Decimal:
    if commitment.kind == CommitmentKind.SHARE:
        assert commitment.rate is not None
        return share_step(commitment.rate, before, added)
    return commitment.amount_rule.step(before, added)


@transaction.atomic
def propose_amendment(
    *,
    by: User,
    commitment: Commitment,
    reference: str,
    signed_on: date,
    hours_change: Decimal | None = None,
    ends_on: date | None = None,
    note: str = "",
) -> Amendment:
    """An amendment, the hours and the end of the contract it would move; nothing moves until the buyer decides. Raises RefusedError."""
    contract = Contract.objects.select_for_update().get(pk=commitment.contract_id)
    name = " ".join(reference.split())[:60]
    if not name:
        raise RefusedError("Donnez un numéro à cet avenant.")
    if contract.amendments.filter(reference=name).exists():
        raise RefusedError(f"L’avenant « {name} » est déjà enregistré.")
    if not 2000 <= signed_on.year <= 2100:
        raise RefusedError("La date doit être entre 2000 et 2100.")
    if len(note) > 2000:
        raise RefusedError("Le motif dépasse 2 000 caractères : raccourcissez-le.")
    if not hours_change and ends_on is None:
        raise RefusedError("Dites ce que l’avenant change : les heures, la fin du contrat, ou les deux.")
    if ends_on is not None:
        _check_end(contract, ends_on)
    made = Amendment.objects.create(
        contract=contract, commitment=commitment, reference=name, signed_on=signed_on, ends_on=ends_on,
        hours_change=checked_hours(hours_change) if hours_change else Decimal(), note=note.strip(), proposed_by=by,
    )  # fmt: skip
    audit.record(
        by=by.as_actor(), verb="execution.propose_amendment", object_type="contract",
        object_key=str(contract.pk), details={"amendment": made.pk},
    )  # fmt: skip
    return made


def _check_end(contract: Contract, ends_on: date) -> None:
    """A new end is another day, after the beginning, and leaves out no hour that counts. Raises RefusedError."""
    if ends_on == contract.ends_on:
        raise RefusedError(
            f"Le contrat finit déjà le {day(ends_on)} : donnez une autre date, ou laissez vide."
        )
    if not contract.starts_on <= ends_on or ends_on.year > 2100:
        raise RefusedError(f"La nouvelle fin doit suivre le début du contrat ({day(contract.starts_on)}).")
    if (closed := closed_on(contract.pk)) is not None:
        raise RefusedError(f"Ce contrat est clos depuis le {day(closed)} : sa fin ne bouge plus.")
    last = (
        LedgerPosting.objects.filter(commitment__contract=contract, kind=PostingKind.DONE, reversed_by=None)
        .aggregate(month=Max("person_month__month"))["month"]
    )  # fmt: skip
    if last is not None and last > ends_on:
        raise RefusedError(
            f"Des heures comptent déjà en {last:%m/%Y}, après cette fin : annulez-les d’abord, ou donnez une fin plus tardive."
        )


@transaction.atomic
def decide_amendment(*, by: User, amendment: Amendment, is_accepted: bool, words: str = "") -> Amendment:
    """The buyer lets the amendment move the hours and the end, or says that it does not. Raises RefusedError.

    Who may is the policy's: only the buyer. What is due never falls below zero. `words`: as `record_decision`.
    """
    commitment = locked(amendment.commitment)[amendment.commitment_id]
    own = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if own.state != AmendmentState.WAITING:
        raise RefusedError("Cet avenant est déjà décidé.")
    own.state = AmendmentState.DECIDED if is_accepted else AmendmentState.REFUSED
    own.decided_by, own.decided_at, own.decided_words = by, timezone.now(), words
    if is_accepted and own.ends_on is not None:
        contract = Contract.objects.select_for_update().get(pk=own.contract_id)
        _check_end(contract, own.ends_on)
        own.ended_on, contract.ends_on = contract.ends_on, own.ends_on
        contract.save(update_fields=["ends_on"])
        commitment.contract = contract
    own.save(update_fields=["state", "decided_by", "decided_at", "decided_words", "ended_on"])
    if is_accepted and own.hours_change:
        if LedgerHead.objects.get(pk=commitment.pk).due + own.hours_change < 0:
            raise RefusedError("Cet avenant retire plus d’heures qu’il n’en est dû.")
        due_posting(
            by=by, commitment=commitment, hours=own.hours_change, effective_on=own.signed_on, amendment=own
        )
    if is_accepted:
        weigh(commitment.contract)
        telling.tell_amendment(own)
    audit.record(
        by=by.as_actor(), verb="execution.decide_amendment", object_type="contract",
        object_key=str(own.contract_id), details={"amendment": own.pk, "is_accepted": is_accepted, "is_recorded": bool(words)},
    )  # fmt: skip
    return own


def record_decision(*, by: User, amendment: Amendment, is_accepted: bool, words: str) -> Amendment:
    """What a buyer who has nobody here decided, as whoever follows the contract heard it. Raises RefusedError without what shows it."""
    shown = " ".join(words.split())
    if not shown:
        raise RefusedError(
            "Dites ce qui montre la décision de l’acheteur : l’avenant signé, un courriel, leur date."
        )
    if len(shown) > 300:
        raise RefusedError("Ce texte dépasse 300 caractères : raccourcissez-le.")
    return decide_amendment(by=by, amendment=amendment, is_accepted=is_accepted, words=shown)
