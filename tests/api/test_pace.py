"""The pace of anonymous calls, and what the API never opens."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from levier.core.middleware import AnonymousPaceMiddleware

SECTORS = "/api/v1/sectors"


def test_calls_above_the_pace_wait_a_minute(settings: Any) -> None:
    settings.ANONYMOUS_CALLS_PER_MINUTE = 3
    client = Client()
    answers = [client.get(SECTORS) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[-1].json()["detail"].endswith("dans une minute.")
    assert int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.django_db
def test_the_page_says_it_too(settings: Any) -> None:
    settings.ANONYMOUS_CALLS_PER_MINUTE = 1
    client = Client()
    client.get("/dossier")
    answer = client.get("/dossier")
    assert answer.status_code == 429
    assert "Réessayez dans une minute" in answer.content.decode()


def test_each_address_has_its_own_pace(settings: Any) -> None:
    settings.ANONYMOUS_CALLS_PER_MINUTE = 1
    client = Client()
    assert client.get(SECTORS, REMOTE_ADDR="10.0.0.1").status_code == 200
    assert client.get(SECTORS, REMOTE_ADDR="10.0.0.1").status_code == 429
    assert client.get(SECTORS, REMOTE_ADDR="10.0.0.2").status_code == 200


def test_a_forged_address_is_not_believed_without_a_proxy(settings: Any) -> None:
    settings.ANONYMOUS_CALLS_PER_MINUTE, settings.TRUSTED_PROXIES = 1, 0
    client = Client()
    codes = [client.get(SECTORS, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}").status_code for number in range(2)]
    assert codes == [200, 429]


def test_the_nearest_proxy_is_believed_and_no_other(settings: Any) -> None:
    settings.ANONYMOUS_CALLS_PER_MINUTE, settings.TRUSTED_PROXIES = 1, 1
    client = Client()
    chains = ("1.1.1.1, 10.0.0.1", "2.2.2.2, 10.0.0.1", "10.0.0.2")
    codes = [client.get(SECTORS, HTTP_X_FORWARDED_FOR=chain).status_code for chain in chains]
    assert codes == [200, 429, 200]


def test_many_addresses_do_not_fill_the_memory(
    settings: Any, rf: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ANONYMOUS_CALLS_PER_MINUTE = 10
    monkeypatch.setattr(AnonymousPaceMiddleware, "most_addresses", 5)
    boundary = AnonymousPaceMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]
    for number in range(50):
        request = rf.get(SECTORS, REMOTE_ADDR=f"10.0.1.{number}")
        request.user = AnonymousUser()
        boundary(request)
    assert len(boundary.windows) <= 6


def test_an_unknown_address_of_the_api_is_not_found(client: Client) -> None:
    assert client.get("/api/v1/rien").status_code == 404
