"""A publication or an attribution declared too soon is taken back, as long as nothing stands on it."""

from collections.abc import Iterable

from levier.purchasing import lot_lines
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import BidderQuestion, Purchase, PurchaseState


def check_undo(purchase: Purchase) -> None:
    """Raises RefusedError with what already stands on the last declaration: contracts, offers, questions."""
    reasons = [*lot_lines.holds_of(list(purchase.lots.all()))]
    if purchase.state == PurchaseState.PUBLISHED:
        reasons += _questions(purchase)
    if reasons:
        raise RefusedError(f"On ne peut plus revenir en arrière : {' ; '.join(reasons)}.")


def _questions(purchase: Purchase) -> Iterable[str]:
    count = BidderQuestion.objects.filter(desk__purchase=purchase).count()
    if count:
        yield (
            f"{count} questions d’entreprises ont été reçues"
            if count > 1
            else "une question d’entreprise a été reçue"
        )
