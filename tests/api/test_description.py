"""The OpenAPI file: a change of the API is a change that somebody sees.

After a wanted change: ``python -m tests.api.test_description`` writes the committed copy again.
"""

import json
from pathlib import Path
from typing import Any

from django.test import Client

COPY = Path(__file__).with_name("openapi.json")


def described() -> dict[str, Any]:
    """The description as served, without the version of the library."""
    from levier.api.endpoints import api

    return json.loads(json.dumps(api.get_openapi_schema()))  # type: ignore[no-any-return]


def test_the_description_is_the_committed_one() -> None:
    advice = "L'API a changé : si c'est voulu, lancez « python -m tests.api.test_description » et relisez la différence."
    assert described() == json.loads(COPY.read_text(encoding="utf-8")), advice


def test_the_description_is_served(client: Client) -> None:
    assert client.get("/api/openapi.json").json()["info"]["title"] == "Levier"


def test_every_address_has_a_summary_and_says_its_refusals() -> None:
    for path, methods in described()["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], path
            takes_values = bool(operation.get("requestBody") or operation.get("parameters"))
            assert not (takes_values and method == "post") or "422" in operation["responses"], path


if __name__ == "__main__":
    import os

    import django

    import tests.environment  # noqa: F401 - the home of the tests

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levier.config.settings")
    django.setup()
    COPY.write_text(
        json.dumps(described(), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
