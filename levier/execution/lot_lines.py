"""What the page of a purchase says of each lot's contract: filled from here, since purchasing knows no contract."""

from collections.abc import Iterable, Sequence

from django.urls import reverse

from levier.accounts.models import User
from levier.core.typography import day
from levier.execution import policies
from levier.execution.models import Contract
from levier.purchasing.lot_lines import LotLine
from levier.purchasing.models import Lot, Purchase, PurchaseState
from levier.purchasing.policies import sides_for

MOST_HOLDS = 3
AWARDABLE = frozenset({PurchaseState.PUBLISHED, PurchaseState.AWARDED})


def holds_of(lots: Sequence[Lot]) -> Iterable[str]:
    """A contract opened on a lot: what is owed stands in the ledger, so the consultation was awarded."""
    contracts = Contract.objects.filter(lot__in=lots).select_related("holder").order_by("pk")
    names = [f"le lot {one.lot.number} a un contrat avec {one.holder.name}" for one in contracts.select_related("lot")
             if one.lot is not None]  # fmt: skip
    return names[:MOST_HOLDS] + (["…"] if len(names) > MOST_HOLDS else [])


def lines_of(purchase: Purchase, lots: Sequence[Lot], reader: User | None) -> Iterable[LotLine]:
    """The contracts of each lot, and the way to award it once the consultation is published. Three SQL queries at most."""
    if purchase.state not in {*AWARDABLE, PurchaseState.CLOSED}:
        return
    contracts: dict[int, list[Contract]] = {}
    for one in Contract.objects.filter(lot__in=lots).select_related("holder").order_by("pk"):
        assert one.lot_id is not None
        contracts.setdefault(one.lot_id, []).append(one)
    may_award = (
        reader is not None and purchase.state in AWARDABLE and "acheteur" in sides_for(reader, purchase)
    )
    seen = (
        set() if reader is None or not contracts
        else set(policies.contracts_of(reader).filter(lot__in=lots).values_list("pk", flat=True))
    )  # fmt: skip
    for lot in lots:
        for one in contracts.get(lot.pk, ()):
            yield LotLine(
                lot_id=lot.pk,
                lines=(f"Attribué à {one.holder.name}, notifié le {day(one.notified_on)}.",),
                url=reverse("execution:contract", kwargs={"pk": one.pk}) if one.pk in seen else "",
                url_label="Ouvrir le contrat",
            )
        if may_award:
            is_first = lot.pk not in contracts
            yield LotLine(
                lot_id=lot.pk,
                lines=("Pas encore attribué.",) if is_first else (),
                url=reverse("execution:award", kwargs={"lot_pk": lot.pk}),
                url_label="Attribuer ce lot" if is_first else "Ajouter un titulaire",
            )
