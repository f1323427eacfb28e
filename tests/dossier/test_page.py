"""The page: without JavaScript, with htmx, after an error; its weight and its queries."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.core.models import AuditEvent
from levier.dossier.models import Snapshot
from tests.dossier.test_cases import CASES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

SCHOOL = "Rénovation d'une école à Roubaix, 1,5 M€, 18 mois"
SIX_NEEDS = [case["besoin"] for case in CASES[:6]]
HEAVIEST = 60_000
QUERIES_OF_THE_SCHOOL, MOST_QUERIES = 3, 5


def posted(client: Client, headers: dict[str, str] | None = None, **values: Any) -> str:
    response = client.post("/dossier", values, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def field(html: str, name: str) -> str:
    """The opening tag of a field."""
    found = re.search(rf'<(?:input|select|textarea)[^>]*name="{name}"[^>]*>', html)
    assert found, name
    return found[0]


def test_the_empty_page_is_a_form_that_posts(client: Client) -> None:
    html = client.get("/dossier").content.decode()
    assert re.search(r'<form id="besoin"[^>]*method="post"[^>]*action="/dossier"', html)
    assert 'name="csrfmiddlewaretoken"' in html
    assert "aria-invalid" not in html and 'id="reponse"' not in html


def test_a_plain_post_gives_a_whole_page(client: Client) -> None:
    html = posted(client, text=SCHOOL)
    assert html.lstrip().startswith("<!DOCTYPE html>")
    for part in (
        "reponse",
        "leviers-titre",
        "calcul-titre",
        "fournisseurs-titre",
        "facilitateur-titre",
        "texte-titre",
    ):
        assert f'id="{part}"' in html
    assert html.count("<h1") == 1


@pytest.mark.slow
def test_htmx_receives_the_columns_only(client: Client) -> None:
    html = posted(client, headers={"HX-Request": "true"}, text=SCHOOL)
    assert 'id="reponse"' in html and 'id="besoin"' in html
    assert "<html" not in html and "<head>" not in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_what_was_typed_is_kept_after_an_error(client: Client) -> None:
    html = posted(client, text=SCHOOL, amount_ht="douze", place="Lens", months="18 mois")
    assert "Rénovation d&#x27;une école à Roubaix" in html
    assert 'value="douze"' in field(html, "amount_ht")
    assert 'value="Lens"' in field(html, "place")
    assert 'value="18 mois"' in field(html, "months")


def test_only_the_refused_field_is_marked(client: Client) -> None:
    html = posted(client, text=SCHOOL, amount_ht="douze")
    tag = field(html, "amount_ht")
    assert 'aria-invalid="true"' in tag
    described = re.search(r'aria-describedby="([^"]+)"', tag)
    assert described and all(f'id="{name}"' in html for name in described[1].split())
    assert "aria-invalid" not in field(html, "months")


@pytest.mark.slow
def test_a_button_chooses_another_code_place_or_lever(client: Client) -> None:
    assert "Services traiteur (55520000)" in posted(client, text=SCHOOL, cpv_choice="55520000")
    assert "Lens (Pas-de-Calais)" in posted(client, text=SCHOOL, place_choice="Lens (Pas-de-Calais)")
    html = posted(client, text=SCHOOL, lever_choice="R2152-7")
    assert 'value="R2152-7"' in field(html, "lever")


@pytest.mark.slow
def test_an_unknown_lever_falls_back_on_the_first_one(client: Client) -> None:
    assert 'id="leviers-titre"' in posted(client, text=SCHOOL, lever="<script>")


def test_a_need_is_confidential(client: Client) -> None:
    response = client.post("/dossier", {"text": SCHOOL})
    assert "no-store" in response["Cache-Control"]
    assert not Snapshot.objects.exists()
    assert not AuditEvent.objects.filter(verb__startswith="dossier.").exists()
    # In the address, a need would stay in histories and in the logs of every proxy.
    assert 'id="reponse"' not in client.get("/dossier", {"text": SCHOOL}).content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("need", SIX_NEEDS)
def test_the_page_stays_light(client: Client, need: str) -> None:
    size = len(posted(client, text=need).encode())
    assert size < HEAVIEST, f"{size} octets"


@pytest.mark.slow
def test_the_queries_do_not_grow_with_the_answer(client: Client) -> None:
    counts = {}
    for need in SIX_NEEDS:
        posted(client, text=need)  # whatever a process reads once is read
        with CaptureQueriesContext(connection) as captured:
            posted(client, text=need)
        counts[need] = len(captured)
    assert counts[SCHOOL] == QUERIES_OF_THE_SCHOOL, counts
    assert max(counts.values()) <= MOST_QUERIES, counts


@pytest.mark.slow
def test_a_refusal_costs_no_query(client: Client) -> None:
    posted(client, text=SCHOOL)
    with CaptureQueriesContext(connection) as captured:
        posted(client, text=SCHOOL, amount_ht="douze")
    assert len(captured) == 0


@pytest.mark.slow
def test_a_long_text_comes_when_asked_and_every_text_without_javascript(client: Client) -> None:
    html = posted(client, text=SCHOOL)
    assert 'id="avis-texte"' in html
    assert 'id="ccap-texte"' not in html
    assert 'hx-post="/dossier/textes?document=ccap"' in html
    one = client.post("/dossier/textes?document=ccap", {"text": SCHOOL}, headers={"HX-Request": "true"})
    assert 'id="ccap-texte"' in one.content.decode()
    assert "<html" not in one.content.decode()
    every = client.post("/dossier/textes", {"text": SCHOOL})
    assert every.content.decode().count('-texte"') >= 7
    assert "no-store" in every["Cache-Control"]
    gone = client.post("/dossier/textes?document=contrat", {"text": SCHOOL}, headers={"HX-Request": "true"})
    assert gone.status_code == 404
    assert 'aria-invalid="true"' in client.post("/dossier/textes", {"text": ""}).content.decode()
