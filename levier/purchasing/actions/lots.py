"""The lots of a purchase: added, changed, put in order, removed and put back."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.typography import hours as in_hours
from levier.purchasing.actions.purchases import MOST_LOTS, LotValues, editable
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import ContactSide, Lot, Purchase, PurchaseEvent


@transaction.atomic
def add_lot(*, by: User, purchase: Purchase, values: LotValues) -> Lot:
    """One more lot, after the last. Raises RefusedError."""
    values.check()
    found = editable(purchase)
    count = found.lots.present().count()
    if count >= MOST_LOTS:
        raise RefusedError(f"Un achat compte au plus {MOST_LOTS} lots.")
    lot = Lot.objects.create(purchase=found, number=count + 1, **values.columns())
    audit.record(by=by.as_actor(), verb="purchasing.add_lot", object_type="lot", object_key=str(lot.pk))
    return lot


@transaction.atomic
def change_lot(*, by: User, lot: Lot, values: LotValues) -> Lot:
    """Say a lot otherwise. Raises RefusedError."""
    values.check()
    found = _present(lot)
    for name, value in values.columns().items():
        setattr(found, name, value)
    found.save()
    audit.record(by=by.as_actor(), verb="purchasing.change_lot", object_type="lot", object_key=str(found.pk))
    return found


@transaction.atomic
def answer_takeover(*, by: User, lot: Lot, hours: Decimal) -> Lot:
    """Write on the lot what a study found of the staff to take over: hours a month, 0 for nobody.

    The lot is the one place that says it; its buyer reads the answer in the story of the purchase. Nothing is written
    when the lot says so already. Raises RefusedError.
    """
    found = _present(lot)
    if found.takeover_known and (found.takeover_hours or Decimal()) == hours:
        return found
    found.takeover_known, found.takeover_hours = True, hours or None
    found.save(update_fields=["takeover_known", "takeover_hours"])
    said = f"{in_hours(hours, 2)} par mois" if hours else "personne"
    PurchaseEvent.objects.create(
        purchase=found.purchase, before=found.purchase.state, after=found.purchase.state, side=ContactSide.FACILITATOR,
        account_id=by.pk, note=f"Personnel à reprendre, lot {found.number} : {said}, d’après l’étude.",
    )  # fmt: skip
    audit.record(
        by=by.as_actor(), verb="purchasing.answer_takeover", object_type="lot", object_key=str(found.pk)
    )
    return found


@transaction.atomic
def shift_lot(*, by: User, lot: Lot, step: int) -> None:
    """Exchange a lot with its neighbour: -1 up, 1 down. At the end of the list, nothing happens."""
    found = _present(lot)
    assert found.number is not None
    other = found.purchase.lots.present().filter(number=found.number + (1 if step > 0 else -1)).first()
    if other is None:
        return
    # The numbers are checked when the transaction ends.
    found.number, other.number = other.number, found.number
    Lot.objects.bulk_update([found, other], ["number"])
    audit.record(by=by.as_actor(), verb="purchasing.shift_lot", object_type="lot", object_key=str(found.pk))


@transaction.atomic
def remove_lot(*, by: User, lot: Lot) -> None:
    """Take a lot out; its row stays, and the lots after it go up by one. Raises RefusedError."""
    found = _present(lot)
    number = found.number
    assert number is not None
    if not found.purchase.is_draft and found.purchase.lots.present().count() == 1:
        raise RefusedError(
            "Un achat à étudier garde au moins un lot : ajoutez-en un avant de retirer celui-ci."
        )
    found.number, found.former_number, found.removed_at = None, number, timezone.now()
    found.save(update_fields=["number", "former_number", "removed_at", "updated_at"])
    _shift(found.purchase, since=number, by=-1)
    audit.record(by=by.as_actor(), verb="purchasing.remove_lot", object_type="lot", object_key=str(found.pk))


@transaction.atomic
def restore_lot(*, by: User, purchase: Purchase, pk: int) -> Lot:
    """Put a removed lot back at the place it had, or at the end. Raises RefusedError."""
    found = editable(purchase)
    lot = found.lots.filter(pk=pk, removed_at__isnull=False).first()
    if lot is None:
        raise RefusedError("Ce lot n’est plus à remettre.")
    count = found.lots.present().count()
    if count >= MOST_LOTS:
        raise RefusedError(f"Un achat compte au plus {MOST_LOTS} lots.")
    place = min(lot.former_number or count + 1, count + 1)
    _shift(found, since=place, by=1)
    lot.number, lot.removed_at = place, None
    lot.save(update_fields=["number", "removed_at", "updated_at"])
    audit.record(by=by.as_actor(), verb="purchasing.restore_lot", object_type="lot", object_key=str(lot.pk))
    return lot


def _present(lot: Lot) -> Lot:
    """The lot as it is under the lock of its purchase. Raises RefusedError."""
    purchase = editable(lot.purchase)
    found = purchase.lots.present().filter(pk=lot.pk).first()
    if found is None:
        raise RefusedError("Ce lot vient d’être retiré.")
    found.purchase = purchase
    return found


def _shift(purchase: Purchase, *, since: int, by: int) -> None:
    """Renumber the lots from `since` on."""
    moved = list(purchase.lots.present().filter(number__gte=since))
    for one in moved:
        assert one.number is not None
        one.number += by
    Lot.objects.bulk_update(moved, ["number"])
