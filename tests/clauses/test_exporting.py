"""A draft leaves in six formats: the Word file has its styles and tables, the PDF is tagged, nothing is lost."""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from levier.clauses.drafting import draft
from levier.clauses.exporting import FORMATS, as_markdown, export
from levier.clauses.values import ClauseError
from tests.clauses.test_drafting import FULL, SCHOOL
from tests.texts import plain_spaces

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TITLE = "Cahier des clauses administratives particulières"


@pytest.fixture(scope="module")
def ccap():
    return draft("L2112-2", facts=SCHOOL).document("ccap")


@pytest.mark.slow
def test_the_word_file_opens_clean(ccap):
    content, kind = export([ccap], "docx")
    assert kind.endswith("wordprocessingml.document")
    archive = zipfile.ZipFile(io.BytesIO(content))
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(archive.read(name))
    body = ElementTree.fromstring(archive.read("word/document.xml"))
    styles = [one.get(f"{W}val") for one in body.iter(f"{W}pStyle")]
    assert styles[:3] == ["Title", "Heading1", "Heading2"]
    assert styles.count("Heading1") == 3
    assert styles.count("Heading2") == 11
    defined = {one.get(f"{W}styleId") for one in ElementTree.fromstring(archive.read("word/styles.xml"))}
    assert set(styles) <= defined
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == 3
    assert all(list(table.iter(f"{W}tblHeader")) for table in tables)
    waiting = [run for run in body.iter(f"{W}r") if run.find(f"{W}rPr/{W}highlight") is not None]
    assert waiting
    assert all("à compléter" in plain_spaces("".join(run.itertext())) for run in waiting[:1])
    assert b'="fr-FR"' in archive.read("word/styles.xml")
    assert b'="en-US"' not in archive.read("word/styles.xml")


@pytest.mark.slow
@pytest.mark.parametrize("target", ["odt", "html", "txt", "md"])
def test_the_words_are_all_there(ccap, target):
    content, kind = export([ccap], target)
    assert kind == FORMATS[target]
    if target == "odt":
        content = zipfile.ZipFile(io.BytesIO(content)).read("content.xml")
    text = plain_spaces(re.sub(r"<[^>]+>", " ", content.decode()))
    text = " ".join(text.replace("’", "'").replace("&#39;", "'").split())
    for words in (
        TITLE,
        "11. Après le marché",
        "Ce que le titulaire remet",
        "[à compléter : nom de l'acheteur]",
    ):
        assert words in text.replace("\\", "")


@pytest.mark.slow
def test_the_pdf_is_tagged(ccap):
    content, _ = export([ccap], "pdf")
    assert content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in content
    assert b"/Lang" in content


@pytest.mark.slow
def test_the_html_stands_alone_and_shows_what_waits(ccap):
    page = export([ccap], "html")[0].decode()
    assert page.startswith('<!DOCTYPE html>\n<html lang="fr">')
    assert "<mark>[à compléter" in plain_spaces(page)
    assert not re.search(r'(?:src|href)="', page)
    assert page.count("<h1") == 1


@pytest.mark.slow
def test_a_document_with_one_title_gives_it_to_the_file():
    found = draft("L2112-2", facts=SCHOOL, values=FULL)
    annex = as_markdown([found.document("ae")], title="Annexe")
    assert plain_spaces(annex).startswith("# Annexe à l’acte d’engagement : insertion par l’emploi\n")
    assert "\n## 1. Engagement" in annex
    both = as_markdown([found.document("avis"), found.document("ae")], title="Dossier")
    assert both.startswith("# Dossier\n\n## Avis")
    assert "\n### Annexe à l’acte d’engagement" in both


def test_an_unknown_format_or_no_document_gets_a_sentence(ccap):
    with pytest.raises(ClauseError, match="format"):
        export([ccap], "rtf")
    with pytest.raises(ClauseError, match="aucun document"):
        export([], "pdf")
