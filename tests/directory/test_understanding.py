"""The page of one field: what was understood is shown and taken back, doubts are settled by who is there."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.directory.index import SUPPLIERS
from levier.directory.models import Supplier
from tests.factories.directory import source, supplier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]

LILLE = {
    "precision": "commune",
    "departement_code": "59",
    "region_code": "32",
    "latitude": 50.63,
    "longitude": 3.06,
    "city": "Lille",
}
ARRAS = {
    "precision": "commune",
    "departement_code": "62",
    "region_code": "32",
    "latitude": 50.29,
    "longitude": 2.78,
    "city": "Arras",
}
LYON = {
    "precision": "commune",
    "departement_code": "69",
    "region_code": "84",
    "latitude": 45.76,
    "longitude": 4.84,
    "city": "Lyon",
}
CHIP = re.compile(r'<a class="chip" href="([^"]+)"><span class="visually-hidden">Retirer </span>(.*?)<svg')


@pytest.fixture
def directory() -> None:
    """Cleaners of two kinds in Lille, one further, a laundry far away, a silent ESAT, a social body, two names."""
    seen = source(label="Liste d’essai")
    cleans = {"sectors": ["nettoyage-locaux"], "activity_status": "inferred"}
    supplier(name="Net Lille", kind="EI", seen_by=seen, **LILLE, **cleans)
    supplier(name="Propre ESAT", kind="ESAT", seen_by=seen, **LILLE, **cleans)
    supplier(name="Artois Propreté", kind="EI", seen_by=seen, **ARRAS, **cleans)
    supplier(name="Linge du Rhône", kind="EI", sectors=["blanchisserie"], activity_status="inferred", **LYON)
    supplier(
        name="Vitres Claires", kind="EI", sectors=["vitrerie-nettoyage"], activity_status="inferred", **LYON
    )
    supplier(name="ESAT Muet", kind="ESAT", **LILLE)
    supplier(name="Coopérative du ménage", kind="ESS", **LILLE, **cleans)
    supplier(name="Lyon Services", kind="AI", **LILLE)
    SUPPLIERS.rebuild()


def page(client: Client, **query: Any) -> str:
    response = client.get("/fournisseurs", query)
    assert response.status_code == 200
    return response.content.decode()


def names(text: str) -> list[str]:
    return re.findall(r'<h3><a href="/fournisseurs/[^"]+">([^<]+)</a></h3>', text)


def section(text: str, anchor: str) -> list[str]:
    """Names under one title: the list, « plus-loin », « voisins », « a-part »."""
    parts = re.split(r'<section aria-labelledby="([^"]+)">', text)
    return names(dict(zip(["list", *parts[1::2]], parts[::2], strict=True)).get(anchor, ""))


def chips(text: str) -> dict[str, str]:
    """What each chip says, and where it leads."""
    found = {
        re.sub(r"<[^>]+>", "", label).replace("\u202f", " "): html.unescape(url)
        for url, label in CHIP.findall(text)
    }
    return {label.replace("\u00a0", " "): url for label, url in found.items()}


def offers(text: str) -> dict[str, str]:
    """What an empty list offers for each of its words, and where that leads."""
    found = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> : ([^<]+?)(?: : <|\. La plus|</li>)', text)
    return {
        f"{label} : {total}".replace("\u00a0", " "): html.unescape(url)
        for url, label, total in found
        if "Sans" in label or "seul" in label
    }


def test_what_was_understood_is_shown_and_each_part_can_be_taken_back(client: Client) -> None:
    assert chips(page(client, q="ESAT nettoyage 59")) == {
        "Type : ESAT": "/fournisseurs?q=nettoyage+59",
        "Où : Nord (59)": "/fournisseurs?q=ESAT+nettoyage",
        "Quoi : nettoyage": "/fournisseurs?q=ESAT+59",
    }


@pytest.mark.slow
def test_a_commune_has_thirty_kilometres_around_it_unless_one_says_so(client: Client) -> None:
    assert "Où : Lille (Nord) et 30 km autour" in chips(page(client, q="nettoyage lille"))
    assert "Où : Lille (Nord) et 60 km autour" in chips(page(client, q="nettoyage à 60 km de lille"))
    wide = page(client, q="nettoyage lille", rayon="50")
    assert "Où : Lille (Nord) et 50 km autour" in chips(wide)
    assert set(section(wide, "list")) == {"Net Lille", "Propre ESAT", "Artois Propreté"}


@pytest.mark.slow
def test_the_kind_the_trade_and_the_place_hold_together(client: Client) -> None:
    text = page(client, q="ESAT nettoyage Lille")
    assert section(text, "list") == ["Propre ESAT"]
    assert section(text, "a-part") == ["ESAT Muet"]


@pytest.mark.slow
def test_few_answers_are_completed_by_who_is_further_then_by_neighbouring_trades(client: Client) -> None:
    assert section(page(client, q="nettoyage Lille"), "plus-loin") == ["Artois Propreté"]
    text = page(client, q="nettoyage Lyon")
    assert (section(text, "list"), section(text, "voisins")) == ([], ["Vitres Claires"])


@pytest.mark.slow
def test_who_says_to_work_in_a_place_is_found_there_for_that_trade_only(client: Client) -> None:
    linge = Supplier.objects.get(name="Linge du Rhône")
    north = {"kind": "regions", "codes": ["32"], "names": ["Hauts-de-France"]}
    linge.profile = {"lines": [{"sector": "blanchisserie", "ways": ["services"], "area": north}]}
    linge.save()
    everywhere = Supplier.objects.get(name="Vitres Claires")
    everywhere.profile = {
        "lines": [{"sector": "vitrerie-nettoyage", "ways": ["services"], "area": {"kind": "france"}}]
    }
    everywhere.save()
    SUPPLIERS.rebuild()
    for place in ("Lille", "Nord", "Hauts-de-France"):
        text = page(client, q="blanchisserie", lieu=place)
        assert (section(text, "list"), section(text, "viennent")) == ([], ["Linge du Rhône"]), place
    assert section(page(client, q="blanchisserie", lieu="Lyon"), "list") == ["Linge du Rhône"]
    assert section(page(client, q="blanchisserie", lieu="Lyon"), "viennent") == []
    assert section(page(client, q="blanchisserie", lieu="Marseille"), "viennent") == []
    assert section(page(client, q="", lieu="Marseille"), "viennent") == ["Vitres Claires"]


@pytest.mark.slow
def test_a_trade_is_found_by_another_word_of_buyers_and_with_a_mistake(client: Client) -> None:
    assert section(page(client, q="entretien du linge"), "list") == ["Linge du Rhône"]
    text = page(client, q="nettoyaje lille")
    assert "Résultats pour «" in text
    assert section(text, "list")[:2] == ["Net Lille", "Propre ESAT"]


@pytest.mark.slow
def test_a_name_that_holds_a_place_is_a_name_when_nobody_of_that_name_is_there(client: Client) -> None:
    text = page(client, q="Lyon Services")
    assert section(text, "list") == ["Lyon Services"]
    assert chips(text) == {"Nom : Lyon Services": "/fournisseurs"}


@pytest.mark.slow
def test_the_words_can_be_searched_as_they_are(client: Client) -> None:
    text = page(client, q="nettoyage lille")
    assert 'href="/fournisseurs?q=nettoyage+lille&amp;mot_a_mot=1"' in text
    assert "Où : Lille (Nord) et 30 km autour" not in chips(page(client, q="nettoyage lille", mot_a_mot="1"))


@pytest.mark.slow
def test_a_place_in_its_own_field_is_where(client: Client) -> None:
    assert section(page(client, q="nettoyage", lieu="Arras"), "list") == ["Artois Propreté"]


@pytest.mark.slow
def test_bodies_of_the_ess_are_counted_and_one_click_away(client: Client) -> None:
    text = page(client, q="nettoyage Lille")
    assert "Coopérative du ménage" not in names(text)
    assert '<a href="/fournisseurs?q=nettoyage+Lille&amp;ess=1">+ 1 structure de l’ESS</a>' in text
    assert "Coopérative du ménage" in names(page(client, q="nettoyage Lille", ess="1"))
    assert names(page(client, q="Coopérative du ménage"))[0] == "Coopérative du ménage"


@pytest.mark.slow
def test_nothing_found_says_what_to_widen_and_how_many_that_finds(client: Client) -> None:
    text = page(client, q="ESAT blanchisserie Lyon")
    assert "Aucun fournisseur ne répond à tout cela" in text
    assert "C’est « ESAT » qui vide la liste." in text.replace("\u00a0", " ")
    assert offers(text) == {
        "Sans « ESAT » : 1 structure (blanchisserie, Lyon (Rhône))": "/fournisseurs?q=blanchisserie+Lyon",
    }, "no ESAT washes anywhere, nor does anything in Lyon: a dead end is not offered"


@pytest.mark.slow
def test_which_word_empties_the_list_is_told_and_the_nearest_answers_are_one_click_away(
    client: Client,
) -> None:
    near = supplier(
        name="Scop du Linge", kind="SCOP", sectors=["blanchisserie"], activity_status="inferred", **ARRAS
    )
    SUPPLIERS.rebuild()
    text = page(client, q="SCOP blanchisserie Lyon")
    assert (
        "C’est" not in text
        and "Aucune fiche ne réunit «\u00a0SCOP\u00a0», «\u00a0blanchisserie\u00a0» et «\u00a0Lyon (Rhône)\u00a0»."
        in text
    )
    assert offers(text) == {
        "Sans « SCOP » : 1 structure (blanchisserie, Lyon (Rhône))": "/fournisseurs?q=blanchisserie+Lyon",
        "Sans « Lyon (Rhône) » : 1 structure (SCOP, blanchisserie)": "/fournisseurs?q=SCOP+blanchisserie",
    }
    assert (
        f'(SCOP, blanchisserie) : <a href="/fournisseurs/{near.key.replace(":", "-").lower()}">Scop du Linge</a>'
        in text
    )
    # Each address finds as many as it says.
    for label, url in offers(text).items():
        assert len(section(client.get(url).content.decode(), "list")) == int(label.split(" : ")[1].split()[0])
    # The place in its own field, and a sentence of which no two things go together.
    apart = page(client, q="SCOP blanchisserie", lieu="Lyon")
    assert (
        offers(apart)["Sans « Lyon (Rhône) » : 1 structure (SCOP, blanchisserie)"]
        == "/fournisseurs?q=SCOP+blanchisserie"
    )
    alone = page(client, q="AI traiteur Arras")
    assert "Aucune fiche n’en réunit même deux." in alone
    assert offers(alone) == {
        "« AI » seul : 1 structure": "/fournisseurs?q=AI",
        "« Arras (Pas-de-Calais) » seul : 2 structures": "/fournisseurs?q=Arras",
    }


@pytest.mark.slow
def test_a_kind_that_names_may_hold_is_kept_among_the_silent_and_given_up_like_the_others(
    client: Client,
) -> None:
    supplier(name="Scop muette", kind="SCOP", **LYON)
    SUPPLIERS.rebuild()
    text = page(client, q="SCOP blanchisserie Lyon")
    assert section(text, "a-part") == ["Scop muette"]
    assert {label.split(" : ")[0] for label in offers(text)} == {"Sans « SCOP »", "Sans « blanchisserie »"}


@pytest.mark.slow
def test_the_reading_and_what_completes_the_list_cost_no_query_of_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("levier.reference.queries.SECONDS_BETWEEN_CHECKS", float("inf"))
    page(client, q="nettoyage lille")
    with CaptureQueriesContext(connection) as queries:
        text = page(client, q="nettoyage lille")
    assert section(text, "plus-loin") and section(text, "a-part")
    assert len(queries) == 1
