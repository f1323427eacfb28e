"""The lots of a purchase: added, changed, put in order, removed and put back."""

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.purchasing.actions.purchases import MOST_LOTS, LotValues, editable
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import Lot, Purchase


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
