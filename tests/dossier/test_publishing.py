"""From the dossier to the published need: by the session, signed in or not, never in an address."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.needs import buyer

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("demonstration")]

SCHOOL = "Nettoyage de bureaux à Lille, 120 000 €, 24 mois"


def test_the_need_goes_to_the_form_without_travelling_in_an_address(client: Client) -> None:
    response = client.post("/dossier/publier", {"text": SCHOOL})
    assert response["Location"] == "/besoins/nouveau"
    asked = client.get("/besoins/nouveau")
    assert asked["Location"] == "/compte/connexion/?next=/besoins/nouveau"
    client.force_login(buyer())
    html = client.get("/besoins/nouveau").content.decode()
    assert SCHOOL in html and 'value="Lille (Nord)"' in html
    assert 'value="Nettoyage de bureaux et de locaux"' in html
    assert '<option value="250k" selected>' in html


def test_the_session_forgets_the_need_once_the_draft_is_written(client: Client) -> None:
    author = buyer()
    client.force_login(author)
    client.post("/dossier/publier", {"text": SCHOOL})
    html = client.get("/besoins/nouveau").content.decode()
    assert "Nous avons repris" in html
    fields = {
        "organisation": author.memberships.get().organisation_id, "kind": "devis", "title": "Nettoyage",
        "text": SCHOOL, "sector_1": "nettoyage-locaux", "scope": "france", "deadline": timezone.localdate() + timedelta(days=20),
    }  # fmt: skip
    assert client.post("/besoins/nouveau", fields).status_code == 302
    assert client.session.get("purchasing.prefill") is None


def test_a_need_that_is_not_understood_stays_on_the_page(client: Client) -> None:
    response = client.post("/dossier/publier", {"text": ""})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
