"""Who opens which consultation of trades: both sides of its purchase; a participant by its link; anybody if public."""

from dataclasses import dataclass

from django.http import Http404

from levier.purchasing.models import ContactSide, Purchase, TradeConsultation
from levier.purchasing.policies import Reader, get_purchase_for, sides_for

UNKNOWN = "Cette consultation des métiers n’existe pas, ou elle n’est pas publique."


@dataclass(frozen=True, slots=True)
class TradeAccess:
    """A consultation and for whom its reader acts; the confidential notes are the buyer's alone."""

    consultation: TradeConsultation
    sides: frozenset[ContactSide]

    @property
    def reads_notes(self) -> bool:
        """Whether the notes « à l'acheteur seul » are for this reader."""
        return ContactSide.BUYER in self.sides


def get_purchase_to_consult(user: Reader, pk: int) -> tuple[Purchase, ContactSide]:
    """A purchase one buys or facilitates, and the side one speaks for. Raises Http404, PermissionDenied."""
    purchase = get_purchase_for(user, pk)
    return purchase, side_of(sides_for(user, purchase))


def side_of(sides: frozenset[ContactSide]) -> ContactSide:
    """In an in-house mission one speaks for the buyer."""
    return ContactSide.BUYER if ContactSide.BUYER in sides else ContactSide.FACILITATOR


def get_trade_consultation_for(user: Reader, purchase_pk: int, pk: int) -> TradeAccess:
    """A consultation of this purchase and no other. Raises Http404, PermissionDenied."""
    purchase = get_purchase_for(user, purchase_pk)
    found = TradeConsultation.objects.select_related("lot").filter(pk=pk, purchase=purchase).first()
    if found is None:
        raise Http404(UNKNOWN)
    found.purchase = purchase
    return TradeAccess(found, sides_for(user, purchase))


def get_public_consultation(pk: int) -> TradeConsultation:
    """A consultation open to everybody. Raises Http404 for one sent to chosen participants, or withdrawn."""
    found = (
        TradeConsultation.objects.select_related("purchase__organisation", "lot")
        .filter(pk=pk, is_public=True, withdrawn_at=None)
        .first()
    )
    if found is None:
        raise Http404(UNKNOWN)
    return found
