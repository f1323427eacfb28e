"""« J'ai remporté un marché clausé » by one's own link: the offer, the hours, whom to call; strangers get public facts."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.clauses.errors import StudyRefusedError
from levier.clauses.models import ChoiceKind, InsertionOffer, LotChoice, WinnerLink
from levier.clauses.offers import actions, winners
from levier.core.models import OutgoingMail
from levier.execution.actions import CommitmentValues
from levier.execution.models import Contract
from levier.facilitators.models import MeasureFact
from levier.purchasing.models import ContactSide, Lot, Purchase, PurchaseState
from tests.factories import execution
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.network import desk

pytestmark = pytest.mark.django_db


class Scene:
    """An awarded purchase of two lots, the first with its offer ready and its hours signed."""

    def __init__(self) -> None:
        self.town, self.house = organisation(name="Ville"), organisation(name="PLIE du Val")
        self.buyer = member(self.town, role=Role.BUYER).user
        self.worker = member(self.house, role=Role.FACILITATOR, first_name="Camille", last_name="Dupont").user
        self.purchase = make.purchase(
            self.town, state=PurchaseState.AWARDED, facilitator=self.house, title="École", lots=0,
            starts_on=timezone.localdate() + timedelta(days=60),
        )  # fmt: skip
        self.lot, self.other = (
            make.lot(self.purchase, title="Peinture"),
            make.lot(self.purchase, title="Plomberie"),
        )
        make.contacts(self.purchase, ContactSide.FACILITATOR)
        LotChoice.objects.create(lot=self.lot, kind=ChoiceKind.DECISION, levers=["L2112-2"], hours=480)
        LotChoice.objects.create(lot=self.other, kind=ChoiceKind.DECISION, levers=["L2112-2"], hours=999)
        post = {
            "rome": "F1606",
            "label": "Peintre en bâtiment",
            "people": 1,
            "hours": 480,
            "tasks": "Ponçage",
        }
        InsertionOffer.objects.create(lot=self.lot, state=InsertionOffer.State.READY, posts=[post])
        self.url = f"/achats/lots/{self.lot.pk}/offre"

    def link(self) -> str:
        made = winners.send_winner_link(
            by=self.worker, lot=self.lot, company="SARL Ripolin", email="gagnant@exemple.invalid"
        )
        return winners.address_of(made).split("//", 1)[1].split("/", 1)[1]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.mark.slow
def test_the_winner_reads_its_lot_by_its_link_and_nothing_of_the_others(scene: Scene) -> None:
    url = scene.link()
    (mail,) = OutgoingMail.objects.filter(to_address="gagnant@exemple.invalid")
    assert url in mail.body
    answer = Client().get(f"/{url}")
    page = answer.content.decode()
    for text in ("SARL Ripolin", "480", "Peintre en bâtiment", "Personne referent", "PLIE du Val"):
        assert text in page
    assert "999" not in page and "Plomberie" not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    document = Client().get(f"/{url}/offre.docx")
    assert document.status_code == 200 and document.content[:2] == b"PK"
    assert Client().get(f"/{url}/offre.exe").status_code == 404


@pytest.mark.slow
def test_a_winner_whose_offer_promises_more_reads_the_hours_of_its_contract(scene: Scene) -> None:
    url = f"/{scene.link()}"
    assert "Votre offre en promet plus" not in Client().get(url).content.decode()
    LotChoice.objects.create(
        lot=scene.lot, kind=ChoiceKind.DECISION, levers=["L2112-2", "R2152-7"], hours=480
    )
    assert "Votre offre en promet plus" in Client().get(url).content.decode()
    owed = execution.contract(buyer=scene.town, commitments=[CommitmentValues(hours=Decimal(620))])
    Contract.objects.filter(pk=owed.pk).update(lot=scene.lot)
    page = Client().get(url).content.decode()
    assert "620" in page and "Votre offre en promet plus" not in page


@pytest.mark.slow
def test_the_winner_of_a_reserved_lot_reads_of_no_hours_and_no_first_hire(scene: Scene) -> None:
    LotChoice.objects.create(lot=scene.lot, kind=ChoiceKind.DECISION, levers=["L2113-12"])
    page = Client().get(f"/{scene.link()}").content.decode()
    (mail,) = OutgoingMail.objects.filter(to_address="gagnant@exemple.invalid")
    assert "lot réservé" in mail.body and "première embauche" not in mail.body
    assert "clause d’insertion" not in mail.subject
    assert "Ce lot est réservé" in page and "première embauche" not in page


@pytest.mark.slow
def test_reading_changes_nothing_and_a_button_says_it_was_received(scene: Scene) -> None:
    url = scene.link()
    Client().get(f"/{url}")
    assert WinnerLink.objects.get().confirmed_at is None
    Client().post(f"/{url}")
    assert WinnerLink.objects.get().confirmed_at is not None
    assert "reçu" in as_user(scene.buyer).get(scene.url).content.decode()


@pytest.mark.slow
def test_a_draft_offer_is_not_shown_to_the_winner(scene: Scene) -> None:
    InsertionOffer.objects.update(state=InsertionOffer.State.DRAFT)
    url = scene.link()
    page = Client().get(f"/{url}").content.decode()
    assert "Peintre en bâtiment" not in page and "pas encore prête" in page
    assert Client().get(f"/{url}/offre.docx").status_code == 404


@pytest.mark.slow
def test_a_link_closed_replaced_expired_or_forged_opens_nothing(scene: Scene) -> None:
    first = scene.link()
    second = scene.link()
    assert Client().get(f"/{first}").status_code == 404
    assert Client().get(f"/{second}").status_code == 200
    assert Client().get(f"/{second[:-2]}xx").status_code == 404
    WinnerLink.objects.filter(revoked_at=None).update(expires_at=timezone.now() - timedelta(days=1))
    assert Client().get(f"/{second}").status_code == 404
    third = scene.link()
    as_user(scene.buyer).post(f"{scene.url}/titulaire", {"faire": "fermer"})
    for end in ("", "/offre.docx"):
        assert Client().get(f"/{third}{end}").status_code == 404


@pytest.mark.slow
def test_either_side_sends_the_link_and_nobody_else(scene: Scene) -> None:
    url, given = f"{scene.url}/titulaire", {"entreprise": "SARL", "courriel": "g@exemple.invalid"}
    for stranger in (user(), make.facilitator(), member(organisation(), role=Role.BUYER).user):
        assert as_user(stranger).post(url, given).status_code == 404
    assert as_user(member(scene.town, role=Role.SUPPLIER).user).post(url, given).status_code == 403
    assert not WinnerLink.objects.exists()
    for sender in (scene.buyer, scene.worker):
        assert as_user(sender).post(url, given).status_code == 302
        assert winners.open_link_of(scene.lot).sent_by == sender
    for odd in ({"entreprise": ""}, {"courriel": "pas une adresse"}):
        as_user(scene.buyer).post(url, given | odd)
    assert WinnerLink.objects.count() == 2
    assert winners.open_link_of(scene.other) is None


def test_no_link_before_the_award(scene: Scene) -> None:
    Purchase.objects.update(state=PurchaseState.PUBLISHED)
    with pytest.raises(StudyRefusedError, match="attribution"):
        winners.send_winner_link(by=scene.buyer, lot=scene.lot, company="X", email="x@exemple.invalid")


@pytest.mark.slow
def test_handed_over_at_the_launch_meeting_says_who_and_counts_as_a_meeting(scene: Scene) -> None:
    desk("departement:59", place=scene.house)
    given = {"entreprise": "SARL Ripolin", "lancement": "on"}
    assert as_user(scene.buyer).post(f"{scene.url}/remettre", given).status_code == 403
    as_user(scene.worker).post(f"{scene.url}/remettre", given)
    offer = InsertionOffer.objects.get()
    assert (offer.state, offer.handed_by, offer.at_launch) == ("remise", scene.worker, True)
    fact = MeasureFact.objects.get()
    assert (fact.measure, fact.buyer_siren, fact.is_typed) == ("visites", scene.town.siren, False)
    page = as_user(scene.buyer).get(scene.url).content.decode()
    assert "à la réunion de lancement" in page and "Camille Dupont" in page
    assert "à la réunion de lancement" in Client().get(f"/{scene.link()}").content.decode()


def test_without_the_meeting_no_meeting_is_counted(scene: Scene) -> None:
    desk("departement:59", place=scene.house)
    actions.hand_over(by=scene.worker, lot=scene.lot, to="SARL")
    assert not MeasureFact.objects.exists()


def test_a_stranger_on_the_open_page_gets_the_public_facts_only(scene: Scene) -> None:
    found = winners.public_lots_of_buyer(scene.town.siren or "")
    assert {lot.pk for lot in found} == {scene.lot.pk, scene.other.pk}
    assert winners.public_lots_of_buyer("") == []
    Purchase.objects.update(side="private")
    assert winners.public_lots_of_buyer(scene.town.siren or "") == []
    Purchase.objects.update(side="public", state=PurchaseState.DECIDED)
    assert winners.public_lots_of_buyer(scene.town.siren or "") == []


def test_the_file_takes_five_queries(scene: Scene, django_assert_num_queries: Any) -> None:
    scene.link()
    link = WinnerLink.objects.select_related(
        "lot__purchase__organisation", "lot__purchase__facilitator"
    ).get()
    with django_assert_num_queries(5):
        found = winners.file_of(link)
    assert found.hours == 480 and isinstance(found.lot, Lot)


@pytest.mark.slow
def test_the_open_page_names_the_lots_of_the_buyer_and_asks_for_a_link(scene: Scene) -> None:
    given = {
        "object": "Peinture d'une école", "place": "Roubaix", "hours": "480", "months": "6",
        "buyer_siren": scene.town.siren,
    }  # fmt: skip
    page = Client().post("/remporte", given).content.decode()
    assert "Cet acheteur a déclaré des lots attribués ici" in page and "Plomberie" in page
    assert "Peintre en bâtiment" not in page and "999" not in page and "Personne referent" not in page
