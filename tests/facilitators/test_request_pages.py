"""Pages of requests: who opens which, who acts on which side, what travels from the dossier."""

import re

import pytest
from django.test import Client

from levier.accounts.models import Role, User
from levier.facilitators import actions
from levier.facilitators.models import ReferralRequest
from tests.factories.accounts import member, organisation, user
from tests.factories.network import animation, animator_of, ask, buyer_of, desk, facilitator_of

pytestmark = pytest.mark.django_db

ANSWERS = ("accepter", "questionner", "decliner")
FOLLOWS = ("repondre", "repondue-ailleurs", "retirer", "transmettre")


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.mark.slow
def test_a_request_is_seen_by_its_two_sides_only() -> None:
    place, house = organisation(), organisation()
    structure = desk(place=house)
    neighbour = desk("departement:62", place=organisation())
    buyer = buyer_of(place)
    one = ask(place=place, by=buyer)
    address = f"/demandes/{one.pk}"
    for inside in (buyer, buyer_of(place), facilitator_of(structure), facilitator_of(structure)):
        assert as_user(inside).get(address).status_code == 200
    for colleague in (member(place, role=Role.NETWORK).user, member(house, role=Role.BUYER).user):
        assert as_user(colleague).get(address).status_code == 403
    region = animation("32")
    outside = [
        user(), buyer_of(), facilitator_of(neighbour), animator_of(region), user(is_staff=True),
        member(organisation(), role=Role.FACILITATOR).user,
    ]  # fmt: skip
    for stranger in outside:
        assert as_user(stranger).get(address).status_code == 404
        for act in (*ANSWERS, *FOLLOWS):
            assert as_user(stranger).post(f"{address}/{act}", {"texte": "Non"}).status_code == 404
    assert Client().get(address)["Location"].startswith("/compte/connexion/")
    one.refresh_from_db()
    assert one.state == "attente"


@pytest.mark.slow
def test_each_side_has_its_own_moves() -> None:
    place = organisation()
    structure = desk(place=organisation())
    buyer, worker = buyer_of(place), facilitator_of(structure)
    one = ask(place=place, by=buyer)
    address = f"/demandes/{one.pk}"
    for act in ANSWERS:
        assert as_user(buyer).post(f"{address}/{act}", {"texte": "Oui"}).status_code == 403
    for act in FOLLOWS:
        assert as_user(worker).post(f"{address}/{act}", {"texte": "Oui"}).status_code == 403
    assert as_user(worker).post(f"{address}/danser").status_code == 404
    assert as_user(worker).get(f"{address}/accepter").status_code == 405
    empty = as_user(worker).post(f"{address}/questionner", {"texte": ""})
    assert (empty.status_code, "Écrivez votre question" in empty.content.decode()) == (422, True)
    as_user(worker).post(f"{address}/questionner", {"texte": "Combien de <b>lots</b> ?"})
    html = as_user(buyer).get(address).content.decode()
    assert "Combien de &lt;b&gt;lots&lt;/b&gt; ?" in html and "Le délai est arrêté" in html
    as_user(buyer_of(place)).post(f"{address}/repondre", {"texte": "Trois."})
    as_user(facilitator_of(structure)).post(f"{address}/accepter", {"texte": "Nous venons."})
    one.refresh_from_db()
    assert one.state == "acceptee"
    assert "Nous venons." in as_user(buyer).get(address).content.decode()


@pytest.mark.slow
def test_the_animation_opens_what_came_to_it_and_the_structure_may_still_answer() -> None:
    structure = desk(place=organisation())
    worker, region = facilitator_of(structure), animation("32")
    animator, elsewhere = animator_of(region), animator_of(animation("93"))
    one = ask()
    actions.decline_request(by=worker, request=one, who=structure.name, text="Plus de temps.")
    actions.raise_to_animation(by=one.asked_by, request=one)
    address = f"/demandes/{one.pk}"
    assert as_user(animator).get(address).status_code == 200
    assert as_user(elsewhere).get(address).status_code == 404
    assert as_user(worker).get(address).status_code == 200
    assert one.subject_label in as_user(animator).get("/demandes").content.decode()
    as_user(animator).post(f"{address}/accepter", {"texte": "Nous suivons."})
    one.refresh_from_db()
    assert one.state == "acceptee"


@pytest.mark.slow
def test_lists_hold_one_s_own_only() -> None:
    structure, other = desk(place=organisation()), desk("departement:62", place=organisation())
    one = ask(subject_label="Peinture des écoles")
    worker, neighbour = facilitator_of(structure), facilitator_of(other)
    assert "Peinture des écoles" in as_user(worker).get("/demandes").content.decode()
    assert "Peinture des écoles" in as_user(one.asked_by).get("/demandes").content.decode()
    for stranger in (neighbour, buyer_of(), user()):
        assert "Peinture" not in as_user(stranger).get("/demandes").content.decode()


@pytest.mark.slow
def test_a_request_goes_from_the_dossier_to_the_desk(demonstration: object) -> None:
    buyer = buyer_of(organisation(is_demo=True))
    client = as_user(buyer)
    need = {"text": "Nettoyage de bureaux à Lille, 120 000 € sur 24 mois"}
    assert "Demander au facilitateur" in client.post("/dossier", need).content.decode()
    assert client.post("/dossier/demander", need)["Location"] == "/demandes/nouvelle"
    html = client.get("/demandes/nouvelle").content.decode()
    assert "métropole de Lille" in html and 'value="Lille (Nord)"' in html and "24" in html
    place = buyer.memberships.get().organisation_id
    (shown,) = re.findall(r'name="montre" value="([^"]+)"', html)
    form = {
        "organisation": place, "subject_label": "Nettoyage", "lieu": "Lille (Nord)", "lines": ["0", "2"],
        "montre": shown,
    }  # fmt: skip
    refused = client.post("/demandes/nouvelle", form)
    assert refused.status_code == 422 and "rien ne part sans votre accord" in refused.content.decode()
    assert not ReferralRequest.objects.exists()
    elsewhere = client.post("/demandes/nouvelle", form | {"agrees": "on", "lieu": "Atlantis"})
    html = elsewhere.content.decode()
    assert (elsewhere.status_code, "Rien n’est encore parti" in html) == (200, True)
    assert "Le Plantis (Orne)" in html and not ReferralRequest.objects.exists()
    assert client.post("/demandes/nouvelle", form | {"agrees": "on"}).status_code == 302
    one = ReferralRequest.objects.get()
    assert [line["label"] for line in one.need] == ["Objet", "Lieu d’exécution"]
    assert "métropole de Lille" in one.structure.name
    assert 'name="lines"' not in client.get("/demandes/nouvelle").content.decode()


@pytest.mark.slow
def test_a_request_begins_where_the_facilitator_is_found(demonstration: object) -> None:
    assert (
        "/demandes/nouvelle?lieu=Lille%20%28Nord%29"
        in Client().get("/facilitateurs?lieu=Lille").content.decode()
    )
    client = as_user(buyer_of(organisation(is_demo=True)))
    client.post("/dossier/demander", {"text": "Nettoyage de bureaux à Rennes, 120 000 € sur 24 mois"})
    address = "/demandes/nouvelle?lieu=Lille%20%28Nord%29"
    html = client.get(address).content.decode()
    assert 'value="Lille (Nord)"' in html and "Qui recevra votre demande" in html
    (shown,) = re.findall(r'name="montre" value="([^"]+)"', html)
    typed = {
        "subject_label": "Peinture",
        "lieu": "Lille (Nord)",
        "message": "Aide",
        "agrees": "on",
        "montre": shown,
    }
    sent = client.post(address, typed | {"organisation": shown.split(":")[-1]})
    assert sent.status_code == 302 and ReferralRequest.objects.get().place_label == "Lille (Nord)"


@pytest.mark.slow
def test_a_request_waits_for_who_is_no_buyer_yet(demonstration: object) -> None:
    anonymous = Client()
    need = {"text": "Nettoyage de bureaux à Lille, 120 000 € sur 24 mois"}
    assert anonymous.post("/dossier/demander", need)["Location"] == "/demandes/nouvelle"
    assert anonymous.get("/demandes/nouvelle")["Location"].startswith("/compte/connexion/")
    assert "Il faut le rôle « Acheteur »" in as_user(user()).get("/demandes/nouvelle").content.decode()
