"""Our texts on the site: open to all, by lever, document and trade, in six formats."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.accounts.models import Role
from levier.clauses.drafting import documents_of
from levier.clauses.recipes import RECIPES
from tests.factories import accounts as make
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return plain_spaces(response.content.decode())


def test_every_lever_with_a_text_is_listed_with_its_documents(client: Client) -> None:
    html = page(client, "/textes")
    for lever in RECIPES:
        assert f'href="/textes/{lever}"' in html
        for document, _ in documents_of(lever):
            assert f'href="/textes/{lever}/{document}"' in html


@pytest.mark.slow
def test_every_document_of_every_lever_can_be_read(client: Client) -> None:
    for lever in RECIPES:
        assert "Les règles citées" in page(client, f"/textes/{lever}")
        for document, title in documents_of(lever):
            html = page(client, f"/textes/{lever}/{document}")
            assert title.replace("'", "&#x27;") in html or title in html
            assert 'style="' not in html


@pytest.mark.slow
def test_a_text_shows_what_is_to_fill_its_rules_and_its_versions(client: Client) -> None:
    html = page(client, "/textes/L2112-2/ccap?metier=cleaning")
    assert "<mark>[à compléter" in html
    assert "reprise de personnel" in html
    assert re.search(r"trades/cleaning/window : version \d", html)
    assert re.search(r"L5132-4</th>\s*<td[^>]*>Structures", html)
    assert "Connectez-vous" in html
    assert "à confirmer" in page(client, "/textes/L2691-1/ccap")


def test_the_lever_says_what_to_publish(client: Client) -> None:
    html = page(client, "/textes/L2113-12")
    assert "Marché réservé" in html
    assert "BT-71-Lot" in html
    assert "res-ws" in html
    assert "rien n’est à publier" in page(client, "/textes/EVI")


@pytest.mark.slow
@pytest.mark.parametrize("target", ["docx", "odt", "pdf", "html", "txt", "md"])
def test_a_text_is_exported_in_each_format(client: Client, target: str) -> None:
    response = client.get(f"/textes/L2112-2/avis.{target}?metier=works")
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="L2112-2-avis.{target}"'
    assert len(response.content) > 100


@pytest.mark.slow
def test_all_the_documents_of_a_lever_make_one_file(client: Client) -> None:
    text = client.get("/textes/L2112-2/tout.md").content.decode()
    assert text.count("\n## ") == 7
    assert text.count("Article : pénalités".replace(" :", "\u202f:")) == 1


@pytest.mark.parametrize(
    "address",
    [
        "/textes/L2111-3", "/textes/%3Cscript%3E", "/textes/L2112-2/contrat", "/textes/L2112-2/ccap?metier=boulangerie",
        "/textes/L2112-2/ccap.exe", "/textes/L2112-2/contrat.pdf",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(client: Client, address: str) -> None:
    page(client, address, 404)


@pytest.mark.slow
def test_only_buyers_and_facilitators_are_offered_to_adapt(client: Client) -> None:
    buyer = make.member(make.organisation(name="Ville de Valmont"))
    supplier = make.member(make.organisation(), role=Role.SUPPLIER)
    client.force_login(buyer.user)
    assert "Adapter pour Ville de Valmont" in page(client, "/textes/L2112-2/ccap")
    client.force_login(supplier.user)
    assert "Adapter pour" not in page(client, "/textes/L2112-2/ccap")


@pytest.mark.slow
def test_our_texts_ask_nothing_of_the_database(client: Client) -> None:
    for address in ("/textes", "/textes/L2112-2", "/textes/L2112-2/ccap"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client, address)
        assert len(queries) == 0, [query["sql"] for query in queries]
