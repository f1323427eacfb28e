"""`levier place`, `levier cpv` and `levier search`."""

import pytest

from tests.cli.calls import document, refusal, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def test_places_are_ranked_with_their_score() -> None:
    found = document("place", "st etienne")
    assert found[0]["place"]["code"] == "42218"
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert len(document("place", "saint", "--limit", "3")) == 3


def test_codes_are_ranked_with_their_score() -> None:
    found = document("cpv", "réfection toiture école")
    assert found[0]["code"].startswith("4526")
    assert [one["share"] for one in found] == sorted((one["share"] for one in found), reverse=True)


def test_near_a_commune_is_within_thirty_kilometres_and_near_a_departement_in_it() -> None:
    around = document("search", "nettoyage", "--near", "Roubaix", "--limit", "50")["results"]
    inside = document("search", "nettoyage", "--near", "59", "--limit", "50")["results"]
    assert around and all(one["distance_km"] <= 30 for one in around)
    assert inside and {one["departement"] for one in inside} == {"59"}


def test_suppliers_near_a_place_come_nearest_first() -> None:
    found = document("search", "", "--near", "Roubaix", "--radius", "50", "--limit", "50")
    distances = [one["distance_km"] for one in found["results"]]
    assert found["total"] == len(distances) > 3
    assert distances == sorted(distances) and distances[-1] <= 50


def test_filters_are_heard() -> None:
    found = document("search", "", "--kind", "ea", "--kind", "ESAT", "--departement", "59")
    assert {one["kind"] for one in found["results"]} <= {"EA", "ESAT"}
    assert {one["departement"] for one in found["results"]} == {"59"}


def test_the_text_for_people() -> None:
    for arguments in (("place", "lille"), ("cpv", "nettoyage"), ("search", "jardins")):
        result = run(*arguments)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        ("place", "Zzyzx-sur-Rien"), ("place", ""), ("place", "🧹"), ("cpv", "???"), ("cpv", ""),
        ("search", "x", "--near", "Zzyzx-sur-Rien"), ("search", "x", "--kind", "ROI"), ("search", "x", "--sector", "magie"),
    ],
)  # fmt: skip
def test_nothing_found_is_a_sentence_and_code_1(arguments: tuple[str, ...]) -> None:
    assert refusal(*arguments).endswith(".")
    assert document(*arguments, code=1)["error"].endswith(".")


def test_a_search_without_result_is_code_1() -> None:
    assert document("search", "zzzyxqwk", code=1)["total"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "x", "--radius", "30"),
        ("search", "x", "--limit", "0"),
        ("place", "x", "--limit", "51"),
        ("cpv",),
        ("place",),
    ],
)
def test_a_wrong_use_is_code_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("text", ["\x00", "'; DROP TABLE x", '"(', "a" * 5_000, "\x1b[31m", "\ud800"])
@pytest.mark.parametrize("command", ["place", "cpv", "search"])
def test_any_text_is_searched_or_refused(command: str, text: str) -> None:
    assert run(command, "--json", "--", text).exit_code in {0, 1}


def test_a_sentence_says_kind_trade_and_place() -> None:
    found = document("search", "EA espaces verts à 50 km de Roubaix", "--limit", "50")
    assert found["understood"] == {
        "kinds": ["EA"], "place": "Roubaix (Nord)", "radius_km": 50, "departements": [],
        "sizes": [], "sectors": ["creation-espaces-verts"], "words": "espaces verts", "identifier": "",
    }  # fmt: skip
    assert {one["kind"] for one in found["results"]} == {"EA"}
    assert all(one["distance_km"] <= 50 for one in found["results"])
    literal = document("search", "espaces verts Roubaix", "--word-for-word")
    assert literal["understood"]["place"] is None
