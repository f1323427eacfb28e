"""Results and sheets: what is asked, shown, or set apart, and the sentence for each bad value."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from levier.directory.address import Address, website_address
from levier.directory.index import SUPPLIERS
from levier.directory.models import SourceRecord, Supplier
from levier.directory.provenance import conflicts_of, provenance_of
from levier.directory.results import key_of, slug_of
from tests.factories.directory import SEEN, source, supplier

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


def test_a_sheet_says_what_and_where_then_where_it_comes_from_then_contact(client: Client) -> None:
    seen = source(label="Liste d’essai")
    made = supplier(
        name="Propre Nord", key="12345678900012:EI", seen_by=seen, phone="06 39 98 00 00",
        email="contact@exemple.invalid", website="www.exemple.invalid", description="Nettoie <b>tout</b>.",
        **ROUBAIX, **CLEANS,
    )  # fmt: skip
    html = client.get("/fournisseurs/12345678900012-ei").content.decode()
    order = [html.index(f'id="{part}"') for part in ("fait", "ou", "preuves", "origine", "contact")]
    assert order == sorted(order)
    assert "Liste d’essai" in html
    assert 'href="tel:0639980000"' in html
    assert 'href="https://www.exemple.invalid"' in html
    assert "Nettoie &lt;b&gt;tout" in html
    assert made.kind == "EI"


def test_a_sheet_shows_since_when_how_surely_who_disagrees_and_what_changed(client: Client) -> None:
    made = supplier(
        name="Avant", key="12345678900012:EI", seen_by=source(slug="registre", label="Registre", rank=1),
        origins={"*": {"source": "registre"}}, sectors=["nettoyage-locaux"], activity_status="inferred",
    )  # fmt: skip
    said = SourceRecord.objects.get(supplier=made)
    activity = {"sectors": ["nettoyage-locaux"], "origin": "déduites : NAF", "confidence": 0.7}
    said.values, said.changed_on = {"name": "Après", "activity": activity}, date(2026, 11, 9)
    said.save()
    SourceRecord.objects.create(
        source=source(slug="liste", label="Liste", rank=2), source_key="1", supplier=made, kind="EI",
        values={"name": "Tout autre"}, content_hash="0" * 32, first_seen=SEEN, last_seen=SEEN,
    )  # fmt: skip
    made.name, made.sectors, made.is_frr = "Après", ["blanchisserie"], True
    made.save()
    said.values |= {"phone": "03 20 00 00 00"}
    said.changed_on = date(2026, 11, 12)
    said.save()
    rows = {(row.source, row.group): row for row in provenance_of(made.pk)}
    assert {key: row.first_seen.day for key, row in rows.items()} == {
        ("registre", "name"): 9, ("registre", "activity"): 9, ("registre", "phone"): 12, ("liste", "name"): 1,
    }  # fmt: skip
    assert (rows["registre", "activity"].confidence, rows["liste", "name"].confidence) == (0.7, 1)
    html = client.get("/fournisseurs/12345678900012-ei").content.decode()
    assert (
        "Raison sociale : « Tout autre » (source : Liste). La fiche montre « Après » (source : Registre)."
        in html
    )
    assert "(depuis le 9\u00a0novembre 2026)" in html.replace("\u202f", "\u00a0")
    assert "(confiance 70" in html
    # One that says less contradicts nobody, nor does what we deduced.
    assert [one.group for one in conflicts_of(provenance_of(made.pk))] == ["name"]
    stated = {"sectors": ["traiteur"], "origin": "déclarées"}
    SourceRecord.objects.filter(source_id="liste").update(values={"name": "Tout autre", "activity": stated})
    assert [one.group for one in conflicts_of(provenance_of(made.pk))] == ["name"], "the shown one is a guess"
    SourceRecord.objects.filter(source_id="liste").update(values={"name": "APRES"})
    said.values |= {"name": "Après, l’association"}
    said.save()
    assert not conflicts_of(provenance_of(made.pk))
    assert "Raison sociale, « Avant » devient « Après »" in html
    assert "« Nettoyage de bureaux et de locaux » devient « Blanchisserie et location de linge »" in html
    assert "France ruralités revitalisation, « oui » ajouté" in html


def test_two_lines_of_one_list_that_were_merged_disagree_with_their_values() -> None:
    made = supplier(key="12345678900012:EI", siret="12345678900012", siren="123456789", name="Un")
    made.origins = {"siret": {"source": "liste"}}
    made.save()
    one_list = source(slug="liste", label="Liste", rank=2)
    for siret in ("12345678900012", "12345678900020"):
        SourceRecord.objects.create(
            source=one_list, source_key=siret, supplier=made, kind="EI", values={"siret": siret}, content_hash="0" * 32,
            first_seen=SEEN, last_seen=SEEN,
        )  # fmt: skip
    (conflict,) = [one for one in conflicts_of(provenance_of(made.pk)) if one.group == "siret"]
    assert [one.value for one in conflict.shown] == ["12345678900012"]
    assert [one.value for one in conflict.others] == ["12345678900020"]


def test_a_sheet_that_every_list_has_left_says_which_was_the_last_and_since_when(client: Client) -> None:
    made = supplier(key="12345678900012:EI", seen_by=source(slug="registre", label="Registre", rank=1))
    made.qpv_code = ""
    made.save()
    sentence = "Registre ne la nomme plus depuis le 9\u00a0novembre 2026."
    address = "/fournisseurs/12345678900012-ei"
    before = client.get(address).content.decode().replace("\u202f", "\u00a0")
    assert "hors des quartiers prioritaires" in before and "Plus aucune liste" not in before
    SourceRecord.objects.filter(supplier=made).update(gone_since=date(2026, 11, 9), values={"name": "Un"})
    assert sentence in client.get(address).content.decode().replace("\u202f", "\u00a0")


def test_an_ended_convention_is_shown_with_its_date(client: Client) -> None:
    supplier(key="12345678900012:EI", convention_status="ended", convention_until=date(2021, 12, 31))
    html = client.get("/fournisseurs/12345678900012-ei").content.decode()
    assert re.search(r"Ancienne.*31\xa0décembre 2021", html, re.S)
    # Its people count as long as it has a convention: the reason says what to ask for.
    assert re.search(r"comptés d’office.*demandez-lui celle d’aujourd’hui", html, re.S)


@pytest.mark.parametrize("slug", ["12345678900012-ei", "rien", "a-b-c"])
def test_an_unknown_or_unlisted_supplier_is_a_404_with_a_sentence(client: Client, slug: str) -> None:
    supplier(key="12345678900012:EI", is_listed=False)
    response = client.get(f"/fournisseurs/{slug}")
    assert response.status_code == 404
    assert "n’est pas, ou n’est plus, dans l’annuaire" in response.content.decode()


def test_the_address_of_a_sheet_leads_back_to_its_key() -> None:
    for key in ("12345678900012:EI", "finess-010008951:ESAT", "essai-4:EQUITABLE"):
        assert key_of(slug_of(key)) == key
    assert all(re.fullmatch(r"[A-Z]+", code) for code, _ in Supplier._meta.get_field("kind").choices)  # type: ignore[union-attr,misc]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://exemple.fr/a", "https://exemple.fr/a"),
        ("www.exemple.fr", "https://www.exemple.fr"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("néant", ""),
        ("", ""),
    ],
)
def test_only_a_web_address_becomes_a_link(written: str, address: str) -> None:
    assert website_address(written) == address


def test_an_address_forgets_what_is_empty_and_what_is_not_its_own() -> None:
    from django.http import QueryDict

    address = Address("/fournisseurs", QueryDict("q=a&lieu=&utm=1&type=EI&type=EI&type=EA&page=3"))
    assert str(address) == "/fournisseurs?q=a&type=EI&type=EA&page=3"
    assert address.without("type", "EI") == "/fournisseurs?q=a&type=EA"
    assert address.without("q") == "/fournisseurs?type=EI&type=EA"
    assert address.replacing(q="", lieu="Lille") == "/fournisseurs?type=EI&type=EA&lieu=Lille"


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
