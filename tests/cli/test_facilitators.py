"""`levier facilitators near`."""

import pytest

from tests.cli.calls import document, refusal, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration"), pytest.mark.slow]


def test_the_one_in_charge_comes_with_its_reason() -> None:
    found = document("facilitators", "near", "Roubaix")
    assert found["place"]["code"] == "59512"
    assert found["primary"]["step"] == "guichet_epci"
    assert found["primary"]["reason"] and found["alternatives"] and "voisin" in found["escalation"]


def test_a_private_buyer_meets_the_clubs_first() -> None:
    assert document("facilitators", "near", "Roubaix", "--private")["primary"]["kind"] == "face"


def test_places_of_the_same_name_are_told() -> None:
    found = document("facilitators", "near", "Saint-Denis")
    assert "93066" in [found["place"]["code"], *(one["code"] for one in found["namesakes"])]
    assert "Seine-Saint-Denis" in run("facilitators", "near", "Saint-Denis").stdout


def test_the_text_for_people() -> None:
    result = run("facilitators", "near", "Lille")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "À demander" in result.stdout


@pytest.mark.parametrize(
    "arguments", [("Zzyzx-sur-Rien",), ("Lille", "--buyer-siren", "12"), ("Lille", "--programme", "magie")]
)
def test_what_cannot_be_read_is_a_sentence(arguments: tuple[str, ...]) -> None:
    assert refusal("facilitators", "near", *arguments).endswith(".")
    assert document("facilitators", "near", *arguments, code=1)["error"].endswith(".")
