"""Territory pages: who sells, whom to call, what stands above and below; never an empty page."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from levier.directory.local_offer import offer_of, written_name
from levier.facilitators.queries import facilitator_for
from levier.portal.territories import ADDRESS_KINDS, address_of, place_of_address
from levier.reference.places import Place
from levier.reference.queries import place_by_code, place_finder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

ROUBAIX = "/territoires/commune/59512-roubaix"
# One of each kind of land: city, village, arrondissement, island, homonyms, overseas départements and collectivities.
SAMPLE = [
    ("commune", "59512"), ("commune", "75056"), ("commune", "75113"), ("commune", "69123"), ("commune", "13055"),
    ("commune", "48095"), ("commune", "2A004"), ("commune", "85113"), ("commune", "25204"), ("commune", "04174"),
    ("commune", "97105"), ("commune", "97209"), ("commune", "97302"), ("commune", "97411"), ("commune", "97611"),
    ("commune", "97502"), ("commune", "98818"), ("commune", "98735"), ("commune", "98613"), ("commune", "97801"),
    ("epci", "200093201"), ("epci", "200067106"), ("epci", "247000623"), ("epci", "249740119"),
    ("departement", "59"), ("departement", "75"), ("departement", "2B"), ("departement", "976"), ("departement", "987"),
    ("departement", "984"), ("region", "32"), ("region", "94"), ("region", "04"), ("region", "06"), ("region", "989"),
]  # fmt: skip

# The demonstration has nobody on these lands of the Pacific and the Atlantic.
LANDS_WITHOUT_SUPPLIER = {"975", "977", "978", "984", "986", "987", "988", "989"}


def place(kind: str, code: str) -> Place:
    found = place_of_address(kind, code)
    assert found, (kind, code)
    return found


def address(kind: str, code: str) -> str:
    found = place(kind, code)
    return address_of(found.kind, found.code, found.name)


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.slow
def test_no_territory_of_any_kind_has_an_empty_page(client: Client) -> None:
    for kind, code in SAMPLE:
        html = page(client, address(kind, code))
        where = f"{kind} {code}"
        assert len(html.encode()) < 60_000, where
        assert html.count("<h1") == 1, where
        assert "À lui demander" in html, where
        has_supplier = re.search(r'class="nearest">\s*<li>', html)
        assert has_supplier or "tout l’annuaire" in html, where
        crumbs = json.loads(html.split('application/ld+json">', 1)[1].split("</script>", 1)[0])
        steps = [step["name"] for step in crumbs["itemListElement"]]
        assert steps[0] == "Territoires" and steps[-1] == place(kind, code).name, where
        items = [step["item"] for step in crumbs["itemListElement"]]
        assert len(set(items)) == len(items), where


@pytest.mark.slow
def test_sixty_communes_at_random_all_have_somebody_to_call_and_somebody_who_sells(
    client: Client,
) -> None:
    codes = sorted(one.code for one in place_finder().places if one.kind == "commune")
    alone = 0
    for code in random.Random(20_261_125).sample(codes, 60):
        html = page(client, address("commune", code))
        where = f"commune {code}"
        assert len(html.encode()) < 60_000, where
        assert "À lui demander" in html, where
        land = place("commune", code).landmass
        nearest = re.findall(r'<ul class="nearest">(.*?)</ul>', html, re.S)
        if land in LANDS_WITHOUT_SUPPLIER:
            assert "tout l’annuaire" in html, where
            continue
        assert nearest and re.search(r"km</span>|\bkm\b", nearest[0]), where
        assert re.search(r"<h3>Dans (tout le département|toute la région)", html), where
        assert re.search(
            r"Voir les [\d\u202f]+ fournisseurs (du département|de la région)|Voir ce fournisseur", html
        ), where
        alone += "Personne d’aussi près" in html
    assert alone, "the sample holds no commune far from every supplier: it tells nothing of the thin ones"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "code", "queries"),
    [
        # Cards, territory, state of the facilitators' tables, portals, events; then what stands below, counted.
        ("commune", "59512", 7),
        ("commune", "75113", 7),
        ("epci", "200093201", 8),
        ("departement", "59", 9),
        ("region", "32", 6),
    ],
)
def test_a_page_asks_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: Any, kind: str, code: str, queries: int
) -> None:
    path = address(kind, code)
    client.get(path)
    with django_assert_num_queries(queries):
        client.get(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "code"), [("commune", "59512"), ("epci", "200093201"), ("departement", "59"), ("region", "32"),
                       ("commune", "97611"), ("departement", "75"), ("region", "04")],
)  # fmt: skip
def test_each_count_is_that_of_the_search_it_links_to(client: Client, kind: str, code: str) -> None:
    offer = offer_of(place(kind, code))
    assert offer.total and offer.families and offer.sectors
    for link in (*offer.families[:2], *offer.sectors[:2]):
        html = page(client, link.url)
        count = re.search(r'id="compte"[^>]*>\s*([\d\u202f]+)', html)
        assert count and count[1].replace("\u202f", "") == str(link.count), link
    assert sum(link.count for link in offer.families) == offer.total


@pytest.mark.slow
def test_a_page_says_who_sells_here_whom_to_call_and_leads_up_down_and_to_a_dossier(client: Client) -> None:
    html = page(client, ROUBAIX)
    assert "Roubaix (Nord)" in html
    assert re.search(r"fournisseurs inclusifs à moins de 30 km, dont \d+ dans la commune", html)
    assert facilitator_for(place=place("commune", "59512")).primary.name in html
    for above in (("region", "32"), ("departement", "59"), ("epci", "200093201")):
        assert f'href="{address(*above)}"' in html
    assert '<input type="hidden" name="place" value="Roubaix (Nord)"' in html
    assert 'href="/opportunites?lieu=Roubaix%20%28Nord%29"' in html
    assert 'action="/dossier"' in html
    assert f'href="{ROUBAIX}"' in page(client, address("epci", "200093201"))
    assert f'href="{address("epci", "200093201")}"' in page(client, address("departement", "59"))
    assert f'href="{address("departement", "59")}"' in page(client, address("region", "32"))
    assert f'href="{address("commune", "75113")}"' in page(client, address("commune", "75056"))
    assert f'href="{address("commune", "75056")}"' in page(client, address("commune", "75113"))
    assert f'href="{address("commune", "98818")}"' in page(client, address("departement", "988"))


@pytest.mark.slow
def test_the_dossier_started_on_a_page_is_performed_there(client: Client) -> None:
    there = written_name(place("commune", "04174"))
    html = client.post("/dossier", {"text": "nettoyage de bureaux", "place": there}).content.decode()
    assert there == "Saint-Benoît (04174)"
    assert "Saint-Benoît (Alpes-de-Haute-Provence)" in html
    assert "(La Réunion)" not in html


@pytest.mark.slow
def test_a_commune_without_supplier_gets_the_nearest_of_its_land(client: Client) -> None:
    far = next(
        offer
        for code in ("05023", "04006", "85113", "29155", "09030", "48016")
        if (offer := offer_of(place("commune", code))).is_far
    )
    assert far.total == 0 and far.found
    distances = [one.hit.distance_km for one in far.found]
    assert distances == sorted(distances) and distances[0] > 30  # type: ignore[type-var,operator]
    island = offer_of(place("commune", "97502"))
    assert (island.total, island.found) == (0, ())


def test_while_the_index_is_rebuilt_the_page_still_says_whom_to_call(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_FOLDER = tmp_path / "absent"
    html = page(client, ROUBAIX)
    assert "La recherche se prépare" in html
    assert "À lui demander" in html


def test_a_shortened_or_old_address_leads_to_the_right_one(client: Client) -> None:
    for path in ("/territoires/commune/59512", "/territoires/commune/59512-robaix"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (301, ROUBAIX)
    assert client.get("/territoires/departement/2a")["Location"] == "/territoires/departement/2A-corse-du-sud"


@pytest.mark.parametrize(
    "path", ["commune/99999-nulle-part", "pays/FR-france", "epci/1", "commune/-", "region/x"]
)
def test_an_unknown_territory_gets_a_sentence(client: Client, path: str) -> None:
    response = client.get(f"/territoires/{path}")
    assert response.status_code == 404
    assert "cherchez-le par son nom" in response.content.decode()


def test_a_place_is_opened_when_it_leaves_no_doubt_else_offered(client: Client) -> None:
    assert client.get("/territoires", {"lieu": "Roubaix"})["Location"] == ROUBAIX
    html = page(client, "/territoires?lieu=saint-denis")
    assert address("commune", "93066") in html and address("commune", "97411") in html
    refused = client.get("/territoires", {"lieu": "zzzqqq"})
    assert refused.status_code == 404
    assert "« zzzqqq » ne ressemble à aucun lieu" in refused.content.decode()
    assert address("region", "11") in page(client, "/territoires")


def test_home_and_sheets_lead_to_territories(client: Client) -> None:
    assert 'href="/territoires"' in page(client, "/")
    one = next(
        found for found in offer_of(place("commune", "59512")).found if found.card.commune_code == "59512"
    )
    sheet = page(client, f"/fournisseurs/{one.card.key.replace(':', '-').lower()}")
    assert f'href="{ROUBAIX}"' in sheet


@pytest.mark.slow
def test_a_region_shows_the_other_platforms_of_its_own(client: Client) -> None:
    html = page(client, address("region", "93"))
    assert "SO EKO" in html and "à confirmer" in html
    assert "La BOSS" not in html
    assert "Le registre n’en connaît pas encore" in page(client, address("region", "28"))


@pytest.mark.slow
def test_prescribers_of_the_territory_are_named_when_known(client: Client) -> None:
    from levier.facilitators.models import Coverage, Structure

    local = Structure.objects.create(
        kind="mission_locale", name="Mission locale d’Essai", has_desk=False, source="essai", source_key="1"
    )
    Coverage.objects.create(structure=local, scope="departement", code="48")
    html = page(client, address("commune", "48095"))
    assert "Qui présente des candidats ici" in html
    assert "Mission locale d’Essai" in html
    assert "Qui présente des candidats ici" not in page(client, address("commune", "15014"))


@pytest.mark.slow
def test_every_territory_has_an_address_of_its_own_that_leads_back_to_it() -> None:
    seen = set()
    for one in place_finder().places:
        if one.kind not in ADDRESS_KINDS:
            continue
        path = address_of(one.kind, one.code, one.name)
        kind, end = path.removeprefix("/territoires/").split("/")
        found = place_of_address(kind, end.partition("-")[0])
        assert found is one, path
        assert path.isascii()
        seen.add(path)
    assert len(seen) == len([one for one in place_finder().places if one.kind in ADDRESS_KINDS])
    assert resolve(ROUBAIX).kwargs == {"kind": "commune", "end": "59512-roubaix"}


@pytest.mark.parametrize(
    ("kind", "code", "written"),
    [
        ("commune", "59512", "Roubaix (Nord)"),
        ("commune", "25204", "Doubs (25204)"),
        ("commune", "04174", "Saint-Benoît (04174)"),
        ("epci", "247000623", "CC des Quatre Rivières (247000623)"),
    ],
)
def test_a_place_is_written_so_that_the_search_finds_it(kind: str, code: str, written: str) -> None:
    found = place_by_code(kind, code)
    assert found and written_name(found) == written
    assert place_finder().find(written, limit=1)[0].place is found
