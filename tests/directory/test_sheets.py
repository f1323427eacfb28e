"""Sheets of suppliers: what each says, where it comes from, who disagrees, and its address."""

import re
from datetime import date

import pytest
from django.test import Client

from levier.directory.address import Address, website_address
from levier.directory.models import SourceRecord, Supplier
from levier.directory.named_addresses import is_of_a_person
from levier.directory.provenance import conflicts_of, provenance_of
from levier.directory.results import key_of, slug_of
from tests.directory.test_pages import CLEANS, ROUBAIX
from tests.factories.accounts import user
from tests.factories.directory import SEEN, source, supplier

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(
    ("address", "is_named"),
    [
        ("marie.durand@esat-nord.fr", True), ("j-p.martin@apajh.asso.fr", True), ("M.Durand@apajh.asso.fr", True),
        ("esat.lille@apajh.asso.fr", False), ("direction.generale@ahsm.fr", False), ("secretariat@esat.fr", False),
        ("contact@esat.fr", False), ("le.clos@esat.fr", False), ("", False),
    ],
)  # fmt: skip
def test_the_address_of_a_person_is_told_from_that_of_a_house(address: str, is_named: bool) -> None:
    assert is_of_a_person(address) is is_named


def test_the_address_of_a_person_is_for_who_signs_in(client: Client) -> None:
    listed = source(label="Liste d’essai")
    supplier(key="12345678900012:EI", name="Atelier", seen_by=listed, email="marie.durand@atelier-nord.fr")
    record = SourceRecord.objects.get(supplier__name="Atelier")
    SourceRecord.objects.filter(pk=record.pk).update(values={"email": "marie.durand@atelier-nord.fr"})
    address = "/fournisseurs/12345678900012-ei"
    seen = client.get(address).content.decode()
    assert "marie.durand" not in seen and "celle d’une personne" in seen
    client.force_login(user())
    assert (
        seen.count("mailto:") == 0
        and "mailto:marie.durand@atelier-nord.fr" in client.get(address).content.decode()
    )
