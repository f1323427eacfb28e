"""GET places, cpv, sectors and facilitators."""

from typing import Any

import pytest
from django.test import Client

from tests.api.calls import get, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def test_places_are_ranked(client: Client) -> None:
    first, *others = get(client, "places", q="st etienne", limit=5).json()
    assert (first["code"], first["kind"]) == ("42218", "commune")
    assert len(others) <= 4
    assert first["score"] >= others[0]["score"]


def test_an_unknown_place_is_an_empty_list(client: Client) -> None:
    assert get(client, "places", q="Zzyzx-sur-Rien").json() == []


def test_cpv_codes_are_ranked(client: Client) -> None:
    first = get(client, "cpv", q="réfection toiture école").json()[0]
    assert first["code"].startswith("4526")


def test_words_without_a_code_are_an_empty_list(client: Client) -> None:
    assert get(client, "cpv", q="???").json() == []


def test_sectors_are_listed_in_families(client: Client) -> None:
    body = get(client, "sectors").json()
    assert len(body) > 40
    assert all(one["slug"] and one["label"] for one in body)


@pytest.mark.parametrize("place", ["Roubaix", "Mayotte", "Corse-du-Sud", "métropole de Lyon", "75001"])
def test_there_is_always_a_facilitator_or_a_fallback(client: Client, place: str) -> None:
    body = get(client, "facilitators", place=place).json()
    assert body["primary"]["name"] and body["primary"]["reason"]


def test_the_facilitator_of_an_unknown_place_is_a_sentence(client: Client) -> None:
    refusal(get(client, "facilitators", place="Zzyzx-sur-Rien"))


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("places", {}, "q"),
        ("places", {"q": "a" * 201}, "q"),
        ("places", {"q": "lille", "limit": 51}, "limit"),
        ("cpv", {"q": "a" * 501}, "q"),
        ("facilitators", {}, "place"),
        ("facilitators", {"place": "Lille", "buyer_side": "autre"}, "buyer_side"),
        ("facilitators", {"place": "Lille", "buyer_siren": "1234567890"}, "buyer_siren"),
    ],
)
def test_a_bad_value_names_its_field(client: Client, path: str, query: dict[str, Any], field: str) -> None:
    assert field in refusal(get(client, path, **query))


@pytest.mark.parametrize("path", ["places?q=lille", "cpv?q=nettoyage", "sectors", "facilitators?place=Lille"])
def test_the_same_answer_is_not_sent_twice(client: Client, path: str) -> None:
    first = client.get(f"/api/v1/{path}")
    again = client.get(f"/api/v1/{path}", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
