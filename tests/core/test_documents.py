"""Documents open, are tagged, and show what was typed without obeying it."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from levier.core.documents import converting, to_docx, to_odt, to_pdf
from levier.core.documents.converting import escape

TEXT = "# La réponse\n\n| Structure | Distance |\n|---|--:|\n| Toits & Bois | 12 km |\n\n- une\n- deux\n"


@pytest.mark.slow
def test_pdf_is_tagged() -> None:
    pdf = to_pdf(TEXT, title='Dossier "école"')
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"/MarkInfo" in pdf


@pytest.mark.slow
@pytest.mark.parametrize(("make", "member"), [(to_docx, "word/document.xml"), (to_odt, "content.xml")])
def test_office_files_hold_the_text(make: object, member: str) -> None:
    made = zipfile.ZipFile(io.BytesIO(make(TEXT, title="Dossier")))  # type: ignore[operator]
    content = made.read(member).decode()
    assert "La réponse" in content
    assert "Toits &amp; Bois" in content


@pytest.mark.slow
def test_what_somebody_typed_is_not_obeyed() -> None:
    typed = '<script>x</script> *gras* $x$ `#read("/etc/passwd")` [lien](http://exemple.invalid) | a | @ref'
    made = zipfile.ZipFile(io.BytesIO(to_docx(f"Objet : {escape(typed)}", title="Dossier")))
    content = made.read("word/document.xml").decode()
    assert "*gras*" in content
    assert "&lt;script&gt;" in content
    assert to_pdf(f"Objet : {escape(typed)}", title="Dossier").startswith(b"%PDF-")


@pytest.mark.slow
def test_a_file_named_by_the_text_is_not_read(tmp_path: Path) -> None:
    """Even unescaped: the converter itself may not open anything."""
    picture = tmp_path / "secret.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"secret" * 50)
    made = zipfile.ZipFile(io.BytesIO(to_docx(f"![x]({picture})", title="Dossier")))
    assert not [name for name in made.namelist() if "media" in name]


def test_invisible_controls_are_dropped_and_entities_stay_as_typed() -> None:
    assert escape("a\x01b\x0bc") == "ab c"
    assert escape("&copy;") == "\\&copy;"


@pytest.mark.slow
def test_each_piece_of_a_file_opens_a_page_and_no_row_is_cut() -> None:
    text = "# Le lot\n\nCe qu'il réunit.\n\n## Une pièce\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n## Une autre\n\nTexte.\n"
    word = (
        zipfile.ZipFile(io.BytesIO(to_docx(text, title="Lot", has_parts=True)))
        .read("word/document.xml")
        .decode()
    )
    assert word.count("<w:pageBreakBefore />") == 2
    assert word.count("<w:cantSplit />") == word.count("<w:tr>") == 2
    # The heading right before the table has it from its style; a paragraph that introduces one is told so.
    said = to_docx(
        "# Le lot\n\nAvant.\n\nVoici :\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\nAprès.\n", title="Lot"
    )
    lead, table = zipfile.ZipFile(io.BytesIO(said)).read("word/document.xml").decode().split("<w:tbl>")
    assert lead.count("<w:keepNext />") == 1 and lead.index("<w:keepNext />") > lead.index("Avant.")
    # A short table changes page whole: each of its rows but the last holds the next one.
    assert table.rindex("<w:keepNext />") < table.index(">2<") and table.count("<w:keepNext />") == 2
    noted = zipfile.ZipFile(io.BytesIO(to_docx("> À retirer.\n\nTexte.\n", title="Lot")))
    assert noted.read("word/document.xml").count(b"<w:keepNext />") == 1
    listed = "Voici :\n\n- un\n- deux\n\nLoin.\n\nFait à Lyon\n\nNom, qualité et signature :\n"
    held = zipfile.ZipFile(io.BytesIO(to_docx(listed, title="Lot"))).read("word/document.xml").decode()
    kept = [one for one in held.split("</w:p>") if "<w:keepNext />" in one]
    assert [any(word in one for one in kept) for word in ("Voici", "un", "Loin", "Fait à")] == [
        True,
        False,
        False,
        True,
    ]
    written = (
        zipfile.ZipFile(io.BytesIO(to_odt(text, title="Lot", has_parts=True))).read("content.xml").decode()
    )
    assert written.count('text:style-name="PartHeading"') == 2
    assert 'fo:border="0.5pt solid' in written
    alone = zipfile.ZipFile(io.BytesIO(to_docx(text, title="Lot"))).read("word/document.xml").decode()
    assert "pageBreakBefore" not in alone


@pytest.mark.slow
def test_what_introduces_a_table_is_not_left_on_the_page_before_it() -> None:
    """At every height of the page: the sentence and the head of its table stand together."""
    for lines in range(20, 45, 3):
        text = (
            "# Lot\n\n## Pièce\n\n"
            + "Ligne.\n\n" * lines
            + "## Heures\n\n> Note à retirer.\n\nVoici le nombre :\n\n| Alpha | B |\n|---|---|\n| 1 | 2 |\n"
        )
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(text, title="Lot"))).pages]
        for said in ("Voici le nombre", "Note à retirer"):
            assert [(said in page) for page in pages] == [("Alpha" in page) for page in pages], lines


@pytest.mark.slow
def test_a_short_table_keeps_the_widths_its_dashes_say(monkeypatch: pytest.MonkeyPatch) -> None:
    sources: list[bytes] = []

    def kept(source: bytes) -> bytes:
        sources.append(source)
        return b"%PDF-"

    monkeypatch.setattr(converting, "_compiled", kept)
    to_pdf("| Note | Réponse |\n|-----:|:---------------|\n| 0 | Absente |\n", title="Note")
    assert b"columns: (27.27%, 72.73%)" in sources[0]


@pytest.mark.slow
def test_a_sign_no_font_draws_does_not_cost_the_pdf() -> None:
    assert to_pdf("☐ Accord, et 😀 日本", title="Note").startswith(b"%PDF-")


@pytest.mark.slow
def test_a_row_longer_than_a_page_goes_on_over_the_next() -> None:
    """Kept whole, it ran off the foot of its page and its end was lost."""
    long = "tâche à confier, avec son détail ; " * 400
    made = to_pdf(f"# Titre\n\n| Point | Texte |\n|:--|:--|\n| Un | {long} |\n", title="Titre")
    pages = re.search(rb"<xmpTPg:NPages>(\d+)<", made)
    assert pages and int(pages[1]) >= 4
