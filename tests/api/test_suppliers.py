"""GET /api/v1/suppliers: words, place, filters, and pages that give every supplier once."""

from typing import Any

import pytest
from django.test import Client

from tests.api.calls import get, refusal
from tests.factories.directory import supplier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def found(client: Client, **query: Any) -> dict[str, Any]:
    response = get(client, "suppliers", **query)
    assert response.status_code == 200, response.content[:300]
    body: dict[str, Any] = response.json()
    return body


def every_key(client: Client, **query: Any) -> list[str]:
    """The keys of all pages, in order."""
    keys: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = found(client, cursor=cursor, **query)
        keys += [one["key"] for one in page["results"]]
        cursor = page["next_cursor"]
    return keys


def test_a_supplier_that_left_the_directory_is_not_given(client: Client) -> None:
    kept, gone = supplier(key="essai-1:EI"), supplier(key="essai-2:EI", is_listed=False)
    assert get(client, f"suppliers/{kept.key}").status_code == 200
    assert get(client, f"suppliers/{gone.key}").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    "query", [{}, {"near": "Lyon", "radius_km": "500", "sort": "distance"}, {"q": "jardins", "sort": "name"}]
)
def test_the_pages_hold_every_supplier_once(client: Client, query: dict[str, str]) -> None:
    total = found(client, **query)["total"]
    keys = every_key(client, limit=37 if total > 40 else 3, **query)
    assert len(keys) == len(set(keys)) == total > 3


@pytest.mark.slow
def test_the_size_of_the_pages_does_not_change_the_order(client: Client) -> None:
    assert every_key(client, near="Nantes", radius_km=500, sort="distance", limit=100) == every_key(
        client, near="Nantes", radius_km=500, sort="distance", limit=60
    )


def test_a_radius_keeps_the_near_ones_nearest_first(client: Client) -> None:
    page = found(client, near="Lille", radius_km=30, sort="distance", limit=100)
    distances = [one["distance_km"] for one in page["results"]]
    assert distances == sorted(distances)
    assert 0 < page["total"] == len(distances)
    assert max(distances) <= 30
    # Without a radius, what the page and the command line mean: thirty kilometres of a commune, a territory as it is.
    assert found(client, near="Lille")["total"] == page["total"]
    assert found(client, near="Nord")["total"] == found(client, departement="59")["total"]


def test_filters_narrow_and_the_facets_count(client: Client) -> None:
    everything = found(client)
    some = found(client, kind=["EA", "ESAT"], limit=100)
    assert {one["kind"] for one in some["results"]} == {"EA", "ESAT"}
    facet = next(counts for counts in everything["facets"].values() if "EA" in counts)
    assert some["total"] == facet["EA"] + facet["ESAT"]
    assert found(client, departement="59")["total"] < everything["total"]
    lent = found(client, way="staffing")
    assert lent["total"] == everything["facets"]["way"]["staffing"]
    assert all("staffing" in one["ways"] for one in lent["results"])
    assert found(client, family="handicap")["total"] == some["total"] + facet["EATT"]


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "ROI"}, {"sector": "magie"}, {"near": "Zzyzx-sur-Rien"}, {"radius_km": 0}, {"radius_km": "loin"},
        {"radius_km": 10_000}, {"limit": 0}, {"limit": 101}, {"limit": "x"}, {"sort": "prix"}, {"q": "a" * 501},
        {"cursor": "abc"}, {"cursor": "é"}, {"cursor": "x" * 65}, {"cursor": "bzk5OTk5OTk5OTk"}, {"with_ess": "peut-être"},
        {"family": "royale"}, {"size": "énorme"}, {"way": "magie"},
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_with_a_sentence(client: Client, query: dict[str, Any]) -> None:
    refusal(get(client, "suppliers", **query))


@pytest.mark.parametrize("q", ["'; DROP TABLE x", '"(', "* AND OR NOT ~5", "🧹", "\x00", "a:b^3", "\\", " "])
def test_any_words_are_searched_or_refused(client: Client, q: str) -> None:
    assert get(client, "suppliers", q=q).status_code in {200, 422}


def test_one_supplier_by_its_key(client: Client) -> None:
    one = found(client, limit=1)["results"][0]
    sheet = get(client, f"suppliers/{one['key']}").json()
    assert sheet["name"] == one["name"]
    assert sheet["is_demo"] is True


@pytest.mark.parametrize("key", ["inconnue", "00000000000000:EI", "a:b:c", "é", "%00"])
def test_an_unknown_key_is_a_404_with_a_sentence(client: Client, key: str) -> None:
    refusal(get(client, f"suppliers/{key}"), status=404)


def test_the_same_answer_is_not_sent_twice(client: Client) -> None:
    first = get(client, "suppliers", q="jardins")
    again = client.get("/api/v1/suppliers", {"q": "jardins"}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/api/v1/suppliers", {"q": "pinceaux"}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert other.status_code == 200


def test_a_sentence_says_everything_and_what_was_understood_comes_back(client: Client) -> None:
    page = found(client, q="EA espaces verts près de Roubaix", radius_km=50)
    assert page["understood"] == {
        "kinds": ["EA"], "sizes": [], "place": "Roubaix (Nord)", "radius_km": 50, "departements": [],
        "sectors": ["creation-espaces-verts"], "words": "espaces verts", "identifier": "",
    }  # fmt: skip
    assert {one["kind"] for one in page["results"]} == {"EA"}
    assert found(client, q="espaces verts Roubaix", word_for_word=True)["understood"]["place"] is None
    refusal(get(client, "suppliers", q="espaces verts", radius_km=30))


@pytest.mark.slow
def test_when_nobody_answers_what_to_ask_instead_finds_as_many_as_it_says(client: Client) -> None:
    """The demonstration has a cooperative of printers, not in Brittany, and its place may stand in its own field."""
    for query in (
        {"q": "SCOP imprimerie Bretagne"},
        {"q": "SCOP imprimerie", "near": "Rennes", "radius_km": 30},
    ):
        page = found(client, **query)
        assert page["total"] == 0 and page["understood"]["kinds"] == ["SCOP"]
        assert page["why_nobody"].startswith("C’est «") and "qui vide la liste" in page["why_nobody"]
        (offer,) = page["looser"]
        assert (offer["kept"], offer["near"]) == (["SCOP", "imprimerie"], "")
        assert found(client, q=offer["q"])["total"] == offer["total"] == 1
    assert found(client, q="SCOP imprimerie")["looser"] == []
