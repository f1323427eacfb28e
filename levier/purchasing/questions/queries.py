"""Reads of questions, and the public face of a consultation: what its notice says, and nothing else of the purchase."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from levier.purchasing import lot_lines
from levier.purchasing.models import Lot, Purchase, PurchaseState, QuestionDesk
from levier.reference.cpv.tables import cpv_labels

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class PublicLot:
    """A lot as its consultation publishes it. `hours`: those the buyer signed, None when there are none.

    `reserved_to`: in words (« aux structures d’insertion »), empty when the lot is open to all.
    """

    lot: Lot
    trade: str
    hours: Decimal | None
    reserved_to: str = ""


def desk_of(purchase: Purchase) -> QuestionDesk | None:
    """The desk with `waiting` and `published` counted. One SQL query."""
    return (
        QuestionDesk.objects.filter(purchase=purchase)
        .annotate(
            waiting=Count("questions", filter=Q(questions__published_at=None, questions__set_aside_at=None)),
            published=Count("questions", filter=Q(questions__published_at__isnull=False)),
        )
        .first()
    )


def public_desks(on: date) -> QuerySet[QuestionDesk]:
    """The published consultations with a page here that still take questions or wait for answers, by deadline."""
    return (
        QuestionDesk.objects.filter(purchase__state=PurchaseState.PUBLISHED, answers_by__gte=on)
        .select_related("purchase__organisation")
        .annotate(published=Count("questions", filter=Q(questions__published_at__isnull=False)))
        .order_by("questions_until", "pk")[:MOST_LISTED]
    )


def public_lots(purchase: Purchase) -> tuple[PublicLot, ...]:
    """The lots with the hours signed for publication: never an amount, an estimate or a proposal."""
    lots = list(purchase.lots.present().select_related("open_lot"))
    estimates = lot_lines.estimates_of(lots)
    found = []
    for lot in lots:
        estimate = estimates.get(lot.pk)
        signed = estimate.hours if estimate and estimate.is_signed else None
        told = getattr(lot, "open_lot", None)
        found.append(PublicLot(lot, cpv_labels().get(lot.cpv, ""), signed, told.reserved_to if told else ""))
    return tuple(found)
