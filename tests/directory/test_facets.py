"""Facets of the search: families over kinds, size, form of the service; what is inferred says so."""

import re
from typing import Any

import pytest
from django.test import Client

from levier.directory.filters import kinds_asked
from levier.directory.index import SUPPLIERS
from levier.directory.kinds import UnknownKindError
from levier.directory.sizes import people_words, size_of
from levier.directory.ways import ways_of
from tests.factories.directory import supplier


@pytest.mark.parametrize(
    ("workforce", "places", "band", "size"),
    [
        ({"insertion": 24, "permanent": 6}, 120, "53", "petite"),
        ({"permanent": 9}, None, "", "micro"),
        ({"insertion": 0}, None, "00", "micro"),
        ({}, 60, "NN", "moyenne"),
        (None, None, "12", "petite"),
        (None, None, "31", "moyenne"),
        (None, None, "32", "grande"),
        (None, 250, "", "grande"),
        (None, None, "NN", ""),
        (None, None, "", ""),
        ("vingt", None, "", ""),
        ({"insertion": "beaucoup"}, 0, "", ""),
    ],
)
def test_a_size_comes_from_its_own_word_then_its_places_then_sirene(
    workforce: Any, places: int | None, band: str, size: str
) -> None:
    assert size_of(workforce, places, band) == size


@pytest.mark.parametrize(
    ("lines", "kind", "sectors", "codes", "is_stated"),
    [
        (
            [{"ways": ["joint", "works"]}, {"ways": ["services"]}],
            "EI",
            [],
            ("services", "works", "joint"),
            True,
        ),
        (None, "ETTI", ["peinture-vitrerie"], ("staffing",), False),
        (None, "EI", ["nettoyage-locaux"], ("services",), False),
        (None, "EI", ["gros-oeuvre", "fournitures-bureau"], ("works", "supplies"), False),
        (None, "EI", ["reemploi-ressourcerie"], ("services",), False),
        (None, "EI", [], (), False),
        ([{"ways": ["magie"]}], "EI", [], (), False),
        ("travaux", "AI", [], ("staffing",), False),
    ],
)
def test_ways_are_stated_or_follow_from_the_kind_and_the_trades(
    lines: Any, kind: str, sectors: list[str], codes: tuple[str, ...], is_stated: bool
) -> None:
    found = ways_of(lines, kind, sectors)
    assert (found.codes, found.is_stated) == (codes, is_stated)


@pytest.mark.parametrize(
    ("profile", "places", "words"),
    [
        ({"workforce": {"insertion": 24, "permanent": 1}}, 40, "24 personnes en insertion, 1 permanent"),
        ({"workforce": {}}, 40, "40 places"),
        ({"headcount": {"band": "12", "year": "2024"}}, None, "20 à 49 salariés (2024)"),
        ({"headcount": {"band": "NN"}}, None, ""),
        ({"headcount": "vingt", "workforce": "dix"}, None, ""),
    ],
)
def test_people_are_written_as_they_are_known(
    profile: dict[str, Any], places: int | None, words: str
) -> None:
    assert people_words(profile, places).replace("\u00a0", " ") == words


def test_a_family_stands_for_its_kinds_unless_some_are_ticked() -> None:
    assert kinds_asked(["handicap"], [], with_ess=False) == ("EA", "EATT", "ESAT")
    assert kinds_asked(["handicap"], ["EA", "EI"], with_ess=False) == ("EA", "EI")
    assert "ESS" not in kinds_asked(["ess"], [], with_ess=False)
    assert "ESS" in kinds_asked(["ess"], [], with_ess=True)
    with pytest.raises(UnknownKindError):
        kinds_asked(["royale"], [], with_ess=False)


@pytest.fixture
def directory() -> None:
    cleans = {"sectors": ["nettoyage-locaux"], "activity_status": "stated"}
    supplier(name="Dit tout", **cleans, profile={
        "workforce": {"insertion": 30, "permanent": 5},
        "lines": [{"sector": "nettoyage-locaux", "ways": ["services", "joint"], "area": {"kind": "france"}}],
    })  # fmt: skip
    supplier(name="Ne dit rien", kind="EA", **cleans)
    supplier(name="Atelier compté", kind="ESAT", places=120)
    supplier(name="Prête des gens", kind="ETTI", profile={"headcount": {"band": "03"}})
    supplier(name="Coopérative", kind="SCOP", profile={"headcount": {"band": "53"}})
    supplier(name="Mutuelle", kind="ESS")
    SUPPLIERS.rebuild()


def asked(client: Client, **query: Any) -> tuple[set[str], str]:
    response = client.get("/fournisseurs", query)
    assert response.status_code == 200
    html = response.content.decode()
    return set(re.findall(r'<h3><a href="/fournisseurs/[^"]+">([^<]+)</a></h3>', html)), html


def counts(html: str, name: str) -> dict[str, str]:
    """Value → count of the boxes of a facet."""
    boxes = rf'name="{name}" value="([^"]+)"[^>]*/>\s*<span>[^<]*</span>\s*<span class="count">([^<]+)</span>'
    return dict(re.findall(boxes, html))


@pytest.mark.django_db
@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"taille": "petite"}, {"Dit tout"}),
        ({"taille": ["micro", "grande"]}, {"Prête des gens", "Coopérative"}),
        ({"forme": "services"}, {"Dit tout", "Ne dit rien"}),
        ({"forme": "joint"}, {"Dit tout"}),
        ({"forme": "staffing"}, {"Prête des gens"}),
        ({"famille": "handicap"}, {"Ne dit rien", "Atelier compté"}),
        ({"famille": "handicap", "type": "EA"}, {"Ne dit rien"}),
        ({"famille": ["handicap", "ess"]}, {"Ne dit rien", "Atelier compté", "Coopérative"}),
        ({"famille": "ess", "ess": "1"}, {"Coopérative", "Mutuelle"}),
        ({"q": "petite structure"}, {"Dit tout", "Prête des gens"}),
    ],
)
def test_the_search_narrows(client: Client, query: dict[str, Any], names: set[str]) -> None:
    assert asked(client, **query)[0] == names


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("directory")
def test_facets_count_each_value_and_a_family_counts_its_kinds(client: Client) -> None:
    _, html = asked(client)
    assert counts(html, "taille") == {"micro": "1", "petite": "1", "moyenne": "1", "grande": "1"}
    assert counts(html, "forme") == {"services": "2", "staffing": "1", "joint": "1"}
    assert counts(html, "famille") == {"insertion": "2", "handicap": "2", "ess": "1"}
    assert counts(html, "type") == {"EI": "1", "ETTI": "1", "EA": "1", "ESAT": "1", "SCOP": "1"}
    # The counts of a family do not move when it is ticked.
    assert counts(asked(client, famille="handicap")[1], "famille")["insertion"] == "2"


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("directory")
def test_filters_have_chips_and_what_is_inferred_says_so(client: Client) -> None:
    _, html = asked(client, famille="handicap", forme="services", taille="petite")
    for label in ("Travail protégé et adapté", "Prestation de services", "10 à 49 personnes"):
        assert re.search(rf'<a class="chip"[^>]*>.*?{label}', html), label
    _, html = asked(client, forme="services")
    assert html.count("forme déduite") == 1


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("directory")
def test_the_family_of_the_ess_offers_its_wide_list_in_one_click(client: Client) -> None:
    names, html = asked(client, famille="ess")
    assert names == {"Coopérative"}
    assert "+ 1 structure de l’ESS" in html
    assert "ess=1" in html


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{"taille": "énorme"}, {"forme": "magie"}, {"famille": "royale"}])
def test_an_unknown_value_is_said(client: Client, query: dict[str, str]) -> None:
    response = client.get("/fournisseurs", query)
    assert response.status_code == 422
    assert next(iter(query.values())) in response.content.decode()
