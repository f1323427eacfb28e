"""Who sees and answers which question: both sides of the purchase; only the buyer signs; the public reads what is out."""

from dataclasses import dataclass
from typing import Literal

from django.http import Http404

from levier.purchasing.models import (
    BidderQuestion,
    ContactSide,
    Purchase,
    QuestionDesk,
)
from levier.purchasing.policies import PurchasePower, Reader, get_purchase_for, sides_for
from levier.purchasing.trades.policies import side_of

UNKNOWN = "Cette consultation n’existe pas, ou elle n’a pas de questions ouvertes ici."


@dataclass(frozen=True, slots=True)
class DeskAccess:
    """The purchase, its desk (None before the buyer opens it) and the side the reader speaks for."""

    purchase: Purchase
    desk: QuestionDesk | None
    side: ContactSide
    may_sign: bool


def get_desk_for(user: Reader, pk: int, *, to: PurchasePower = "see") -> DeskAccess:
    """The questions of a purchase one may open. Raises Http404, PermissionDenied."""
    purchase = get_purchase_for(user, pk, to=to)
    sides = sides_for(user, purchase)
    desk = QuestionDesk.objects.filter(purchase=purchase).first()
    if desk is not None:
        desk.purchase = purchase
    return DeskAccess(purchase, desk, side_of(sides), ContactSide.BUYER in sides)


def get_question_for(
    user: Reader, pk: int, question_pk: int, *, to: Literal["see", "decide"]
) -> tuple[BidderQuestion, DeskAccess]:
    """A question of this purchase and no other. « decide » is the buyer's. Raises Http404, PermissionDenied."""
    access = get_desk_for(user, pk, to=to)
    found = BidderQuestion.objects.filter(pk=question_pk, desk=access.desk).first() if access.desk else None
    if found is None or access.desk is None:
        raise Http404("Cette question n’existe pas, ou n’est pas de cette consultation.")
    found.desk = access.desk
    return found, access


def get_public_desk(pk: int) -> QuestionDesk:
    """The desk of a purchase, for everybody: its buyer opened it on purpose. Raises Http404."""
    found = QuestionDesk.objects.select_related("purchase__organisation").filter(purchase=pk).first()
    if found is None:
        raise Http404(UNKNOWN)
    return found
