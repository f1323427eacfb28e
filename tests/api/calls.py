"""How the tests of the API speak to it."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.texts import plain_spaces


def post(client: Client, path: str, body: Any) -> HttpResponse:
    """POST a JSON body, or raw bytes as they are."""
    return client.post(f"/api/v1/{path}", body, content_type="application/json")  # type: ignore[return-value]


def get(client: Client, path: str, **query: Any) -> HttpResponse:
    """GET with a query."""
    return client.get(f"/api/v1/{path}", query)  # type: ignore[return-value]


def refusal(response: Any, status: int = 422) -> dict[str, str]:
    """The sentences of a refusal by field; fails unless it has the documented shape and is in French."""
    assert response.status_code == status, response.content[:300]
    body = response.json()
    assert set(body) == {"detail", "problems"}
    assert body["detail"].endswith((".", "?"))
    assert not any(word in body["detail"] for word in ("should", "Input", "valid ", "Field required"))
    assert all(set(problem) == {"field", "sentence"} for problem in body["problems"])
    return {problem["field"]: plain_spaces(problem["sentence"]) for problem in body["problems"]}
