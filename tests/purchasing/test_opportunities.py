"""Who has just won: clauses published or probable, no person named; the Monday mail once a week."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from pytest_django import DjangoAssertNumQueries

from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.directory.models import Supplier
from levier.directory.results import slug_of
from levier.directory.served import Area
from levier.organisations.models import Organisation
from levier.purchasing import actions, tasks
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import Contract, ContractHolder, OpportunityAlert, PublishedNeed
from levier.purchasing.queries.awarded import recently_awarded
from levier.purchasing.queries.reaching import Sheet
from tests.factories.accounts import member, organisation, user
from tests.factories.needs import listed, sent

pytestmark = pytest.mark.django_db
MACHINE = Actor.machine("essai")
_NUMBERS = count(1)
LA_POSTE = "35600000000048"


def contract(holder: str = "Bâtisseurs SARL", siret: str = LA_POSTE, **fields: Any) -> Contract:
    """A contract notified last month in the Nord, with a published clause."""
    number = next(_NUMBERS)
    defaults: dict[str, Any] = {
        "uid": f"essai-{number}", "source": "essai", "object": f"Rénovation du gymnase {number}",
        "cpv": "45212200", "buyer_name": "Ville d’essai", "departement_code": "59",
        "notified_on": localdate() - timedelta(days=30), "amount_ht": Decimal(400_000),
        "social_considerations": ["clause"], "content_hash": "0" * 32,
        "first_seen": localdate() - timedelta(days=2), "last_seen": localdate(),
    }  # fmt: skip
    made = Contract.objects.create(**(defaults | fields))
    ContractHolder.objects.create(contract=made, rank=1, siret=siret, id_kind="SIRET", name=holder)
    return made


def uids(**asked: Any) -> set[str]:
    return {one.uid for one in recently_awarded(today=localdate(), **asked).contracts}


def test_a_clause_is_published_or_probable_and_never_invented() -> None:
    published, silent = contract(amount_ht=Decimal(1_000)), contract(social_considerations=["inconnu"])
    contract(social_considerations=["inconnu"], amount_ht=Decimal(9_000))  # too small
    contract(social_considerations=["inconnu"], cpv="72000000")  # a trade that seldom carries one
    contract(social_considerations=["inconnu"], amount_ht=None)
    contract(social_considerations=["aucune"])  # the buyer says there is none
    contract(notified_on=localdate() - timedelta(days=400))
    found = recently_awarded(today=localdate()).contracts
    assert {(one.uid, one.is_social) for one in found} == {(published.uid, True), (silent.uid, False)}


def test_contracts_are_those_of_the_place_and_the_sector() -> None:
    here, elsewhere = contract(), contract(departement_code="2A")
    cleaning = contract(cpv="90911200")
    assert uids(departements=["2A"]) == {elsewhere.uid}
    assert uids(sectors=["nettoyage-locaux"]) == {cleaning.uid}
    assert uids(departements=["59"]) == {here.uid, cleaning.uid}


def test_who_won_is_near_by_the_area_a_supplier_says(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """A place is a commune, a postal code, a département alone, or a région: each is compared with what it allows."""
    work, roubaix = "construction-generale", (50.69, 3.17)
    places = {
        "lille": {"place_kind": "commune", "place_code": "59350"},
        "dunkerque": {"place_kind": "commune", "place_code": "59183"},
        "carvin": {"place_kind": "code_postal", "place_code": "62220", "departement_code": "62"},
        "calais": {"place_kind": "code_postal", "place_code": "62100", "departement_code": "62"},
        "pas-de-calais": {"departement_code": "62"},
        "hauts-de-france": {"place_kind": "region", "place_code": "32", "departement_code": ""},
        "corse": {"departement_code": "2A"},
    }
    for uid, place in places.items():
        contract(uid=uid, cpv="45210000", **place)
    contract(uid="menage", cpv="90911200")

    def near(*areas: Area, sectors: tuple[str, ...] = (work,)) -> dict[str, str]:
        sheet = Sheet("59", sectors, "EI", roubaix, areas)
        return {one.uid: one.why for one in recently_awarded(today=localdate(), sheets=[sheet]).contracts}

    with django_assert_num_queries(4):  # régions, shares, contracts, postal codes
        told = near(Area(work, "radius", 40))
    assert set(told) == {"lille", "carvin", "pas-de-calais", "hauts-de-france"}
    assert told["lille"] == "Dans les 40\u00a0km que vous servez."
    assert "seul le département est dit (62)" in told["pas-de-calais"]
    assert set(near()) == {"lille", "dunkerque", "hauts-de-france"}, "its own département, without an area"
    assert set(near(sectors=())) == {"lille", "dunkerque", "hauts-de-france", "menage"}
    assert set(near(Area(work, "departements", codes=("62",)))) == {
        "carvin",
        "calais",
        "pas-de-calais",
        "hauts-de-france",
    }
    assert set(near(Area(work, "france"))) == set(places) - {"corse"}, "not across the sea"
    (lille,) = (
        one
        for one in recently_awarded(today=localdate(), sheets=[Sheet("59", (), "EI", roubaix)]).contracts
        if one.uid == "lille"
    )
    assert lille.place.startswith("Lille (59), à environ")


def test_who_won_is_told_to_who_lends_people_and_to_the_trades_of_a_whole_building() -> None:
    """Who fills its sheet with « mise à disposition » is the first a holder looks for, whatever the contract."""
    for uid, cpv in {"ecole": "45214200", "menage": "90911200", "sans-cpv": ""}.items():
        contract(uid=uid, cpv=cpv)

    def told(kind: str, *sectors: str, areas: tuple[Area, ...] = ()) -> dict[str, str]:
        sheet = Sheet("59", sectors, kind, (50.69, 3.17), areas)
        return {one.uid: one.why for one in recently_awarded(today=localdate(), sheets=[sheet]).contracts}

    lending = "mise-a-disposition"
    assert set(told("ETTI", lending)) == {"ecole", "menage", "sans-cpv"}
    assert "met" in told("ETTI", lending)["ecole"]
    assert set(told("AI", "aide-domicile")) == set(told("EA", lending)) == {"ecole", "menage", "sans-cpv"}
    assert not told("ETTI", lending, areas=(Area(lending, "departements", codes=("62",)),)), "its own area"
    assert set(told("GEIQ", "nettoyage-locaux")) == {"menage"}, "the branch of its members"
    assert set(told("GEIQ", lending)) == {"ecole", "menage", "sans-cpv"}, "no branch said"
    assert "sans métier plus précis" in told("EI", "peinture-vitrerie")["ecole"]
    assert set(told("EI", "nettoyage-locaux")) == {"menage"}


def test_a_person_is_never_named() -> None:
    Organisation.objects.create(siren="356000000", name="DUPONT JEANNE", legal_category="1000")
    contract(holder="DUPONT JEANNE")
    (found,) = recently_awarded(today=localdate()).contracts
    assert found.holders == ()
    Organisation.objects.all().delete()
    (found,) = recently_awarded(today=localdate()).contracts
    assert [(one.siren, one.name) for one in found.holders] == [("356000000", "")]
    assert b"DUPONT" not in Client().get("/opportunites?lieu=59").content


def test_a_company_is_named_with_its_number() -> None:
    contract(holder="BATISSEURS SAS")
    contract(siret="12345", holder="INCONNU SAS")
    contract(holder="Ets MARTIN")
    found = recently_awarded(today=localdate()).contracts
    # Notified the same day, they come in no particular order.
    named = sorted([holder.name for holder in one.holders] for one in found)
    assert named == [[], [""], ["BATISSEURS SAS"]]


@pytest.mark.slow
def test_the_public_page_asks_where_and_then_lists() -> None:
    made = contract()
    client = Client()
    assert made.object not in client.get("/opportunites").content.decode()
    html = client.get("/opportunites?lieu=Roubaix").content.decode()
    assert made.object in html and "Bâtisseurs SARL" in html and "Clause sociale" in html
    assert made.object not in client.get("/opportunites?lieu=Ajaccio").content.decode()
    assert "introuvable" in client.get("/opportunites?lieu=xyzxyz").content.decode()
    for odd in ("?secteur=xx", "?lieu=59&page=x", "?lieu=59&page=99999999999", "?lieu=%00", "?page=-1"):
        assert client.get(f"/opportunites{odd}").status_code == 200, odd


def test_the_page_takes_the_same_queries_whatever_it_lists(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    Client().get("/opportunites?lieu=59")  # the place finder is built once
    for _ in range(2):
        contract()
        with django_assert_num_queries(3):  # contracts, open lots, notices
            Client().get("/opportunites?lieu=59")


def supplier_member(**fields: Any) -> tuple[User, Organisation]:
    place = organisation()
    listed(place, departement_code="59", **fields)
    return member(place, role=Role.SUPPLIER).user, place


def test_a_supplier_starts_from_its_own_ground() -> None:
    here, elsewhere = contract(), contract(departement_code="2A")
    someone, _ = supplier_member()
    client = Client()
    client.force_login(someone)
    html = client.get("/opportunites").content.decode()
    assert here.object in html and elsewhere.object not in html
    assert "Le courriel du lundi" in html
    # Its own sheet offers the mail, until it is asked for.
    sheet, place = Supplier.objects.get(organisation__memberships__user=someone), someone.memberships.get()
    own = f"/mon-offre/fiche/{slug_of(sheet.key)}"
    assert "Recevoir les nouveautés le lundi" in client.get(own).content.decode()
    client.post("/opportunites/alerte", {"organisation": place.organisation_id, "voulu": "oui"})
    assert "Vous recevez les nouveautés le lundi" in client.get(own).content.decode()


def test_the_monday_mail_is_for_who_asked_once_a_week() -> None:
    someone, place = supplier_member()
    colleague = member(place, role=Role.SUPPLIER).user
    made = contract()
    actions.ask_for_alert(by=someone, organisation=place)
    actions.ask_for_alert(by=someone, organisation=place)
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate()) == 1
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate()) == 0
    tasks.send_weekly_alerts(timestamp=0)
    (mail,) = OutgoingMail.objects.all()
    assert mail.to_address == someone.email != colleague.email
    assert made.object in mail.body and "/ne-plus-me-solliciter/" in mail.body
    # Somebody to call: the public sheet of the winner, the facilitator of the territory.
    assert f"annuaire-entreprises.data.gouv.fr/entreprise/{LA_POSTE[:9]}" in mail.body
    assert "/facilitateurs?lieu=59" in mail.body
    # The next week there is nothing new: no mail.
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate() + timedelta(days=7)) == 0


@pytest.mark.slow
def test_the_monday_mail_recalls_needs_still_to_answer_and_of_this_organisation_only() -> None:
    someone, place = supplier_member()
    other = organisation()
    sent(None, listed(place), title="Tonte du parc")
    sent(None, listed(other), title="Besoin d’un autre")
    actions.ask_for_alert(by=someone, organisation=place)
    OutgoingMail.objects.all().delete()
    actions.send_weekly_alerts(by=MACHINE, today=localdate())
    body = OutgoingMail.objects.get().body
    assert "Tonte du parc" in body and "Besoin d’un autre" not in body


@pytest.mark.slow
def test_the_monday_mail_tells_the_needs_open_near_once() -> None:
    trade: dict[str, Any] = {"sectors": ["nettoyage-locaux"], "activity_status": "stated"}
    someone, place = supplier_member(**trade)
    far, elsewhere = supplier_member(sectors=["peinture-vitrerie"], activity_status="stated")
    area: dict[str, Any] = {"scope": "departements", "departements": ("59",)}
    need = sent(None, listed(), title="Ménage de l’école", is_shown=True, **area)
    for user_, own in ((someone, place), (far, elsewhere)):
        actions.ask_for_alert(by=user_, organisation=own)
    OutgoingMail.objects.all().delete()
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate()) == 1
    mail = OutgoingMail.objects.get()
    assert mail.to_address == someone.email
    assert need.title in mail.body and "BESOINS OUVERTS" in mail.body
    PublishedNeed.objects.update(sent_at=timezone.now() - timedelta(days=1))
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate() + timedelta(days=7)) == 0


def test_the_monday_mail_stops_for_who_left() -> None:
    someone, place = supplier_member()
    contract()
    actions.ask_for_alert(by=someone, organisation=place)
    someone.memberships.all().delete()
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate()) == 0
    assert not OpportunityAlert.objects.exists()
    with pytest.raises(RefusedError):
        actions.ask_for_alert(by=someone, organisation=place)


@pytest.mark.slow
def test_the_link_of_a_mail_stops_it_and_asking_again_starts_it_again() -> None:
    someone, place = supplier_member()
    contract()
    actions.ask_for_alert(by=someone, organisation=place)
    actions.send_weekly_alerts(by=MACHINE, today=localdate())
    mail = OutgoingMail.objects.get()
    path = "/ne-plus-me-solliciter/" + mail.unsubscribe_url.rpartition("/")[2]
    assert path in mail.body
    assert Client().post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    OpportunityAlert.objects.update(last_week="", last_sent_at=None)
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate()) == 0
    client = Client()
    client.force_login(someone)
    assert "Recevoir" in client.get("/opportunites").content.decode().split("Le courriel du lundi")[1]
    actions.ask_for_alert(by=someone, organisation=place)
    OpportunityAlert.objects.update(last_week="", last_sent_at=None)
    OutgoingMail.objects.all().delete()
    assert actions.send_weekly_alerts(by=MACHINE, today=localdate()) == 1


def test_an_alert_is_asked_for_one_s_own_organisation() -> None:
    someone, place = supplier_member()
    stranger = member(place, role=Role.NETWORK).user
    for one in (stranger, user()):
        client = Client()
        client.force_login(one)
        assert (
            client.post("/opportunites/alerte", {"organisation": place.pk, "voulu": "oui"}).status_code == 404
        )
    client = Client()
    client.force_login(someone)
    client.post("/opportunites/alerte", {"organisation": place.pk, "voulu": "oui"})
    assert OpportunityAlert.objects.get().user == someone
    client.post("/opportunites/alerte", {"organisation": place.pk, "voulu": "non"})
    assert not OpportunityAlert.objects.exists()


@pytest.mark.slow
def test_a_need_shown_to_others_is_received_by_who_is_of_the_trade_and_the_place() -> None:
    trade: dict[str, Any] = {"sectors": ["nettoyage-locaux"], "activity_status": "stated"}
    someone, place = supplier_member(**trade)
    own = place.suppliers.get()
    far_member, far = supplier_member(sectors=["peinture-vitrerie"], activity_status="stated")
    area: dict[str, Any] = {"scope": "departements", "departements": ("59",)}
    need = sent(None, listed(), title="Ménage de l’école", is_shown=True, **area)
    hidden = sent(None, listed(), title="Besoin réservé", **area)
    client, other = Client(), Client()
    client.force_login(someone)
    other.force_login(far_member)
    html = client.get("/opportunites").content.decode()
    assert need.title in html and hidden.title not in html
    assert need.title not in other.get("/opportunites").content.decode()
    address, form = f"/opportunites/besoins/{need.pk}", {"fournisseur": own.pk}
    assert other.post(address, form).status_code == 404  # not its supplier
    assert other.post(address, {"fournisseur": far.suppliers.get().pk}).status_code == 404  # not the trade
    assert client.post(f"/opportunites/besoins/{hidden.pk}", form).status_code == 404
    for _ in range(2):
        assert client.post(address, form).status_code == 302
    row = need.recipients.get(supplier=own)
    assert row.sent_at is None
    assert client.get(f"/besoins-recus/{row.pk}").status_code == 200
    assert need.title not in client.get("/opportunites").content.decode().split("Qui vient")[1]


def test_the_week_is_the_iso_week() -> None:
    from levier.purchasing.actions.alerts import week_of

    assert week_of(date(2027, 1, 1)) == "2026-W53"
    assert week_of(date(2027, 1, 4)) == "2027-W01"
