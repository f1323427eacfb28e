"""The staff recognises buyers: who may, what is kept, what their needs become, who is told."""

import pytest
from django.test import Client

from levier.accounts.models import User
from levier.core.models import AuditEvent, OutgoingMail
from levier.directory.index import SUPPLIERS
from levier.purchasing import actions
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import BuyerDecision, NeedState, VerifiedBuyer
from levier.purchasing.trust import is_trusted
from tests.factories.accounts import organisation, user
from tests.factories.needs import buyer, draft, listed

pytestmark = pytest.mark.django_db


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.mark.slow
def test_the_pages_exist_for_the_staff_only() -> None:
    place = organisation(name="Ville d’essai")
    owner, colleague, stranger, rival = buyer(place), buyer(place), user(), buyer()
    for one in (owner, colleague, stranger, rival):
        for address in ("/moderation/acheteurs", f"/moderation/acheteurs/{place.pk}"):
            assert as_user(one).get(address).status_code == 404
        sent = {"decision": "verifier", "motif": "Appel"}
        assert as_user(one).post(f"/moderation/acheteurs/{place.pk}", sent).status_code == 404
    assert Client().get("/moderation/acheteurs").status_code == 302
    staff = as_user(user(is_staff=True))
    assert place.name in staff.get("/moderation/acheteurs").content.decode()
    # The same role on an object that is no buyer.
    assert staff.get(f"/moderation/acheteurs/{organisation().pk}").status_code == 404
    assert not BuyerDecision.objects.exists()


@pytest.mark.slow
def test_buyers_are_found_by_name_siren_and_state() -> None:
    one, other = organisation(name="Ville d’essai"), organisation(name="Hôpital d’essai")
    buyer(one), buyer(other)
    VerifiedBuyer.objects.create(organisation=other)
    staff = as_user(user(is_staff=True))

    def shown(**asked: str) -> tuple[bool, bool]:
        html = staff.get("/moderation/acheteurs", asked).content.decode()
        return one.name in html, other.name in html

    assert shown() == (True, True)
    assert shown(q="ville") == (True, False)
    assert shown(q=str(other.siren)) == (False, True)
    assert shown(etat="verifies") == (False, True)
    assert shown(etat="autres") == (True, False)
    assert "Voir tous les acheteurs" in staff.get("/moderation/acheteurs", {"q": "rien"}).content.decode()


@pytest.mark.slow
def test_a_decision_has_its_reason_its_history_and_its_mail() -> None:
    place = organisation(name="Ville d’essai")
    author, staff = buyer(place), user(is_staff=True, first_name="Ada", last_name="Modération")
    client, address = as_user(staff), f"/moderation/acheteurs/{place.pk}"
    refused = client.post(address, {"decision": "verifier", "motif": " "})
    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.content.decode()
    wrong = client.post(address, {"decision": "verifier", "motif": "Appel", "domaine": "gmail.com"})
    assert "n’est pas le domaine" in wrong.content.decode()
    assert not VerifiedBuyer.objects.exists()
    sent = {"decision": "verifier", "motif": "Appel au standard", "domaine": "@ville-essai.fr"}
    assert client.post(address, sent).status_code == 302
    assert VerifiedBuyer.objects.get().mail_domain == "ville-essai.fr"
    assert is_trusted(author, place)
    assert client.post(address, {"decision": "retirer", "motif": "Adresse usurpée"}).status_code == 302
    assert not is_trusted(author, place)
    page = client.get(address).content.decode()
    assert page.index("vérification retirée") < page.index("Appel au standard")
    assert "Ada Modération" in page
    subjects = OutgoingMail.objects.filter(to_address=author.email).order_by("pk")
    assert [one.subject for one in subjects] == [
        "Ville d’essai est vérifiée",
        "Ville d’essai n’est plus vérifiée",
    ]
    assert "Adresse usurpée" in subjects[1].body
    events = AuditEvent.objects.filter(verb="purchasing.decide_on_buyer").order_by("pk")
    assert [one.details for one in events] == [{"verified": True}, {"verified": False}]
    with pytest.raises(RefusedError, match="n’est pas vérifiée"):
        actions.unverify_buyer(by=staff, organisation=place, reason="Encore")


@pytest.mark.slow
def test_what_was_not_sent_is_read_first_once_a_buyer_is_no_longer_recognised() -> None:
    listed(sectors=["nettoyage-locaux"], activity_status="stated")
    SUPPLIERS.rebuild()
    author, staff = buyer(), user(is_staff=True)
    sent, kept = draft(author), draft(author, title="Autre besoin")
    place = sent.organisation
    actions.verify_buyer(by=staff, organisation=place, reason="Appel", mail_domain="ville-essai.fr")
    assert actions.submit_need(by=author, need=sent).state == NeedState.SENT
    cousin = user(email="agent@ville-essai.fr")
    assert is_trusted(cousin, organisation())
    actions.unverify_buyer(by=staff, organisation=place, reason="Doute")
    assert not is_trusted(cousin, organisation())
    assert actions.submit_need(by=author, need=kept).state == NeedState.WAITING
    sent.refresh_from_db()
    assert sent.state == NeedState.SENT


def test_the_list_asks_few_questions(django_assert_num_queries: object) -> None:
    for _ in range(5):
        place = organisation()
        buyer(place)
        VerifiedBuyer.objects.create(organisation=place)
    client = as_user(user(is_staff=True))
    client.get("/moderation/acheteurs")
    with django_assert_num_queries(5):  # type: ignore[operator]
        client.get("/moderation/acheteurs")
