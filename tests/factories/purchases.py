"""Purchases with their lots, their two organisations and their people."""

from typing import Any

from levier.accounts.models import Role, User
from levier.organisations.models import Organisation
from levier.purchasing.models import (
    ContactRank,
    ContactSide,
    Lot,
    Purchase,
    PurchaseContact,
    PurchaseState,
)
from tests.factories.accounts import member, organisation


def purchase(
    buyer: Organisation | None = None,
    *,
    state: str = PurchaseState.DRAFT,
    facilitator: Organisation | None = None,
    lots: int = 1,
    **fields: Any,
) -> Purchase:
    """A purchase in any state, with so many lots of offices to clean."""
    made = Purchase.objects.create(
        organisation=buyer or organisation(),
        facilitator=facilitator,
        state=state,
        **{"title": "Entretien de la mairie", "contract_kind": "services", "buyer_kind": "collectivite"}
        | fields,
    )
    for _ in range(lots):
        lot(made)
    return made


def lot(of: Purchase, **fields: Any) -> Lot:
    """One more lot."""
    number = of.lots.present().count() + 1
    values = {"title": f"Lot {number}", "cpv": "90919200", "amount_ht": 120_000, "months": 24}
    return Lot.objects.create(purchase=of, number=number, **values | fields)


def contacts(of: Purchase, side: str = ContactSide.BUYER) -> list[PurchaseContact]:
    """The two people of one side."""
    return [
        PurchaseContact.objects.create(
            purchase=of, side=side, rank=rank, name=f"Personne {rank}", email=f"{side}-{rank}@exemple.invalid"
        )
        for rank in ContactRank
    ]


def facilitator(of: Organisation | None = None) -> User:
    """A facilitator of a structure."""
    return member(of or organisation(), role=Role.FACILITATOR).user
