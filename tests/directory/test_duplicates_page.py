"""The review of duplicates, seen by four people; decisions, shortcuts' attributes, and the way back."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.directory.models import DuplicatePair, Supplier
from levier.directory.resolution.actions import resolve_duplicates
from tests.factories import accounts as make
from tests.factories.directory import source, supplier

pytestmark = pytest.mark.django_db

PAGE, DECISIONS = "/fournisseurs/doublons", "/fournisseurs/doublons/decisions"
PEOPLE = ("staff", "network", "buyer", "closed")


@pytest.fixture
def people() -> dict[str, User]:
    """Who reviews (the administration, a network), the same account in another role, and a closed account."""
    network = make.member(make.organisation(), role=Role.NETWORK)
    closed = make.member(make.organisation(), role=Role.NETWORK, is_active=False)
    return {
        "staff": make.user(is_staff=True),
        "network": network.user,
        "buyer": make.member(make.organisation(), role=Role.BUYER, is_admin=True).user,
        "closed": closed.user,
    }


@pytest.fixture
def pair() -> DuplicatePair:
    for number, name in enumerate(("Jardins du Lez Services", "Jardins et Parcs"), 10):
        supplier(
            key=f"999100019{number:05d}:EI", name=name, siren="999100019", siret=f"999100019{number:05d}",
            city="Roubaix", departement_code="59", seen_by=source(label=f"Liste {number}"),
        )  # fmt: skip
    resolve_duplicates(by=Actor.machine("essai"))
    return DuplicatePair.objects.get()


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.slow
@pytest.mark.parametrize(("who", "status"), list(zip(PEOPLE, (200, 200, 403, 302), strict=True)))
def test_who_reviews(who: str, status: int, people: dict[str, User], pair: DuplicatePair) -> None:
    client = signed_in(people[who])
    for address in (PAGE, DECISIONS):
        response = client.get(address)
        assert response.status_code == status
    assert ("Jardins et Parcs" in client.get(PAGE).content.decode()) == (status == 200)


@pytest.mark.parametrize(("who", "status"), list(zip(PEOPLE, (302, 302, 403, 302), strict=True)))
def test_who_decides(who: str, status: int, people: dict[str, User], pair: DuplicatePair) -> None:
    response = signed_in(people[who]).post(f"{PAGE}/{pair.pk}", {"choix": "same", "vu": "proposed"})
    assert response.status_code == status
    pair.refresh_from_db()
    assert (pair.state == "same") == (who in {"staff", "network"})


@pytest.mark.parametrize(("who", "status"), [("network", 404), ("buyer", 403)])
def test_a_pair_that_is_not_there(who: str, status: int, people: dict[str, User]) -> None:
    assert signed_in(people[who]).post(f"{PAGE}/999", {"choix": "same"}).status_code == status


def test_anonymous_readers_sign_in_first(client: Client, pair: DuplicatePair) -> None:
    for response in (client.get(PAGE), client.post(f"{PAGE}/{pair.pk}", {"choix": "same", "vu": "proposed"})):
        assert response.status_code == 302
        assert response["Location"].startswith("/compte/")
    pair.refresh_from_db()
    assert pair.state == "proposed"


@pytest.mark.slow
def test_the_two_sheets_stand_side_by_side(people: dict[str, User], pair: DuplicatePair) -> None:
    client = signed_in(people["network"])
    client.get(PAGE)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        html = client.get(PAGE).content.decode()
    # One of them by the menu of the account, which shows what its roles open.
    assert len(queries) == 10
    assert html.count("data-shortcut=") == 3
    assert "onclick" not in html
    assert 'class="compared-differs"' in html
    assert 'class="compared-same"' in html
    assert "SIREN" in html
    assert "1 paire à décider" in html
    assert "Liste 10 / Liste 11" in html


@pytest.mark.slow
def test_a_decision_is_taken_told_and_undone(people: dict[str, User], pair: DuplicatePair) -> None:
    client = signed_in(people["network"])
    html = client.post(f"{PAGE}/{pair.pk}", {"choix": "same", "vu": "proposed"}, follow=True).content.decode()
    assert "Jardins du Lez Services" in html and "Jardins et Parcs" in html
    assert "ne font plus qu’une fiche" in html
    assert people["network"].email in client.get(DECISIONS).content.decode()
    gone = client.get("/fournisseurs/99910001900010-ei")
    assert (gone.status_code, gone["Cache-Control"]) == (301, "no-store")
    assert "Annuler cette décision" in html
    assert "Aucune paire à décider" in html
    assert Supplier.objects.filter(is_listed=True).count() == 1
    assert "Séparer" in client.get(DECISIONS, {"q": "jardins"}).content.decode()
    assert "Aucune décision" in client.get(DECISIONS, {"q": "inconnu"}).content.decode()
    html = client.post(
        f"{PAGE}/{pair.pk}", {"choix": "different", "vu": "same", "retour": "decisions"}, follow=True
    ).content.decode()
    assert "chacune garde sa fiche" in html
    assert Supplier.objects.filter(is_listed=True).count() == 2


@pytest.mark.slow
def test_odd_answers_get_a_sentence(people: dict[str, User], pair: DuplicatePair) -> None:
    client = signed_in(people["staff"])
    html = client.post(f"{PAGE}/{pair.pk}", {"choix": "peut-être"}, follow=True).content.decode()
    assert "Choisissez l’une des réponses" in html
    html = client.post(
        f"{PAGE}/{pair.pk}", {"choix": "same", "vu": "different"}, follow=True
    ).content.decode()
    assert "Entre-temps" in html
    assert client.get(PAGE, {"paire": "x"}).status_code == 200
    html = client.post(
        f"{PAGE}/{pair.pk}", {"choix": "plus-tard", "vu": "proposed"}, follow=True
    ).content.decode()
    assert "en fin de liste" in html


@pytest.mark.slow
def test_a_network_finds_the_page_from_its_organisation(people: dict[str, User]) -> None:
    for who, is_there in (("network", True), ("buyer", False)):
        html = signed_in(people[who]).get("/compte/organisation", follow=True).content.decode()
        assert (PAGE in html) == is_there
