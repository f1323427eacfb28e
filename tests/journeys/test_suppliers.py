"""The directory: results, filters, addresses one can share, map, exports, sheets."""

import csv
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor


def test_suppliers_are_found_by_word_and_place(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.page
    page.get_by_role("navigation", name="Principal").get_by_role(
        "link", name="Trouver un fournisseur"
    ).click()
    visitor.check_main_page()
    page.get_by_label("Quoi ?").fill("nettoyage")
    page.get_by_label("Où ?").fill("Lille")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator("#compte")).to_contain_text(
        re.compile(r"^\d+ fournisseurs à moins de 30\skm de Lille \(Nord\)$")
    )
    expect(page.locator(".result").first).to_be_visible()
    assert "q=nettoyage" in page.url
    assert "lieu=Lille" in page.url
    expect(page.locator(".chips")).to_contain_text("Lille (Nord) et 30 km autour")
    visitor.check_main_page()


def test_a_facet_narrows_the_list_and_one_step_back_leaves_it(visitor: Visitor) -> None:
    visitor.open("/fournisseurs?q=nettoyage")
    page = visitor.page
    count = page.locator("#compte")
    before = count.inner_text()
    page.get_by_role("checkbox", name=re.compile("^Entreprise adaptée")).check()
    expect(count).not_to_have_text(before)
    narrowed = count.inner_text()
    names = page.locator(".result h3").all_inner_texts()
    page.reload()
    expect(count).to_have_text(narrowed)
    assert page.locator(".result h3").all_inner_texts() == names
    page.go_back()
    expect(count).to_have_text(before)
    page.go_forward()
    expect(count).to_have_text(narrowed)
    # The chip of the facet, taken off, gives the wide list again.
    page.locator(".chips a", has_text="Entreprise adaptée").click()
    expect(count).to_have_text(before)


def test_pages_follow_one_another_without_repeating(visitor: Visitor) -> None:
    visitor.open("/fournisseurs?q=nettoyage")
    page = visitor.page
    first = page.locator(".result h3").all_inner_texts()
    pages = page.get_by_role("navigation", name=re.compile("[Pp]age"))
    pages.get_by_role("link", name="Suivante").click()
    expect(pages.locator("[aria-current=page]")).to_contain_text("2")
    assert "page=2" in page.url
    second = page.locator(".result h3").all_inner_texts()
    assert second
    assert not set(first) & set(second)
    visitor.check_accessible()


def test_the_map_is_shown_on_demand(visitor: Visitor) -> None:
    visitor.open("/fournisseurs?q=nettoyage&lieu=Lille")
    page = visitor.page
    button = page.get_by_role("button", name="Voir la carte")
    button.click()
    expect(page.locator(".map path.map-point").first).to_be_visible()
    expect(page.get_by_role("button", name="Masquer la carte")).to_have_attribute("aria-expanded", "true")
    # Every supplier of the list can be opened from the map, neighbours at one place together.
    opened: set[str] = set()
    for mark in page.locator(".map path.map-point").all():
        mark.click()
        opened |= set(page.locator(".leaflet-popup a.map-link").all_inner_texts())
        page.locator(".leaflet-popup-close-button").click()
        expect(page.locator(".leaflet-popup")).to_have_count(0)
    assert opened == set(page.locator(".result h3").all_inner_texts())
    visitor.check_main_page()


def test_the_list_is_exported_as_it_is_filtered(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("/fournisseurs?q=nettoyage&lieu=Lille")
    page = visitor.page
    shown = page.locator(".result h3").all_inner_texts()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines(), delimiter=";"))
    assert len(rows) == len(shown) + 1
    assert all(any(name in row for row in rows) for name in shown)


def test_a_sheet_says_who_where_and_from_which_source(visitor: Visitor) -> None:
    visitor.open("/fournisseurs?q=nettoyage&lieu=Lille")
    page = visitor.page
    name = page.locator(".result h3 a").first.inner_text()
    page.locator(".result h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    provenance = page.get_by_role("table", name="Chaque valeur, sa source et le jour où elle a été vue")
    expect(provenance).to_contain_text("Annuaire de démonstration")
    contact = page.get_by_role("region", name="Prendre contact")
    expect(contact.locator("a[href^='tel:']")).to_be_visible()
    expect(contact.locator("a[href^='mailto:']")).to_be_visible()
    page.get_by_role("button", name="Voir la carte").click()
    expect(page.locator(".map path.map-point")).to_be_visible()
    visitor.check_main_page()


def test_an_empty_list_says_what_to_try(visitor: Visitor) -> None:
    visitor.open("/fournisseurs?q=zzzzqqqq")
    expect(visitor.page.get_by_role("link", name="Recommencer sans filtre")).to_be_visible()
    visitor.check_accessible()


def test_an_unknown_place_is_said_where_it_was_typed(visitor: Visitor) -> None:
    visitor.open("/fournisseurs")
    page = visitor.page
    page.get_by_label("Où ?").fill("Atlantide")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("alert")).to_contain_text("Atlantide")
    expect(page.get_by_label("Où ?")).to_have_value("Atlantide")
    visitor.check_accessible()


def test_without_script_filters_and_pages_are_plain_links(new_visitor: object) -> None:
    visitor: Visitor = new_visitor(java_script_enabled=False)  # type: ignore[operator]
    visitor.open("/fournisseurs?q=nettoyage")
    page = visitor.page
    before = page.locator("#compte").inner_text()
    page.get_by_role("checkbox", name=re.compile("^Entreprise adaptée")).check()
    page.get_by_role("button", name="Appliquer les filtres").click()
    expect(page.locator("#compte")).not_to_have_text(before)
    expect(page.get_by_role("button", name="Voir la carte")).to_have_count(0)


def test_ticked_suppliers_stand_side_by_side_and_the_list_stays(visitor: Visitor) -> None:
    visitor.open("/fournisseurs?q=nettoyage")
    page = visitor.page
    before = page.locator("#compte").inner_text()
    boxes = page.get_by_role("checkbox", name=re.compile("^Comparer "))
    for position in range(2):
        boxes.nth(position).check()
    names = page.locator(".result h3").all_inner_texts()[:2]
    expect(page.locator("#compte")).to_have_text(before)
    page.get_by_role("button", name="Comparer les fournisseurs cochés").click()
    expect(page.get_by_role("columnheader")).to_have_text(names)
    visitor.check_main_page()


def test_a_panel_is_matched_and_taken_away(visitor: Visitor) -> None:
    visitor.open("/fournisseurs/panel")
    page = visitor.page
    visitor.check_main_page()
    page.get_by_label("Collez vos SIRET ou SIREN").fill("732 829 320 00074 Une entreprise\nsans numéro")
    page.get_by_role("button", name="Comparer à l’annuaire").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("0 de vos 1 fournisseurs")
    visitor.check_main_page()
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger le résultat").click()
    assert "73282932000074" in Path(download.value.path()).read_text(encoding="utf-8-sig")
