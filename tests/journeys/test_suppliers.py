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
        re.compile(r"^\d+ fournisseurs à moins de 30\skm de Lille \(Nord\)")
    )
    expect(page.locator(".result").first).to_be_visible()
    assert "q=nettoyage" in page.url
    assert "lieu=Lille" in page.url
    expect(page.locator(".chips")).to_contain_text("Lille (Nord) et 30 km autour")
    visitor.check_main_page()


def test_facets_pages_and_comparison_of_one_search(visitor: Visitor) -> None:
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

    # Two stand side by side, and the list stays.
    boxes = page.get_by_role("checkbox", name=re.compile("^Comparer "))
    for position in range(2):
        boxes.nth(position).check()
    names = page.locator(".result h3").all_inner_texts()[:2]
    expect(count).to_have_text(before)
    page.get_by_role("button", name="Comparer les fournisseurs cochés").click()
    expect(page.get_by_role("columnheader")).to_have_text(names)
    visitor.check_main_page()
    page.go_back()

    # The next page repeats nobody.
    first = page.locator(".result h3").all_inner_texts()
    pages = page.get_by_role("navigation", name=re.compile("[Pp]age"))
    pages.get_by_role("link", name="Suivante").click()
    expect(pages.locator("[aria-current=page]")).to_contain_text("2")
    assert "page=2" in page.url
    second = page.locator(".result h3").all_inner_texts()
    assert second
    assert not set(first) & set(second)
    visitor.check_accessible()


def test_the_map_holds_every_supplier_found_and_is_entered_by_keyboard(visitor: Visitor) -> None:
    visitor.open("/fournisseurs?q=nettoyage")
    page = visitor.page
    total = re.sub(r"\D", "", page.locator("#compte").inner_text())
    page.get_by_role("button", name="Voir la carte").click()
    told = page.locator(".map-told")
    expect(told).to_contain_text(re.compile(rf"^\d+ sur {total} dans cette vue"))
    expect(page.get_by_role("button", name="Masquer la carte")).to_have_attribute("aria-expanded", "true")
    groups = page.locator(".map .map-group")
    expect(groups.first).to_have_attribute(
        "aria-label", re.compile(r"^\d+\sfournisseurs? autour de .+ : agrandir$")
    )
    visitor.check_main_page()
    before = told.inner_text()
    groups.first.focus()
    page.keyboard.press("Enter")
    expect(told).not_to_have_text(before)
    # The group is gone: whoever came by the keyboard stands on the map, not at the top of the page.
    expect(page.locator(".map.leaflet-container")).to_be_focused()


def test_the_map_follows_the_filters_and_opens_each_sheet(visitor: Visitor) -> None:
    visitor.open("/fournisseurs?q=nettoyage&lieu=Lille")
    page = visitor.page
    page.get_by_role("button", name="Voir la carte").click()
    shown = page.locator(".map .map-mark:not(.map-point-soft)")
    expect(shown.first).to_be_visible()
    # Close enough, every supplier of the list is named on the map, neighbours at one place together.
    listed = set(
        page.locator("#plus-loin, #voisins, #a-part").locator("xpath=..").locator("h3").all_inner_texts()
    )
    wanted = set(page.locator(".result h3").all_inner_texts())
    opened: set[str] = set()
    for _ in range(40):
        group = page.locator(".map .map-group")
        if not group.count():
            break
        told = page.locator(".map-told").inner_text()
        group.first.click()
        expect(page.locator(".map-told")).not_to_have_text(told)
    mark = shown.first
    mark.focus()
    page.keyboard.press("Enter")
    opened |= set(page.locator(".leaflet-popup a.map-link").all_inner_texts())
    assert opened
    assert opened <= wanted | listed
    page.get_by_role("checkbox", name=re.compile("^Entreprise adaptée")).check()
    expect(page.locator(".map-told")).to_contain_text(
        f"sur {re.sub(r'[^0-9].*', '', page.locator('#compte').inner_text())} dans"
    )
    visitor.check_main_page()


def test_size_form_of_the_service_and_a_family_narrow_the_list(visitor: Visitor) -> None:
    visitor.open("/fournisseurs")
    page = visitor.page
    count = page.locator("#compte")
    before = count.inner_text()
    page.locator("#facette-forme summary").click()
    page.get_by_role("checkbox", name=re.compile("^Mise à disposition")).check()
    expect(count).not_to_have_text(before)
    lent = count.inner_text()
    expect(page.locator(".chips")).to_contain_text("Mise à disposition")
    # Some said it themselves, and come first; of the others it is deduced, and said so.
    expect(page.locator(".result", has_text="forme déduite").first).to_be_visible()
    page.locator(".chips a", has_text="Mise à disposition").click()
    expect(count).to_have_text(before)
    page.locator("#facette-taille summary").click()
    page.get_by_role("checkbox", name=re.compile("^10 à 49 personnes")).check()
    expect(count).not_to_have_text(before)
    assert count.inner_text() != lent
    expect(page.locator(".chips")).to_contain_text("10 à 49 personnes")
    visitor.check_main_page()
    page.locator(".chips a", has_text="10 à 49 personnes").click()
    expect(count).to_have_text(before)
    # A family is ticked whole, then narrowed to one kind.
    page.get_by_role("checkbox", name=re.compile("^Travail protégé et adapté")).check()
    expect(count).not_to_have_text(before)
    family = count.inner_text()
    page.get_by_role("checkbox", name=re.compile("^Entreprise adaptée")).first.check()
    expect(count).not_to_have_text(family)
    page.locator(".chips a", has_text="Entreprise adaptée").click()
    expect(count).to_have_text(family)


def test_a_list_is_exported_as_it_is_filtered_and_a_sheet_says_who_where_and_from_which_source(
    visitor: Visitor, tmp_path: Path
) -> None:
    visitor.open("/fournisseurs?q=nettoyage&lieu=Lille")
    page = visitor.page
    # Those who come from elsewhere stand apart, under the list and in their own column of the file.
    shown = page.locator("ul.results").first.locator(".result h3").all_inner_texts()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines(), delimiter=";"))
    elsewhere = rows[0].index("Vient d’ailleurs")
    here = [row for row in rows[1:] if row[elsewhere] == "non"]
    assert len(here) == len(shown) and len(rows) > 1 + len(here)
    assert all(any(name in row for row in here) for name in shown)

    name = page.locator(".result h3 a").first.inner_text()
    page.locator(".result h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_text("Chaque valeur, sa source et le jour où elle a été vue").first.click()
    provenance = page.get_by_role("table", name="Chaque valeur, sa source et le jour où elle a été vue")
    expect(provenance).to_contain_text("Annuaire de démonstration")
    contact = page.get_by_role("region", name="Prendre contact")
    expect(contact.locator("a[href^='tel:']")).to_be_visible()
    expect(contact.locator("a[href^='mailto:']")).to_be_visible()
    page.get_by_role("button", name="Voir la carte").click()
    expect(page.locator(".map .map-point")).to_be_visible()
    visitor.check_main_page()


def test_an_empty_list_says_what_to_try_and_an_unknown_place_is_said_where_it_was_typed(
    visitor: Visitor,
) -> None:
    visitor.open("/fournisseurs?q=zzzzqqqq")
    page = visitor.page
    expect(page.get_by_role("link", name="Recommencer sans filtre")).to_be_visible()
    visitor.check_accessible()
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
