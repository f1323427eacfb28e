"""When a lot may be awarded, and the day its contract was notified."""

from datetime import date

from django.utils import timezone

from levier.core.typography import day
from levier.execution.errors import RefusedError
from levier.purchasing.actions.purchases import locked
from levier.purchasing.models import Lot, Purchase, PurchaseState


def check_notified(on: date) -> None:
    """Raises RefusedError for a day to come: the notification is a fact, not a forecast."""
    if on > timezone.localdate():
        raise RefusedError(
            f"La notification est datée du {day(on)}, à venir : enregistrez le contrat une fois notifié, avec sa vraie date."
        )


def awardable(lot: Lot, *, notified_on: date) -> Purchase:
    """The purchase of a lot that may be awarded, under its lock: a colleague may be taking the publication back.

    Raises RefusedError before the publication, for a lot removed, or for a notification to come.
    """
    check_notified(notified_on)
    purchase = locked(lot.purchase)
    if purchase.state not in {PurchaseState.PUBLISHED, PurchaseState.AWARDED}:
        raise RefusedError(
            "Un lot s’attribue une fois la consultation publiée : déclarez d’abord la publication."
        )
    if lot.removed_at is not None:
        raise RefusedError("Ce lot a été retiré de l’achat.")
    return purchase
