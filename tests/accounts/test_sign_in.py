"""Signing in: by password, by a code sent by mail; signing up; the mails that leave."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from levier.accounts.models import User
from levier.core.models import AuditEvent, OutgoingMail
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_rate_limit() -> None:
    cache.clear()


def code_sent_to(email: str) -> str:
    mail = OutgoingMail.objects.filter(to_address=email).latest("pk")
    # The subject outlives the body, which is erased once sent: no code in it.
    assert "-" not in mail.subject
    return re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail.body, re.M)[1]  # type: ignore[index]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_opens_the_session(client: Client) -> None:
    person = make.user()
    response = client.post("/compte/connexion/", {"login": person.email, "password": make.PASSWORD})
    assert response.status_code == 302
    assert is_signed_in(client)


def test_a_wrong_password_says_nothing_of_the_account(client: Client) -> None:
    person = make.user()
    known = client.post("/compte/connexion/", {"login": person.email, "password": "faux-mot-de-passe"})
    unknown = client.post(
        "/compte/connexion/", {"login": "x@exemple.invalid", "password": "faux-mot-de-passe"}
    )
    sentences = [
        re.findall(r'role="alert".*?<p>(.*?)</p>', r.content.decode(), re.S) for r in (known, unknown)
    ]
    assert sentences[0] == sentences[1] != []
    assert not is_signed_in(client)


def test_a_code_by_mail_opens_the_session(client: Client) -> None:
    person = make.user()
    asked = client.post("/compte/connexion/code/", {"email": person.email}, follow=True)
    assert "Saisir le code de connexion" in asked.content.decode()
    wrong = client.post("/compte/connexion/code/verifier/", {"code": "000000"})
    assert wrong.status_code == 200
    assert not is_signed_in(client)
    client.post("/compte/connexion/code/verifier/", {"code": code_sent_to(person.email)})
    assert is_signed_in(client)


def test_an_unknown_address_sees_the_same_page_and_gets_no_code(client: Client) -> None:
    page = client.post("/compte/connexion/code/", {"email": "inconnue@exemple.invalid"}, follow=True)
    assert "Saisir le code de connexion" in page.content.decode()
    assert "Aucun compte" in OutgoingMail.objects.get(to_address="inconnue@exemple.invalid").subject


def test_an_account_is_opened_once_its_address_is_verified(client: Client) -> None:
    values = {"email": "neuve@exemple.invalid", "password1": make.PASSWORD, "password2": make.PASSWORD}
    values |= {"first_name": "Noor", "last_name": "Petit"}
    page = client.post("/compte/inscription/", values, follow=True)
    assert "Vérifier votre adresse" in page.content.decode()
    assert not is_signed_in(client)
    client.post("/compte/verifier/", {"code": code_sent_to("neuve@exemple.invalid")})
    assert is_signed_in(client)
    assert User.objects.get().email == "neuve@exemple.invalid"
    assert User.objects.get().get_full_name() == "Noor Petit"
    assert 'value="Noor"' in client.get("/compte/nom/").content.decode()
    client.post("/compte/nom/", {"first_name": " Nour ", "last_name": ""})
    assert User.objects.get().get_full_name() == "Nour"
    assert "Nour" not in str(AuditEvent.objects.get(verb="accounts.change_name").details)
    assert Client().get("/compte/nom/").status_code == 302


@pytest.mark.parametrize("password", ["court", "password1234", "neuve@exemple"])
def test_a_weak_password_is_refused_and_marked(client: Client, password: str) -> None:
    values = {"email": "neuve@exemple.invalid", "password1": password, "password2": password}
    html = client.post("/compte/inscription/", values).content.decode()
    assert 'aria-invalid="true"' in html
    assert not User.objects.exists()


def test_a_forgotten_password_is_chosen_again_by_the_link(client: Client) -> None:
    person = make.user()
    client.post("/compte/mot-de-passe/oublie/", {"email": person.email})
    body = OutgoingMail.objects.get(to_address=person.email).body
    address = re.search(r"(/compte/mot-de-passe/oublie/\S+)", body)[1]  # type: ignore[index]
    page = client.get(address, follow=True)
    assert "Choisir un mot de passe" in page.content.decode()
    values = {"password1": "une-autre-phrase-longue", "password2": "une-autre-phrase-longue"}
    client.post(page.redirect_chain[-1][0], values)
    person.refresh_from_db()
    assert person.check_password("une-autre-phrase-longue")
    assert "Ce lien ne sert plus" in Client().get(address, follow=True).content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/compte/mot-de-passe/changer/",
        "/compte/adresse/",
        "/compte/deconnexion/",
        "/compte/confirmer-identite/",
    ],
)
def test_the_pages_of_a_signed_in_account_are_in_our_theme(address: str) -> None:
    client = Client()
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(address)
    assert response.status_code == 200
    assert 'class="site-header"' in response.content.decode()


def test_signing_out_takes_a_button(client: Client) -> None:
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")
    client.get("/compte/deconnexion/")
    assert is_signed_in(client)
    client.post("/compte/deconnexion/")
    assert not is_signed_in(client)


def test_every_mail_is_in_french_and_ours() -> None:
    from pathlib import Path

    import levier.accounts

    folder = Path(levier.accounts.__file__).parent / "templates" / "account" / "email"
    bodies = [path.read_text(encoding="utf-8") for path in folder.glob("*_message.txt")]
    assert len(bodies) >= 10
    assert all("Bonjour," in body for body in bodies)
