"""What a purchase waits for before its next step, told to the side that makes it, and to nobody else."""

import pytest

from levier.accounts.models import Role, User
from levier.purchasing import lot_lines
from levier.purchasing.lot_lines import LotLine
from levier.purchasing.models import ContactSide, Purchase, PurchaseState
from levier.purchasing.next_gestures import gestures
from levier.purchasing.queries.purchases import whole_purchase
from tests.factories import purchases as make
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db


def _told(purchase: Purchase, reader: User) -> list[tuple[str, bool]]:
    return [(one.text, one.is_done) for one in gestures(whole_purchase(purchase, reader=reader))]


def test_a_draft_asks_its_buyer_for_lots_and_contacts() -> None:
    purchase = make.purchase(lots=0)
    buyer = member(purchase.organisation, role=Role.BUYER).user
    assert _told(purchase, buyer) == [("Décrire au moins un lot", False), ("Nommer vos deux contacts", False)]
    make.lot(purchase)
    make.contacts(purchase, ContactSide.BUYER)
    assert _told(purchase, buyer) == [("Décrire les lots : 1 lot", True), ("Nommer vos deux contacts", True)]


def test_a_study_leads_to_the_first_lot_that_is_not_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    facilitator = make.facilitator()
    structure = facilitator.memberships.get().organisation
    purchase = make.purchase(state=PurchaseState.TO_STUDY, facilitator=structure, lots=2)
    first, second = purchase.lots.present()
    lines = [
        LotLine(first.pk, ("480 h",), url="/un", is_proposed=True),
        LotLine(second.pk, ("?",), url="/deux"),
    ]
    monkeypatch.setattr(lot_lines, "_providers", {"test": lambda *_: lines})
    study = gestures(whole_purchase(purchase, reader=facilitator))[-1]
    assert (study.text, study.is_done, study.verb, study.url) == (
        "Étudier chaque lot : 1 sur 2", False, "Étudier le lot 2", "/deux",
    )  # fmt: skip
    buyer = member(purchase.organisation, role=Role.BUYER).user
    assert _told(purchase, buyer) == []
