"""The open directory: from the home page to a territory, from a territory to a supplier and a dossier, and the files."""

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor


def test_a_territory_is_found_read_and_leads_to_its_suppliers_and_to_a_dossier(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.page
    page.get_by_role("link", name="Regarder un territoire").click()
    visitor.check_main_page()
    page.get_by_label("Quel territoire ?").fill("saint-denis")
    page.get_by_role("button", name="Voir ce territoire").click()
    expect(page.get_by_role("heading", name="Lequel ?")).to_be_visible()
    visitor.check_accessible()
    page.get_by_label("Quel territoire ?").fill("Roubaix")
    page.get_by_role("button", name="Voir ce territoire").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Roubaix (Nord)")
    page.get_by_role("button", name="Voir la carte").click()
    expect(page.locator(".map .map-point").first).to_be_visible()
    visitor.check_main_page()

    # The first is the commune’s own; the families of its département stand below.
    family = page.get_by_role("link", name="Travail protégé et adapté").first
    count = family.locator("xpath=following-sibling::span[1]").inner_text()
    family.click()
    expect(page.locator("#compte")).to_have_text(re.compile(rf"^\s*{count}\s"))
    page.go_back()

    page.get_by_label("Que voulez-vous acheter à Roubaix ?").fill(
        "Nettoyage de bureaux, 120 000 € sur 24 mois"
    )
    page.get_by_role("button", name="Préparer mon achat").click()
    expect(page.locator("#element-place summary")).to_contain_text("Roubaix (Nord)")

    for path in ("region/32-hauts-de-france", "departement/976-mayotte", "commune/97502-saint-pierre"):
        visitor.open(f"/territoires/{path}")
        visitor.check_main_page()


def test_the_whole_directory_is_downloaded_without_an_account(visitor: Visitor) -> None:
    visitor.open("/")
    page = visitor.page
    page.get_by_role("contentinfo").get_by_role("link", name="Données ouvertes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Données ouvertes")
    visitor.check_main_page()
    page.get_by_text("Voir les colonnes et ce qu’elles veulent dire").click()
    visitor.check_accessible()
    for name, beginning in (
        ("CSV", b"cle,siret,"),
        ("JSON Lines", b'{"cle":'),
        ("Parquet", b"PAR1"),
        ("data.inclusion", b"["),
    ):
        with page.expect_download() as downloading:
            page.get_by_role("link", name=name, exact=True).click()
        assert Path(downloading.value.path()).read_bytes().startswith(beginning), name


def test_a_sheet_says_to_machines_what_it_says_to_people(visitor: Visitor) -> None:
    visitor.open("/fournisseurs/99900000200012-ei")
    page = visitor.page
    block = page.locator('script[type="application/ld+json"]')
    data = json.loads(block.inner_text() or block.text_content() or "")
    expect(page.get_by_role("heading", level=1)).to_have_text(data["name"])
    page.get_by_role("link", name="Acheter à Oyonnax").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Oyonnax (Ain)")
    visitor.check_accessible()
