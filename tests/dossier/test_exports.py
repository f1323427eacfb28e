"""The files: they open, say the same as the page, and show what was typed as text."""

import html
import io
import json
import re
import zipfile
from datetime import date
from functools import cache

import pytest
from django.test import Client

from levier.dossier import exporting
from levier.dossier.composing import compose
from levier.dossier.need import NeedInput
from levier.dossier.result import Dossier
from levier.dossier.serialising import as_json
from tests.texts import plain_spaces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

TODAY = date(2026, 11, 22)
SCHOOL = "Rénovation d'une école à Roubaix, 1,5 M€, 18 mois"
NASTY = '<b>école</b> à rénover | *gras* `code` [lien](http://x) $x$ @a #titre "q" \\fin à Roubaix, 1,5 M€, 18 mois'


@cache
def dossier(text: str = SCHOOL) -> Dossier:
    """Composed once for this file: the demonstration does not change and nobody writes in a dossier."""
    return compose(NeedInput(text=text), today=TODAY)


@cache
def exported(text: str, target: str) -> bytes:
    """Converted once for the tests that look into it."""
    return exporting.export(dossier(text), target)[0]


def member_of(archive: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return opened.read(name).decode()


def visible(xml: str) -> str:
    """The text of a Word or ODT part, its apostrophes as typed here."""
    return plain_spaces(html.unescape(re.sub(r"<[^>]+>", "", xml))).replace("’", "'")


@pytest.mark.slow
def test_the_json_is_the_dossier(client: Client) -> None:
    content, kind = exporting.export(dossier(), "json")
    assert kind == "application/json"
    assert json.loads(content) == json.loads(json.dumps(as_json(dossier())))


@pytest.mark.slow
@pytest.mark.parametrize("target", ["pdf", "docx", "odt"])
def test_the_page_gives_each_file(client: Client, target: str) -> None:
    response = client.post(f"/dossier/export/{target}", {"text": SCHOOL})
    assert response.status_code == 200
    assert response["Content-Type"] == exporting.FORMATS[target]
    assert response["Content-Disposition"] == f'attachment; filename="dossier-levier.{target}"'
    assert "no-store" in response["Cache-Control"]
    assert response.content.startswith(b"%PDF" if target == "pdf" else b"PK")


@pytest.mark.slow
def test_the_pdf_is_tagged_and_in_french() -> None:
    content = exported(SCHOOL, "pdf")
    assert b"/MarkInfo" in content and b"/StructTreeRoot" in content
    assert re.search(rb"/Lang\s*\(fr", content)


@pytest.mark.slow
def test_the_word_file_says_what_the_page_says() -> None:
    made = dossier()
    text = visible(member_of(exported(SCHOOL, "docx"), "word/document.xml"))
    for said in (made.answer.lever, made.answer.hours, made.facilitator.primary.name, *made.warnings[:2]):
        assert plain_spaces(said).replace("’", "'") in text
    assert made.clause is not None and made.clause.documents[0].title.replace("’", "'") in text


@pytest.mark.slow
@pytest.mark.parametrize(("target", "part"), [("docx", "word/document.xml"), ("odt", "content.xml")])
def test_what_is_typed_shows_as_typed(target: str, part: str) -> None:
    xml = member_of(exported(NASTY, target), part)
    assert "*gras* `code` [lien](http://x) $x$ @a #titre" in visible(xml)
    assert "http://x" not in re.findall(r'Target="([^"]+)"', xml)


@pytest.mark.slow
def test_what_is_typed_never_breaks_the_pdf() -> None:
    assert exporting.export(dossier(NASTY), "pdf")[0].startswith(b"%PDF")


@pytest.mark.slow
def test_typed_text_is_escaped_on_the_page(client: Client) -> None:
    page = client.post("/dossier", {"text": NASTY}).content.decode()
    assert "<b>école" not in page and '<a href="http://x"' not in page


def test_the_markdown_has_its_sections_in_order() -> None:
    titles = re.findall(r"^## (.+)$", exporting.as_markdown(dossier()), re.MULTILINE)
    assert titles[:2] == ["Le besoin", "La réponse en trois lignes"]
    assert titles.index("Les leviers") < titles.index("Le calcul") < titles.index("Le facilitateur")
    assert titles[-2:] == ["La suite", "À savoir"]
    assert len(titles) == len(set(titles))


@pytest.mark.slow
def test_a_refused_need_gives_the_page_not_a_file(client: Client) -> None:
    response = client.post("/dossier/export/pdf", {"text": ""})
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("target", ["exe", "PDF", "html", "é"])
def test_another_format_is_a_404(client: Client, target: str) -> None:
    assert client.post(f"/dossier/export/{target}", {"text": SCHOOL}).status_code == 404


def test_a_file_is_asked_by_post_only(client: Client) -> None:
    assert client.get("/dossier/export/pdf").status_code == 405
