"""Results and sheets: what is asked, shown, or set apart, and the sentence for each bad value."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.directory.index import SUPPLIERS
from levier.directory.models import Supplier
from levier.directory.results import slug_of
from tests.factories.directory import source, supplier

pytestmark = pytest.mark.django_db

ROUBAIX = {
    "departement_code": "59",
    "latitude": 50.69,
    "longitude": 3.17,
    "precision": "commune",
    "city": "Roubaix",
}
LILLE = {
    "departement_code": "59",
    "latitude": 50.63,
    "longitude": 3.06,
    "precision": "postal_code",
    "city": "Lille",
}
CLEANS = {"sectors": ["nettoyage-locaux"], "activity_status": "stated"}


@pytest.fixture
def directory() -> None:
    """Three cleaners around Roubaix, one ESAT nobody describes, one gardener far away, one social body."""
    seen = source(label="Liste d’essai")
    supplier(name="Propre Nord", seen_by=seen, **ROUBAIX, **CLEANS)
    supplier(name="Net Lille", kind="EA", seen_by=seen, **LILLE, **CLEANS)
    supplier(name="Proprette", kind="ETTI", is_demo=True, **ROUBAIX, **CLEANS)
    supplier(name="ESAT Muet", kind="ESAT", phone="03 20 00 00 00", places=40, **ROUBAIX)
    supplier(
        name="Jardins du Sud", departement_code="34", latitude=43.6, longitude=3.9, precision="commune",
        sectors=["creation-espaces-verts"], activity_status="inferred", activity_origin="code NAF 81.30Z",
    )  # fmt: skip
    supplier(name="Mutuelle Sociale", kind="ESS", **ROUBAIX, **CLEANS)
    SUPPLIERS.rebuild()


def page(client: Client, **query: Any) -> str:
    response = client.get("/fournisseurs", query)
    assert response.status_code == 200
    return response.content.decode()


def names(html: str) -> list[str]:
    return re.findall(r'<h3><a href="/fournisseurs/[^"]+">([^<]+)</a></h3>', html)


def split(html: str) -> tuple[list[str], list[str]]:
    """Names in the list, names apart."""
    head, _, tail = html.partition('id="a-part"')
    return names(head), names(tail)


@pytest.mark.usefixtures("directory")
def test_without_criteria_every_useful_supplier_is_listed(client: Client) -> None:
    html = page(client)
    assert sorted(names(html)) == ["ESAT Muet", "Jardins du Sud", "Net Lille", "Propre Nord", "Proprette"]
    assert "5 fournisseurs" in html


@pytest.mark.usefixtures("directory")
def test_a_trade_near_a_place_is_sorted_by_what_fits_and_the_silent_stand_apart(client: Client) -> None:
    found, apart = split(page(client, q="nettoyage", lieu="Roubaix"))
    assert sorted(found) == ["Net Lille", "Propre Nord", "Proprette"]
    assert apart == ["ESAT Muet"]


@pytest.mark.usefixtures("directory")
def test_the_silent_are_found_by_their_name(client: Client) -> None:
    found, apart = split(page(client, q="ESAT Muet"))
    assert (found, apart) == (["ESAT Muet"], [])


@pytest.mark.usefixtures("directory")
def test_a_distance_is_rough_when_the_place_is(client: Client) -> None:
    html = page(client, lieu="Roubaix")
    assert re.search(r"Lille[^<]*, environ 1\d", html)
    assert re.search(r"Roubaix[^<]*, (moins d|\d)", html)
    assert [name for name in names(html) if name == "Net Lille"] == ["Net Lille"]
    assert names(html)[-1] == "Net Lille"  # the nearest first


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_the_wide_list_of_the_social_economy_is_added_on_demand(client: Client) -> None:
    assert "Mutuelle Sociale" not in page(client)
    assert "Mutuelle Sociale" in page(client, ess="1")
    assert names(page(client, type="ESS")) == ["Mutuelle Sociale"]


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_filters_add_up_and_each_has_a_chip_that_takes_it_away(client: Client) -> None:
    html = page(client, type=["EI", "EA"], dep="59")
    assert sorted(names(html)) == ["Net Lille", "Propre Nord"]
    assert 'href="/fournisseurs?type=EA&amp;dep=59"' in html
    assert 'href="/fournisseurs?type=EI&amp;type=EA"' in html


@pytest.mark.usefixtures("directory")
def test_a_territory_filters_without_a_radius(client: Client) -> None:
    html = page(client, lieu="34")
    assert names(html) == ["Jardins du Sud"]
    assert "autour" not in html
    assert "activités déduites" in html


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"lieu": "zzzzqqq"}, "est introuvable : écrivez une commune"),
        ({"rayon": "7"}, "Ce rayon n’est pas proposé"),
        ({"type": "XX"}, "Le type de structure « XX » est inconnu"),
        ({"secteur": "rien"}, "Le secteur « rien » est inconnu"),
        ({"dep": "5999"}, "n’est pas un code de département"),
        ({"page": "0"}, "Les pages commencent à 1"),
        ({"page": "deux"}, "doit être un nombre"),
        ({"tri": "hasard"}, "Ce tri n’existe pas"),
        ({"q": "x" * 301}, "300"),
    ],
)
def test_a_bad_value_gets_one_sentence_and_no_result(
    client: Client, query: dict[str, str], sentence: str
) -> None:
    response = client.get("/fournisseurs", query)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert not names(html)


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    "text", ["🦄🦄", "'; DROP TABLE x; --", "<script>alert(1)</script>", "\x00", "l'", "  "]
)
def test_any_text_is_only_a_text(client: Client, text: str) -> None:
    response = client.get("/fournisseurs", {"q": text})
    assert response.status_code in {200, 422}
    assert "<script>alert" not in response.content.decode()


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_nothing_found_teaches_the_next_step(client: Client) -> None:
    html = page(client, q="jardins ESAT Dunkerque", rayon="10")
    assert "Aucun fournisseur ne répond à tout cela" in html
    assert "Sans «\u00a0Dunkerque" not in html, "there is no gardening ESAT anywhere"
    html = page(client, q="jardinage Mende", rayon="10")
    assert (
        '<a href="/fournisseurs?q=jardinage">Sans «\u00a0Mende (Lozère)\u00a0»</a> : 1\u00a0structure (jardinage)'
        in html
    )
    assert (
        '<a href="/fournisseurs?q=jardinage+Mende&amp;rayon=200">Chercher à 200 km autour de Mende</a>'
        in html
    )


def test_beyond_an_epci_the_nearest_stand_a_little_further(client: Client) -> None:
    supplier(name="Dedans", epci_code="200093201", **LILLE, **CLEANS)
    supplier(name="Juste dehors", epci_code="200040947", **LILLE, **CLEANS)
    SUPPLIERS.rebuild()
    html = page(client, q="nettoyage métropole de Lille")
    assert names(html) == ["Dedans", "Juste dehors"]
    assert html.index("Dedans") < html.index('id="plus-loin"') < html.rindex("Juste dehors")


@pytest.mark.usefixtures("directory")
def test_what_can_be_ticked_can_be_compared(client: Client) -> None:
    many, one_beside_the_silent, nobody = (
        "q=nettoyage+Roubaix",
        "q=nettoyage+Roubaix&type=EA&type=ESAT",
        "q=zzzz",
    )
    for asked, boxes in ((many, 4), (one_beside_the_silent, 2), (nobody, 0)):
        html = client.get(f"/fournisseurs?{asked}").content.decode()
        assert html.count('form="comparaison" name="f"') == boxes
        assert ("Comparer les fournisseurs cochés" in html) == (boxes > 1)


@pytest.mark.usefixtures("directory")
def test_a_number_that_is_cut_says_how_many_digits_it_wants(client: Client) -> None:
    html = page(client, q="334 912 623 0005")
    assert "Ce numéro a 13 chiffres" in html.replace("\xa0", " ")
    assert "Ce numéro" not in page(client, q="334 912 623 00058")


@pytest.mark.usefixtures("directory")
def test_a_swap_gets_the_changing_part_and_the_short_address(client: Client) -> None:
    response = client.get("/fournisseurs?q=nettoyage&lieu=&rayon=&tri=", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert response["HX-Push-Url"] == "/fournisseurs?q=nettoyage"
    assert "<html" not in html
    assert '<div id="recherche">' in html
    assert 'aria-live="polite"' in html
    assert "HX-Request" in response["Vary"]


@pytest.mark.slow
def test_pages_follow_one_another_without_losing_anyone(client: Client) -> None:
    for number in range(45):
        supplier(name=f"Chantier {number:02}", departement_code="59")
    SUPPLIERS.rebuild()
    pages = [names(page(client, tri="nom", page=number)) for number in (1, 2, 3)]
    assert [len(each) for each in pages] == [20, 20, 5]
    assert len({name for each in pages for name in each}) == 45
    assert names(page(client, tri="nom", page=99)) == pages[2]


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_a_results_page_is_light_and_asks_the_database_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("levier.reference.queries.SECONDS_BETWEEN_CHECKS", float("inf"))
    page(client, lieu="Roubaix")  # the place finder is built once per process
    with CaptureQueriesContext(
        connection,
    ) as queries:
        html = page(client, lieu="Roubaix")
    assert len(queries) == 1
    assert len(html.encode()) < 60_000
    assert html.count("<h1") == 1
    assert not re.findall(r"\sstyle=|hx-on", html)


def test_without_an_index_the_page_says_to_wait(client: Client) -> None:
    response = client.get("/fournisseurs")
    assert response.status_code == 503
    assert "réessayez dans une minute" in response.content.decode()


def test_places_are_suggested_as_one_types(client: Client) -> None:
    html = client.get("/lieux", {"lieu": "saint-eti"}).content.decode()
    assert '<option value="Saint-Étienne (Loire)">' in html
    assert client.get("/lieux", {"lieu": "s"}).content.strip() == b""


@pytest.mark.slow
@pytest.mark.usefixtures("directory")
def test_up_to_four_suppliers_stand_side_by_side_in_the_order_asked(client: Client) -> None:
    slugs = [slug_of(one.key) for one in Supplier.objects.order_by("-name")]
    html = client.get("/fournisseurs/comparer", {"f": slugs[:2]}).content.decode()
    assert re.findall(r'<th scope="col"><a[^>]*>([^<]+)', html) == ["Proprette", "Propre Nord"]
    more = client.get("/fournisseurs/comparer", {"f": slugs})
    assert more.status_code == 200
    assert more.content.decode().count('<th scope="col">') == 4
    assert "quatre fournisseurs à la fois" in more.content.decode()
    for too_few in ([], slugs[:1], [slugs[0], slugs[0]], ["inconnu", slugs[0]]):
        assert client.get("/fournisseurs/comparer", {"f": too_few}).status_code == 422
