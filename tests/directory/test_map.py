"""The map of a search: the same suppliers as the list, in squares; sentences for what cannot be shown."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.directory.index import SUPPLIERS
from tests.factories.accounts import user
from tests.factories.directory import supplier

pytestmark = pytest.mark.django_db

LILLE = {"latitude": 50.63, "longitude": 3.06, "precision": "commune", "departement_code": "59"}
LYON = {"latitude": 45.76, "longitude": 4.83, "precision": "postal_code", "departement_code": "69"}
REUNION = {"latitude": -20.9, "longitude": 55.45, "precision": "commune", "departement_code": "974"}
CLEANS = {"sectors": ["nettoyage-locaux"], "activity_status": "stated"}
FRANCE = "-5.5,41,9.8,51.5"


@pytest.fixture
def directory() -> None:
    for number in range(30):
        supplier(name=f"Propre {number:02}", **LILLE, **CLEANS)
    supplier(name="Net Lyon", kind="EA", **LYON, **CLEANS)
    supplier(name="Net Roubaix", **LILLE | {"latitude": 50.69, "longitude": 3.17}, **CLEANS)
    supplier(name="Jardin de Lyon", **LYON)
    supplier(name="Net sans lieu", **CLEANS)
    supplier(name="Net austral", **REUNION, **CLEANS)
    supplier(name="Mutuelle", kind="ESS", **LILLE, **CLEANS)
    SUPPLIERS.rebuild()


def chart(client: Client, **query: Any) -> dict[str, Any]:
    response = client.get("/fournisseurs/carte.geojson", query)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/geo+json"
    body: dict[str, Any] = response.json()
    return body


def counts(body: dict[str, Any]) -> list[int]:
    return sorted(feature["properties"]["count"] for feature in body["features"])


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_the_map_holds_every_supplier_of_the_list_on_all_its_pages(client: Client) -> None:
    body = chart(client, q="nettoyage", bbox=FRANCE, zoom=5)
    assert (body["total"], body["placed"], counts(body)) == (34, 33, [1, 31])
    assert chart(client, q="nettoyage", ess="1", bbox=FRANCE, zoom=5)["total"] == 35
    assert counts(chart(client, q="nettoyage", type="EA", bbox=FRANCE, zoom=5)) == [1]
    assert counts(chart(client, q="nettoyage", bbox="54,-22,57,-20", zoom=5)) == [1]


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_a_group_says_around_which_town_and_can_be_entered(client: Client) -> None:
    body = chart(client, q="nettoyage", bbox=FRANCE, zoom=5)
    group = next(each["properties"] for each in body["features"] if each["properties"]["count"] == 31)
    assert group["label"].replace("\u00a0", " ") == "31 fournisseurs autour de Lille (Nord)"
    assert "suppliers" not in group
    south, west, north, east = group["bounds"]
    assert (south, north) == pytest.approx((50.63, 50.69), abs=1e-3)
    assert (west, east) == pytest.approx((3.06, 3.17), abs=1e-3)


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_who_stands_at_one_point_is_named_and_the_rest_counted(client: Client) -> None:
    body = chart(client, q="nettoyage", bbox="2.9,50.5,3.3,50.8", zoom=11)
    crowd, alone = sorted((each["properties"] for each in body["features"]), key=lambda each: -each["count"])
    assert [one["name"] for one in crowd["suppliers"]] == [f"Propre {number:02}" for number in range(20)]
    assert (crowd["count"], crowd["more"]) == (30, 10)
    assert (alone["label"], alone["more"]) == ("Net Roubaix", 0)
    assert client.get(alone["suppliers"][0]["url"]).status_code == 200
    lyon = chart(client, q="Net Lyon", bbox=FRANCE, zoom=5)["features"][0]["properties"]
    assert lyon["suppliers"][0]["note"] == "Entreprise adaptée, lieu approximatif"


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_it_opens_where_the_answers_are(client: Client) -> None:
    body = chart(client, q="nettoyage")
    assert body["features"] == []
    assert body["bbox"] == pytest.approx([3.06, 45.76, 4.83, 50.69], abs=1e-3)
    overseas = chart(client, q="nettoyage", lieu="974")
    assert overseas["bbox"] == pytest.approx([55.45, -20.9, 55.45, -20.9], abs=1e-3)
    assert chart(client, q="zzzzqqqq")["bbox"] is None


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_words_that_nobody_bears_together_are_loosened_as_in_the_list(client: Client) -> None:
    shown = client.get("/fournisseurs", {"q": "propre austral", "mot_a_mot": "1"}).content.decode()
    total = chart(client, q="propre austral", mot_a_mot="1")["total"]
    assert total == 31
    assert "31 fournisseurs" in shown


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_one_query_names_everybody_and_nobody_needs_an_account(client: Client) -> None:
    chart(client, q="nettoyage", bbox=FRANCE, zoom=13 - 8)  # places are read once per process
    with CaptureQueriesContext(
        connection,
    ) as queries:
        anonymous = client.get(
            "/fournisseurs/carte.geojson", {"q": "nettoyage", "bbox": "2,50,4,51", "zoom": 10}
        )
    assert len(queries) == 1
    assert "max-age" in anonymous["Cache-Control"]
    client.force_login(user())
    known = client.get("/fournisseurs/carte.geojson", {"q": "nettoyage", "bbox": "2,50,4,51", "zoom": 10})
    assert known.json() == anonymous.json()


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"bbox": "1,2,3", "zoom": 5}, "ouest,sud,est,nord"),
        ({"bbox": "a,b,c,d", "zoom": 5}, "ouest,sud,est,nord"),
        ({"bbox": "nan,41,9,51", "zoom": 5}, "degrés"),
        ({"bbox": "9,41,-5,51", "zoom": 5}, "degrés"),
        ({"bbox": FRANCE, "zoom": 14}, "13"),
        ({"bbox": FRANCE, "zoom": "loin"}, "entier"),
        ({"bbox": "-180,-85,180,85", "zoom": 13}, "rapprochez"),
        ({"lieu": "Atlantide"}, "Atlantide"),
        ({"type": "ROI"}, "ROI"),
    ],
)
def test_what_cannot_be_shown_gets_a_sentence(client: Client, query: dict[str, Any], word: str) -> None:
    response = client.get("/fournisseurs/carte.geojson", query)
    assert response.status_code == 422
    assert word in response.json()["detail"]
    assert "Cache-Control" not in response


def test_without_an_index_the_map_says_to_wait(client: Client) -> None:
    response = client.get("/fournisseurs/carte.geojson", {"bbox": FRANCE, "zoom": 5})
    assert response.status_code == 503
    assert "réessayez" in response.json()["detail"]


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_the_results_page_tells_the_map_where_to_ask(client: Client) -> None:
    html = client.get("/fournisseurs", {"q": "nettoyage", "type": "EA", "page": "1"}).content.decode()
    assert "/fournisseurs/carte.geojson?q=nettoyage\\u0026type=EA" in html
