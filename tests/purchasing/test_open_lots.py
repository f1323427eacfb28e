"""Open lots for who sells: signed then published, near, of its trade and kind; told once by the Monday mail."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from pytest_django import DjangoAssertNumQueries

from levier.accounts.models import Role, User
from levier.clauses.models import ChoiceKind, LotChoice
from levier.clauses.studies import actions as studies
from levier.clauses.studies.actions import ChoiceValues
from levier.clauses.studies.open_lots import open_lot_of
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.organisations.models import Organisation
from levier.purchasing import actions
from levier.purchasing.actions.open_lots import OpenLotValues, tell_open_lot
from levier.purchasing.models import Lot, OpenLot, Purchase, PurchaseState, QuestionDesk
from levier.purchasing.queries.open_lots import open_lots
from levier.purchasing.queries.opportunities import ground_of
from levier.purchasing.queries.reaching import Sheet
from tests.factories import exchanges
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import listed
from tests.factories.network import desk as structure

pytestmark = pytest.mark.django_db
MACHINE = Actor.machine("essai")
CLEANING = "nettoyage-locaux"
INSERTION = {"reserved_kinds": ("ACI", "EI", "ETTI"), "reserved_to": "aux structures d’insertion"}


def told(
    purchase: Purchase | None = None, *, title: str = "Bureaux", desk: bool = True, **fields: Any
) -> Lot:
    """A lot of cleaning signed with 480 h, of a consultation published in the Nord, with its public page."""
    if purchase is None:
        purchase = make.purchase(
            organisation(name="Ville de Valmont"), state=PurchaseState.PUBLISHED, lots=0,
            departement_code="59", place_kind="commune", place_code="59512", place_label="Roubaix (59)",
            amount_ht=Decimal(777_777),
        )  # fmt: skip
        if desk:
            exchanges.desk(purchase)
    lot = make.lot(purchase, title=title, amount_ht=Decimal(777_777))
    given = {"lever": "Clause sociale d’insertion", "signed_on": localdate(), "hours": Decimal(480)}
    tell_open_lot(by=MACHINE, lot=lot, values=OpenLotValues(**given | fields))
    return lot


def titles(**asked: Any) -> list[str]:
    return [one.lot.title for one in open_lots(today=localdate(), **asked)]


def sheet(kind: str = "EI", departement: str = "59", sectors: tuple[str, ...] = (CLEANING,)) -> Sheet:
    return Sheet(departement, sectors, kind)


def supplier(kind: str = "EI", **fields: Any) -> tuple[User, Organisation]:
    place = organisation()
    given = {"departement_code": "59", "sectors": [CLEANING], "activity_status": "stated"} | fields
    listed(place, kind=kind, **given)
    return member(place, role=Role.SUPPLIER).user, place


def test_a_lot_is_near_by_its_own_place_then_by_that_of_its_purchase() -> None:
    near, far = told(title="Près"), told(title="Loin")
    Lot.objects.filter(pk=far.pk).update(
        place_kind="commune", place_code="2A004", place_label="Ajaccio (2A)", departement_code="2A"
    )
    region = told(title="Région")
    Purchase.objects.filter(pk=region.purchase_id).update(
        place_kind="region", place_code="32", departement_code=""
    )
    assert titles(departements=["59"]) == [near.title, region.title]
    assert titles(departements=["2A"]) == [far.title]
    assert len(titles()) == 3
    assert titles(sectors=[CLEANING], departements=["2A"]) == ["Loin"]
    assert titles(sectors=["peinture-vitrerie"]) == []


def test_a_supplier_sees_what_is_for_its_kind_and_reads_why() -> None:
    told(title="Réservé", **INSERTION)
    told(title="Clausé")
    whys = {one.lot.title: one.why for one in open_lots(today=localdate(), sheets=[sheet()])}
    assert "Réservé aux structures d’insertion" in whys["Réservé"] and "(EI)" in whys["Réservé"]
    assert "480" in whys["Clausé"] and "sous-traitance" in whys["Clausé"]
    assert titles(sheets=[sheet("ESAT")]) == ["Clausé"], "reserved to another kind"
    (people,) = open_lots(today=localdate(), sheets=[sheet("GEIQ")])
    assert "mettre à disposition" in people.why and "facilitateur confirme" in people.why
    (ess,) = open_lots(today=localdate(), sheets=[sheet("SCOP")])
    assert "ouvert à tous" in ess.why
    assert titles(sheets=[sheet(departement="75")]) == []
    assert titles(sheets=[sheet(sectors=("peinture-vitrerie",))]) == []
    # Kind, trade and place are those of one and the same sheet.
    split = [sheet("EI", departement="75"), sheet("ESAT", sectors=("peinture-vitrerie",))]
    assert titles(sheets=split) == []


@pytest.mark.parametrize(
    "state", [PurchaseState.DECIDED, PurchaseState.AWARDED, PurchaseState.CLOSED, PurchaseState.ABANDONED]
)
def test_a_lot_is_open_only_while_its_consultation_is_published(state: str) -> None:
    lot = told()
    assert titles() == [lot.title]
    Purchase.objects.update(state=state)
    assert titles() == []


def test_a_lot_closes_with_its_offers_its_page_or_its_removal() -> None:
    lot = told()
    told(title="Sans page", desk=False)
    QuestionDesk.objects.update(offers_until=localdate() + timedelta(days=20))
    assert titles() == [lot.title]
    tomorrow = localdate() + timedelta(days=21)
    assert open_lots(today=tomorrow) == ()
    Lot.objects.filter(pk=lot.pk).update(number=None, removed_at=timezone.now())
    assert titles() == []


def test_the_signature_tells_the_lot_and_a_new_one_takes_it_back() -> None:
    house = organisation()
    purchase = make.purchase(state=PurchaseState.TO_STUDY, facilitator=house, departement_code="59")
    lot, worker = purchase.lots.get(), make.facilitator(house)
    buyer = member(purchase.organisation, role=Role.BUYER).user
    values = ChoiceValues(levers=("L2112-2",), hours=Decimal(480))
    studies.propose(by=worker, lot=lot, values=values)
    assert not OpenLot.objects.exists(), "a proposal tells nothing"
    Purchase.objects.update(state=PurchaseState.PROPOSED)
    lot.purchase.refresh_from_db()
    studies.decide(by=buyer, lot=lot, values=values)
    one = OpenLot.objects.get()
    assert (one.hours, one.is_reserved, one.signed_on) == (Decimal(480), False, localdate())
    studies.decide(by=buyer, lot=lot, values=ChoiceValues(levers=("L2113-12",)))
    one.refresh_from_db()
    assert one.hours is None and {"EA", "ESAT"} <= set(one.reserved_kinds) and "EI" not in one.reserved_kinds
    studies.decide(by=buyer, lot=lot, values=ChoiceValues(why_none="Le besoin a été réduit de moitié."))
    assert not OpenLot.objects.exists()


@pytest.mark.parametrize(
    ("levers", "hours", "is_told", "is_reserved"),
    [
        (["L2112-2"], None, True, False),
        (["L2112-2_R2152-7"], 100, True, False),
        (["L2113-14"], None, True, True),
        (["R2152-7"], None, False, False),  # a criterion alone binds to no hours
        (["EVI"], 100, True, False),
        ([], None, False, False),
    ],
)
def test_what_is_told_is_reserved_or_with_a_clause(
    levers: list[str], hours: int | None, is_told: bool, is_reserved: bool
) -> None:
    lot = Lot(purchase=Purchase())
    choice = LotChoice(kind=ChoiceKind.DECISION, levers=levers, hours=hours, at=timezone.now())
    values = open_lot_of(lot, choice)
    assert (values is not None) == is_told
    assert bool(values and values.reserved_kinds) == is_reserved


@pytest.mark.slow
def test_the_page_is_public_and_says_no_amount_nor_anybody() -> None:
    house = organisation()
    known = structure(place=house, phone="01 99 00 55 55")
    lot = told(title="Entretien du gymnase", **INSERTION)
    Purchase.objects.update(facilitator=house)
    make.contacts(lot.purchase)
    html = Client().get("/opportunites").content.decode()
    section = html.split("Lots ouverts réservés ou clausés")[1].split("Qui vient")[0]
    assert lot.title in section and f"/consultations/{lot.purchase_id}" in section
    assert "Ville de Valmont" in section and "Roubaix" in section and "Réservé aux structures" in section
    assert known.name in section and known.phone in section
    assert (
        "réservé aux structures d’insertion"
        in Client().get(f"/consultations/{lot.purchase_id}").content.decode()
    )
    assert "777" not in html and "Personne referent" not in html and "Pourquoi vous" not in html


@pytest.mark.slow
def test_each_reader_finds_what_is_for_its_own_sheets() -> None:
    lot = told(title="Réservé aux EI", **INSERTION)
    owner, place = supplier()
    colleague = member(place, role=Role.SUPPLIER).user
    other_kind, _ = supplier("ESAT")
    for one, is_shown in ((owner, True), (colleague, True), (other_kind, False), (user(), True)):
        client = Client()
        client.force_login(one)
        html = client.get("/opportunites").content.decode()
        assert (lot.title in html) == is_shown
        assert ("Pourquoi vous" in html) == (one in (owner, colleague))
    client = Client()
    client.force_login(other_kind)
    assert lot.title in client.get("/opportunites?lieu=59").content.decode(), "what one asks for is public"
    for asked in ("lieu=2A", "lieu=xyzxyz", "lieu=59&page=2", "lieu=59&secteur=peinture-vitrerie"):
        assert lot.title not in Client().get(f"/opportunites?{asked}").content.decode(), asked


@pytest.mark.slow
def test_the_page_takes_the_same_queries_whatever_it_lists(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    house = organisation()
    structure(place=house)
    Client().get("/opportunites?lieu=59")
    for _ in range(2):
        told(told().purchase)
        Purchase.objects.update(facilitator=house)
        with django_assert_num_queries(4):  # contracts, lots, notices, whom to call
            Client().get("/opportunites?lieu=59")


@pytest.mark.slow
def test_the_monday_mail_tells_a_lot_near_once_and_to_its_kind() -> None:
    near, place = supplier()
    other_kind, other = supplier("ESAT")
    far, away = supplier(departement_code="75")
    house = organisation()
    known = structure(place=house, phone="01 99 00 55 55")
    lot = told(title="Réservé aux EI", **INSERTION)
    Purchase.objects.update(facilitator=house)
    for one, own in ((near, place), (other_kind, other), (far, away)):
        actions.ask_for_alert(by=one, organisation=own)
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate()) == 1
    mail = OutgoingMail.objects.get()
    assert mail.to_address == near.email and mail.body.count(lot.title) == 1
    assert "LOTS OUVERTS" in mail.body and "votre structure en est une" in mail.body
    assert known.phone in mail.body and f"/consultations/{lot.purchase_id}" in mail.body
    assert "777" not in mail.body
    for week in (1, 2):
        assert actions.send_weekly_alerts(by=MACHINE, today=localdate() + timedelta(weeks=week)) == 0
    # One that opens afterwards is told next.
    told(title="Plus tard", **INSERTION)
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate() + timedelta(weeks=3)) == 1
    last = OutgoingMail.objects.order_by("-pk").first()
    assert last is not None and "Plus tard" in last.body and lot.title not in last.body


def test_the_ground_of_an_organisation_keeps_its_sheets_apart(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    _, place = supplier()
    listed(place, kind="ESAT", departement_code="75", sectors=[], activity_status="unknown")
    with django_assert_num_queries(1):
        ground = ground_of(place)
    assert ground.sheets == (sheet(), Sheet("75", (), "ESAT"))
