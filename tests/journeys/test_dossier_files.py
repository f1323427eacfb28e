"""What leaves the dossier: files, paper, a shared link."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

SCHOOL = "Rénovation d’une école à Roubaix, 1,5 M€ sur 18 mois"


def test_the_dossier_is_taken_away_as_a_file_or_on_paper(visitor: Visitor, tmp_path: Path) -> None:
    visitor.ask(SCHOOL)
    for button, (ending, check) in FILES.items():
        with visitor.page.expect_download() as waiting:
            visitor.page.get_by_role("button", name=button, exact=True).click()
        assert waiting.value.suggested_filename == f"dossier-levier.{ending}"
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        check(path.read_bytes())
    # Paper shows the whole answer and nothing to click.
    page = visitor.page
    page.emulate_media(media="print")
    for hidden in ("header.site-header nav", ".site-account", "form#besoin", "footer", ".keep"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.get_by_role("region", name="La réponse en trois lignes")).to_be_visible()
    folded = page.locator("main #reponse details:not([open])")
    assert folded.count() > 0
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(folded).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert folded.count() > 0


def _check_pdf(content: bytes) -> None:
    assert content.startswith(b"%PDF-")
    # Tagged: a screen reader finds the headings and tables of the file.
    assert b"/StructTreeRoot" in content
    assert b"/Lang" in content


def _check_word(content: bytes) -> None:
    text = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert "Roubaix" in text
    assert re.search(r"893 à 1\s250", text)


def _check_odt(content: bytes) -> None:
    text = zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()
    assert "Roubaix" in text


def _check_json(content: bytes) -> None:
    found = json.loads(content)
    assert found["need"]["place"]["name"] == "Roubaix"


# What the button says: the ending of the file, and what it must hold.
FILES: dict[str, tuple[str, Callable[[bytes], None]]] = {
    "PDF": ("pdf", _check_pdf),
    "Word": ("docx", _check_word),
    "OpenDocument": ("odt", _check_odt),
    "JSON": ("json", _check_json),
}


def test_a_shared_dossier_is_read_by_link_until_it_is_taken_back(new_visitor: Callable[..., Visitor]) -> None:
    buyer, reader = new_visitor(), new_visitor()
    buyer.ask(SCHOOL)
    buyer.page.get_by_role("button", name="Partager par un lien").click()
    expect(buyer.page.get_by_role("heading", name="Votre dossier est prêt à partager")).to_be_visible()
    buyer.check_main_page()
    link = buyer.page.locator("#lien-partage").inner_text()
    reader.page.goto(link)
    expect(reader.page.get_by_role("region", name="La réponse en trois lignes")).to_contain_text("Roubaix")
    expect(reader.page.get_by_text("Dossier figé le")).to_be_visible()
    expect(reader.page.get_by_role("button", name="Recalculer")).to_have_count(0)
    reader.check_main_page()

    buyer.page.goto(buyer.page.locator("#lien-retrait").inner_text())
    expect(buyer.page.get_by_role("heading", name="Retirer ce dossier ?")).to_be_visible()
    buyer.check_accessible()
    buyer.page.get_by_role("button", name="Retirer le dossier").click()
    expect(buyer.page.get_by_role("heading", name="Le dossier est retiré")).to_be_visible()

    reader.refused_on_purpose.add(404)
    answer = reader.page.reload()
    assert answer is not None
    assert answer.status == 404
    expect(reader.page.locator("main")).not_to_contain_text("Roubaix")
    reader.check_accessible()
