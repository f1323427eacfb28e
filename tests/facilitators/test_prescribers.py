"""Who presents candidates on a territory: by network, on a map, and honest on what is not known."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from levier.facilitators.models import Coverage, Structure
from levier.facilitators.queries.prescribers import prescribers_of
from levier.reference.queries import place_by_code

pytestmark = pytest.mark.django_db

PAGE = "/facilitateurs/prescripteurs"
METROPOLE = "200093201"


@pytest.fixture(autouse=True)
def structures() -> None:
    for kind, name, scope, code, commune in (
        ("france_travail", "Agence de Roubaix", "epci", METROPOLE, "59512"),
        ("mission_locale", "Mission locale de Lille", "commune", "59350", "59350"),
        ("cap_emploi", "Cap emploi du Nord", "departement", "59", None),
        ("e2c", "École des Hauts-de-France", "region", "32", "59350"),
        ("mission_locale", "Mission locale de Paris", "commune", "75056", "75056"),
        ("france_travail", "Agence du treizième", "commune", "75113", "75113"),
        ("france_travail", "Agence de Lozère", "epci", "244800405", "48095"),
        ("crepi", "Club d’entreprises", "departement", "59", "59350"),
        ("epide", "EPIDE fermé", "departement", "59", "59350"),
    ):
        one = Structure.objects.create(
            kind=kind, name=name, has_desk=False, source="essai", source_key=name, commune_id=commune,
            is_active="fermé" not in name,
        )  # fmt: skip
        Coverage.objects.create(structure=one, scope=scope, code=code, is_assumed=scope == "epci")


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("commune", "59512", {"Agence de Roubaix", "Cap emploi du Nord", "École des Hauts-de-France"}),
        ("epci", METROPOLE, {"Agence de Roubaix", "Mission locale de Lille", "Cap emploi du Nord", "École des Hauts-de-France"}),
        ("departement", "59", {"Agence de Roubaix", "Mission locale de Lille", "Cap emploi du Nord", "École des Hauts-de-France"}),
        ("commune", "62041", {"École des Hauts-de-France"}),
        ("arrondissement", "75113", {"Mission locale de Paris", "Agence du treizième"}),
        ("arrondissement", "75114", {"Mission locale de Paris"}),
        ("commune", "75056", {"Mission locale de Paris", "Agence du treizième"}),
        ("commune", "97411", set()),
    ],
)  # fmt: skip
def test_a_territory_names_those_whose_remit_meets_it(kind: str, code: str, expected: set[str]) -> None:
    place = place_by_code(kind, code)
    assert place is not None
    found = prescribers_of(place)
    names = {one.structure.name for each in found.by_network for one in each.listed}
    assert names == expected and found.total == len(expected)


def test_around_a_commune_the_nearest_come_first_with_how_far(client: Client) -> None:
    far = Structure.objects.get(name="Mission locale de Lille")
    near = Structure.objects.create(
        kind="mission_locale",
        name="Zénith",
        has_desk=False,
        source="essai",
        source_key="z",
        commune_id="59512",
    )
    for one in (far, near):
        Coverage.objects.create(structure=one, scope="departement", code="59", is_assumed=True)
    place = place_by_code("commune", "59512")
    assert place is not None
    (missions,) = [one for one in prescribers_of(place).by_network if one.network.kind == "mission_locale"]
    assert [one.structure for one in missions.listed] == [near, far]
    assert [round(one.distance_km or 0) for one in missions.listed] == [0, 11]
    html = client.get(PAGE, {"lieu": "Roubaix"}).content.decode().replace("\u00a0", " ")
    assert "sur place" in html and "à environ 11 km" in html


def test_the_page_groups_by_network_and_says_who_is_not_on_the_map(client: Client) -> None:
    html = client.get(PAGE, {"lieu": "Nord"}).content.decode()
    networks = re.findall(r'<h3 id="(\w+)">', html)
    assert networks == ["france_travail", "mission_locale", "cap_emploi", "e2c"]
    data: dict[str, Any] = json.loads(
        html.split('id="carte-points" type="application/json">')[1].split("</script>")[0]
    )
    lines = dict(re.findall(r'<li id="(s\d+)">\s*<a href="[^"]+">([^<]+)</a>', html))
    assert {(lines[one["line"]], one["mark"], one["tone"]) for one in data["points"]} == {
        ("Agence de Roubaix", "FT", "blue"), ("Mission locale de Lille", "ML", "teal"), ("École des Hauts-de-France", "E2", "olive"),
    }  # fmt: skip
    assert html.count("Agence de Roubaix") == 1, "the map reads names in the list: twice would weigh"
    assert "1 structure est sans commune connue : dans la liste seulement" in data["legend"]
    assert "Cap emploi du Nord" in html and "Aucune structure connue ici : PLIE, EPIDE." in html
    assert "déduit de son siège" in html and "Intervient sur : Nord (59)" in html
    # Without a script there is no map and the list says it all.
    assert re.search(r'class="map-panel no-print" data-needs-script hidden', html)


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("", 200, "dites le lieu"),
        ("Saint-Denis de La Réunion", 200, "Aucun prescripteur connu ici"),
        ("zzzz qqqq", 404, "ne ressemble à aucun lieu"),
    ],
)
def test_a_place_without_anybody_or_unknown_says_what_to_do(
    client: Client, text: str, status: int, said: str
) -> None:
    response = client.get(PAGE, {"lieu": text})
    html = response.content.decode()
    assert response.status_code == status and said in html and "data-map" not in html


def test_more_structures_ask_no_more_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    client.get(PAGE, {"lieu": "Nord"})
    with django_assert_max_num_queries(8):
        client.get(PAGE, {"lieu": "Nord"})
