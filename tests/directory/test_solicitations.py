"""« Ne plus me solliciter »: by the link of a mail, by a mail reader, from the sheet; and nothing leaves afterwards."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core import signing
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core import mail_returns
from levier.core.audit import Actor
from levier.core.mail import send
from levier.core.models import AuditEvent, OutgoingMail
from levier.core.tasks import deliver_mail
from levier.directory.models import Capacity, SolicitationRefusal, SourceRecord, Supplier
from levier.directory.ownership import actions as sheets
from levier.directory.ownership.actions import CapacityLine
from levier.directory.results import slug_of
from levier.directory.solicitations import links, queries
from levier.directory.solicitations.actions import choose_solicitations
from levier.directory.solicitations.addresses import SALT, address_hash
from levier.directory.solicitations.sending import solicit
from tests.factories import accounts as make
from tests.factories import networks
from tests.factories.ownership import EMAIL, keeper, listed_supplier

pytestmark = pytest.mark.django_db
BY = Actor.machine("essai")
Topic = SolicitationRefusal.Topic


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


def path_of(*, to: str = EMAIL, topic: Topic = Topic.NEEDS, supplier: Supplier | None = None) -> str:
    link = links.address_of(to=to, topic=topic, supplier_id=supplier.pk if supplier else None)
    return "/ne-plus-me-solliciter/" + link.rpartition("/")[2]


def does_not_wish(supplier: Supplier) -> bool:
    return supplier.pk in queries.refusing_needs({supplier.pk: supplier.email})


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.slow
def test_reading_the_page_changes_nothing_and_the_button_stops_these_mails() -> None:
    supplier = listed_supplier()
    # As a mail reader or a stranger to the site: no account, no cookie, no token.
    client = Client(enforce_csrf_checks=True)
    path = path_of(supplier=supplier)
    for _ in range(2):
        page = client.get(path)
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        assert "noindex" in page["X-Robots-Tag"]
    assert not SolicitationRefusal.objects.exists()
    assert not does_not_wish(supplier)
    assert "C’est fait" in client.post(path, {"ceux-ci": "1"}).content.decode()
    assert client.post(path, {"ceux-ci": "1"}).status_code == 200
    assert does_not_wish(supplier)
    assert queries.wanted_topics(EMAIL, supplier) == {
        "needs": False, "weekly": True, "capacity": True, "confirmation": True, "network": True,
    }  # fmt: skip
    assert EMAIL not in str(list(AuditEvent.objects.values()))


def test_a_mail_readers_own_button_needs_one_post_only() -> None:
    supplier = listed_supplier()
    client = Client(enforce_csrf_checks=True)
    path = path_of(supplier=supplier)
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert does_not_wish(supplier)
    # Anything else that is posted asks nothing.
    choose_solicitations(by=BY, address=EMAIL, supplier=supplier, wanted={"needs": True})
    assert client.post(path, {"autre": "1"}).status_code == 200
    assert not does_not_wish(supplier)


@pytest.mark.parametrize("change", ["x", ":", ""])
def test_an_address_we_did_not_sign_is_unknown(change: str) -> None:
    path = path_of()
    wrong = path[:-3] + change + path[-1:]
    for method in (Client().get, Client().post):
        assert method(wrong).status_code == 404
    assert not SolicitationRefusal.objects.exists()


def test_everything_is_refused_at_once_and_chosen_again_one_by_one() -> None:
    path = path_of(topic=Topic.WEEKLY, to="Moi@Essai.fr")
    client = Client()
    client.post(path, {"tous": "1"})
    assert set(SolicitationRefusal.objects.values_list("topic", "address_hash")) == {
        (topic.value, address_hash("moi@essai.fr")) for topic in Topic
    }
    client.post(path, {"choisir": "1", "capacity": "on"})
    assert not queries.refuses("moi@essai.fr", Topic.CAPACITY)
    assert queries.refuses("MOI@essai.fr ", Topic.WEEKLY)


def test_a_mailbox_speaks_for_all_the_sheets_it_is_published_on() -> None:
    one, twin, other = listed_supplier(), listed_supplier("ACI"), listed_supplier(email="x@autre-essai.fr")
    Client().post(path_of(supplier=one), {"ceux-ci": "1"})
    refusing = queries.refusing_needs({each.pk: each.email for each in (one, twin, other)})
    assert refusing == {one.pk, twin.pk}
    # The list gives the sheet another address: it still does not wish to be solicited.
    assert queries.refusing_needs({one.pk: "nouveau@ateliers-essai.fr"}) == {one.pk}


def test_a_sheet_that_took_another_takes_its_refusal() -> None:
    kept, merged = listed_supplier(), listed_supplier(email="b@ailleurs-essai.fr")
    choose_solicitations(by=BY, address="", supplier=merged, wanted={"needs": False})
    Supplier.objects.filter(pk=merged.pk).update(merged_into=kept, is_listed=False)
    assert does_not_wish(kept)
    page = Client().get(path_of(supplier=merged, to="b@ailleurs-essai.fr")).content.decode()
    assert kept.name in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("colleague", 200), ("buyer", 403), ("outsider", 404), ("rival", 404), ("nobody", 302)],
)
def test_the_switches_of_a_sheet_are_its_keepers(who: str, status: int) -> None:
    supplier = listed_supplier()
    people = {
        "owner": lambda: keeper(supplier).user,
        "colleague": lambda: keeper(supplier, is_admin=False).user,
        "buyer": lambda: keeper(supplier, role=Role.BUYER).user,
        "outsider": make.user,
        "rival": lambda: keeper(listed_supplier()).user,
    }
    client = Client() if who == "nobody" else signed_in(people[who]())
    address = f"/mon-offre/fiche/{slug_of(supplier.key)}/courriels"
    assert client.get(address).status_code == status
    client.post(address, {"capacity": "on"})
    assert does_not_wish(supplier) is (status == 200)


@pytest.mark.slow
def test_the_owner_may_change_its_mind_even_about_what_its_mailbox_refused() -> None:
    supplier = listed_supplier()
    owner = keeper(supplier).user
    Client().post(path_of(supplier=supplier), {"tous": "1"})
    address = f"/mon-offre/fiche/{slug_of(supplier.key)}/courriels"
    client = signed_in(owner)
    client.post(address, {"needs": "on", "weekly": "on", "capacity": "on", "network": "on"})
    assert not does_not_wish(supplier)
    assert queries.refuses(owner.email, Topic.CONFIRMATION)
    # What the mailbox refused for itself stays refused: it is not this account's.
    assert queries.refuses(EMAIL, Topic.WEEKLY)
    page = client.get(address).content.decode()
    assert page.count("checked") == 4


@pytest.mark.slow
def test_reminders_are_not_sent_to_who_refuses_them_and_carry_the_way_out() -> None:
    supplier = listed_supplier()
    first, second = keeper(supplier).user, keeper(supplier).user
    sheets.state_groups(by=BY, supplier=supplier, groups={"description": "Un"})
    today = timezone.localdate()
    month = today.replace(day=1)
    sheets.state_capacities(by=BY, supplier=supplier, lines=[CapacityLine(month, 2, "teams")])
    past = today - timedelta(days=200)
    SourceRecord.objects.filter(source_id="owner").update(first_seen=past, last_seen=past)
    Capacity.objects.update(stated_on=today - timedelta(days=31), expires_on=today)
    choose_solicitations(by=BY, address=first.email, wanted={"confirmation": False})
    choose_solicitations(by=BY, address=second.email, wanted={"capacity": False})
    assert sheets.remind_of_sheets(today=today) == 1
    assert sheets.ask_for_capacities(today=today) == 1
    mails = dict(OutgoingMail.objects.values_list("to_address", "body"))
    assert "Tout est toujours exact" in mails[second.email]
    assert "Toujours vrai ?" in mails[first.email]
    for one in OutgoingMail.objects.all():
        assert one.unsubscribe_url in one.body
        assert "/ne-plus-me-solliciter/" in one.unsubscribe_url


def test_the_headers_let_a_mail_reader_show_its_own_button() -> None:
    link = links.address_of(to=EMAIL, topic=Topic.NEEDS)
    kept = send(to=EMAIL, subject="Un besoin", body="Bonjour", key="essai", unsubscribe=link)
    send(to=EMAIL, subject="Votre code", body="ABCD", key="code")
    deliver_mail(mail_id=kept.pk)
    deliver_mail(mail_id=OutgoingMail.objects.get(message_id="code").pk)
    need, code = django_mail.outbox
    headers = need.message()
    assert headers["List-Unsubscribe"] == f"<{link}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert code.message()["List-Unsubscribe"] is None
    kept.refresh_from_db()
    assert kept.unsubscribe_url == ""


@pytest.mark.slow
def test_one_network_is_refused_without_the_others_then_all_of_them() -> None:
    supplier, other = listed_supplier(), networks.network("Autre")
    network = networks.network("Le premier").organisation
    link = links.address_of(to=EMAIL, topic=Topic.NETWORK, supplier_id=supplier.pk, network_id=network.pk)
    path = "/ne-plus-me-solliciter/" + link.rpartition("/")[2]
    client = Client(enforce_csrf_checks=True)

    def refused() -> tuple[bool, bool]:
        both = (network.pk, other.organisation_id)
        return tuple(queries.refuses(EMAIL, Topic.NETWORK, one) for one in both)  # type: ignore[return-value]

    assert "Ne plus rien recevoir de Le premier" in client.get(path).content.decode()
    client.post(path, {"ce-reseau": "1"})
    page = client.post(path, {"ce-reseau": "1"}).content.decode()
    assert "Le premier ne vous écrira plus" in page
    assert refused() == (True, False)
    # Boxes saved without a change keep the refusal of one network: the topic itself is still wanted.
    client.post(path, dict.fromkeys(Topic.values, "on") | {"choisir": "1"})
    assert refused() == (True, False)
    client.post(path, {"reseau-oui": "1"})
    assert refused() == (False, False)
    # The button of a mail reader stops the topic, whoever writes.
    client.post(path, {"List-Unsubscribe": "One-Click"})
    assert refused() == (True, True)
    client.post(path, dict.fromkeys(Topic.values, "on") | {"choisir": "1"})
    assert refused() == (False, False)


def test_the_door_lets_nothing_out_to_who_refuses_but_an_answer() -> None:
    supplier = listed_supplier()
    letter = {
        "to": EMAIL,
        "subject": "Objet",
        "body": "Corps",
        "topic": Topic.NEEDS,
        "supplier_id": supplier.pk,
    }
    assert solicit(**letter)
    assert OutgoingMail.objects.get().unsubscribe_url in OutgoingMail.objects.get().body
    choose_solicitations(by=BY, address="", supplier=supplier, wanted={"needs": False})
    assert not solicit(**letter)
    assert OutgoingMail.objects.count() == 1
    assert solicit(**letter, is_answer=True)


def test_a_dead_address_is_not_solicited_again() -> None:
    letter = {
        "to": EMAIL,
        "subject": "Objet",
        "body": "Corps",
        "topic": Topic.NEEDS,
        "supplier_id": listed_supplier().pk,
    }
    assert solicit(**letter)
    mail_returns.note(OutgoingMail.objects.get(), mail_returns.Failure("5.1.1", True))
    assert not solicit(**letter) and OutgoingMail.objects.count() == 1


def test_an_older_invitation_still_stops_them_all() -> None:
    path = "/invitations/arret/" + signing.dumps(address_hash(EMAIL), salt=SALT)
    client = signed_in(make.user())
    assert client.get(path).status_code == 200
    assert not queries.refuses(EMAIL, Topic.NETWORK)
    assert "plus d’invitation" in client.post(path).content.decode()
    assert queries.refuses(EMAIL.upper(), Topic.NETWORK, 12)
    assert client.get(path + "x").status_code == 404
