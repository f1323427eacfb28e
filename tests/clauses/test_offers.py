"""The offer of insertion: written by the facilitator, read by the buyer, frozen once handed over."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from levier.accounts.models import Role, User
from levier.clauses.models import InsertionOffer
from levier.clauses.offers.actions import OfferValues, save_offer
from levier.clauses.offers.proposing import begun_from, by_fit, rome_label, usual_posts
from levier.directory.search import SupplierHit
from levier.purchasing.models import Lot, Purchase, PurchaseState
from levier.rulebook.calibration import all_trades
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def facilitator() -> User:
    return make.facilitator()


@pytest.fixture
def lot(facilitator: User) -> Lot:
    structure = facilitator.memberships.get().organisation
    purchase = make.purchase(state=PurchaseState.TO_STUDY, facilitator=structure, lots=0, title="École")
    return make.lot(purchase, cpv="45442100", title="Peinture")


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _values(**more: Any) -> dict[str, Any]:
    return {
        "postes-TOTAL_FORMS": "2", "postes-INITIAL_FORMS": "0",
        "postes-0-rome": "f1606", "postes-0-people": "2", "postes-0-hours": "480", "postes-0-tasks": "ponçage <b>",
        "postes-1-label": "",
        "routes": ["tutorat", "poei"], "expected_people": "4",
    } | more  # fmt: skip


def _address(lot: Lot, name: str = "offer", **more: Any) -> str:
    return reverse(f"clauses:{name}", kwargs={"lot_pk": lot.pk} | more)


def test_the_usual_posts_of_a_trade_are_offered_and_all_have_a_name() -> None:
    assert [post["rome"] for post in usual_posts("45442100")] == ["F1606"]
    assert usual_posts("") == usual_posts("99") == []
    for trade in all_trades():
        for post in usual_posts(trade.prefixes[0].ljust(8, "0")):
            assert rome_label(post["rome"])


def test_the_geiq_of_the_trade_comes_before_a_nearer_one_and_the_silent_one_apart() -> None:
    """By trade, then by distance: the search gives the distances, each group keeps them."""
    near_first = [
        ("propreté", "GEIQ", ("nettoyage-locaux",)), ("muet", "GEIQ", ()), ("intérim", "ETTI", ()),
        ("branche", "GEIQ", ("gros-oeuvre",)), ("peintre", "GEIQ", ("peinture-vitrerie",)),
        ("association", "AI", ("nettoyage-locaux",)),
    ]  # fmt: skip
    hits = [
        SupplierHit(number, 1, float(number), kind, sectors, "stated", ())
        for number, (_, kind, sectors) in enumerate(near_first)
    ]
    found = {
        fit: [near_first[hit.key][0] for hit in some]
        for fit, some in by_fit(hits, ("peinture-vitrerie",)).items()
    }
    assert found == {
        "trade": ["branche", "peintre"],
        "any": ["intérim", "association"],
        "unknown": ["muet"],
    }


@pytest.mark.slow
def test_facilitator_writes_buyer_reads_others_find_nothing(lot: Lot, facilitator: User) -> None:
    buyer = member(lot.purchase.organisation, role=Role.BUYER).user
    structure = lot.purchase.facilitator
    assert structure is not None
    colleague = member(structure, role=Role.FACILITATOR).user
    outsiders = [make.facilitator(), member(organisation(), role=Role.BUYER).user]
    assert _as(facilitator).post(_address(lot), _values()).status_code == 302
    assert _as(colleague).post(_address(lot), _values()).status_code == 302
    assert _as(buyer).post(_address(lot), _values()).status_code == 403
    assert _as(buyer).get(_address(lot)).status_code == 200
    for other in outsiders:
        assert _as(other).get(_address(lot)).status_code == 404
        assert _as(other).post(_address(lot), _values()).status_code == 404
        assert _as(other).get(_address(lot, "offer_file", form="docx")).status_code == 404
    offer = InsertionOffer.objects.get()
    assert [(post["rome"], post["label"], post["hours"]) for post in offer.posts] == [
        ("F1606", "Peintre en bâtiment", 480)
    ]
    assert offer.routes == ["poei", "tutorat"] or offer.routes == ["tutorat", "poei"]


@pytest.mark.slow
def test_a_wrong_row_is_said_on_its_field(lot: Lot, facilitator: User) -> None:
    answer = _as(facilitator).post(_address(lot), _values(**{"postes-0-rome": "peintre"}))
    assert answer.status_code == 422
    assert not InsertionOffer.objects.exists()
    empty = _values(is_ready="on") | {"postes-0-rome": "", "postes-0-hours": "", "postes-0-tasks": ""}
    answer = _as(facilitator).post(_address(lot), empty)
    assert answer.status_code == 422
    assert "au moins un poste" in answer.content.decode()


@pytest.mark.slow
def test_once_handed_over_it_changes_no_more(lot: Lot, facilitator: User) -> None:
    client = _as(facilitator)
    client.post(_address(lot), _values())
    client.post(_address(lot, "hand_over_offer"), {"entreprise": "SARL Peinture"})
    assert InsertionOffer.objects.get().state == "preparation"
    client.post(_address(lot), _values(is_ready="on"))
    client.post(_address(lot, "hand_over_offer"), {"entreprise": "SARL Peinture"})
    assert InsertionOffer.objects.get().state == "prete", "nobody has won yet"
    Purchase.objects.filter(pk=lot.purchase_id).update(state=PurchaseState.AWARDED)
    client.post(_address(lot, "hand_over_offer"), {"entreprise": "SARL Peinture"})
    offer = InsertionOffer.objects.get()
    assert (offer.state, offer.handed_to) == ("remise", "SARL Peinture")
    assert client.post(_address(lot), _values(note="autre")).status_code == 422
    assert "SARL Peinture" in client.get(_address(lot)).content.decode()


@pytest.mark.slow
def test_it_leaves_as_word_and_names_nobody(lot: Lot, facilitator: User) -> None:
    client = _as(facilitator)
    client.post(_address(lot), _values())
    answer = client.get(_address(lot, "offer_file", form="docx"))
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml").decode()
    assert "Peintre en bâtiment" in text
    assert "&lt;b&gt;" in text
    assert client.get(_address(lot, "offer_file", form="exe")).status_code == 404


def test_the_offer_of_another_lot_brings_who_prescribes_and_the_routes(lot: Lot, facilitator: User) -> None:
    other = make.lot(lot.purchase, cpv="45442100", title="Sols")
    assert begun_from(other) == {}
    save_offer(by=facilitator, lot=lot, values=OfferValues(prescribers=(), routes=("poei",)))
    assert begun_from(other) == {"prescribers": [], "routes": ["poei"]}
    assert begun_from(lot) == {}, "its own offer is read whole"
