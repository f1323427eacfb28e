"""Files received as a proof: what is kept says nothing but its page, and what must not come is refused with its sentence."""

import io
from pathlib import Path
from typing import Any

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from levier.core.received_files import (
    RefusedFileError,
    cleaned,
    forget,
    forget_unused,
    path_of,
    receive,
    refuse_payslip,
)

ROOM = "proofs-for-tests"
STATEMENT = "Relevé d’heures, mars 2027 : 35 h sur le chantier, SIRET 130 025 265 00013, tél. 06 12 34 56 78."


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


def _photo() -> bytes:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "APPAREIL-DE-MARIE"
    exif[0x0112] = 6  # on its side
    Image.new("RGB", (60, 30), "red").save(target, "JPEG", exif=exif)
    return target.getvalue()


def _pdf(text: str) -> bytes:
    made: bytes = typst.compile(text.encode(), format="pdf")
    return made


def test_a_photo_is_kept_upright_without_what_it_says_of_its_author() -> None:
    kept = receive(SimpleUploadedFile("IMG_1.png", _photo()), room=ROOM)
    path = path_of(kept.name, room=ROOM)
    assert path and path.stat().st_mode & 0o777 == 0o600
    assert b"APPAREIL" in _photo()
    assert b"APPAREIL" not in path.read_bytes()
    with Image.open(path) as image:
        assert (image.size, image.format, dict(image.getexif())) == ((30, 60), "JPEG", {})
    forget(kept.name, room=ROOM)
    assert path_of(kept.name, room=ROOM) is None


def test_a_pdf_keeps_its_page_and_loses_author_and_scripts() -> None:
    writer = PdfWriter(io.BytesIO(_pdf(STATEMENT)))
    writer.add_metadata({"/Author": "MARIE-AUTEURE"})
    script = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("SCRIPT-CACHE"),
    }
    for place, name in ((writer.root_object, "/OpenAction"), (writer.pages[0], "/AA")):
        place[NameObject(name)] = DictionaryObject(script)
    target = io.BytesIO()
    writer.write(target)
    made = cleaned(target.getvalue(), "releve.pdf", until=0)
    content, extension = made.content, made.extension
    assert made.is_read
    assert extension == "pdf"
    # The values are written in another way each time; the names are not.
    beside = (b"/JavaScript", b"/Author", b"/OpenAction", b"/AA")
    assert all(name in target.getvalue() for name in beside)
    assert not any(name in content for name in beside)
    assert "35 h" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "vide.pdf", "vide"),
        (b"MZ programme", "photo.jpg", "ni un PDF"),
        (b"%PDF-1.7 rien", "releve.pdf", "ni un PDF"),
        (_photo(), "Bulletin_de-paie mars.jpg", "bulletin de paie"),
        (_pdf("Bulletin de paie, mars 2027"), "mars.pdf", "bulletin de paie"),
        (_pdf("Salaire brut 1800, net à payer 1400"), "mars.pdf", "bulletin de paie"),
        (_pdf("Marie, 2 84 05 78 006 084 36, 35 h"), "mars.pdf", "numéro de sécurité sociale"),
    ],
)  # fmt: skip
def test_what_must_not_come_is_refused_and_not_kept(content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(RefusedFileError, match=sentence):
        receive(SimpleUploadedFile(name, content), room=ROOM)
    assert forget_unused(frozenset(), older_than=1e12, room=ROOM) == 0


def test_a_long_number_that_is_no_social_security_number_passes() -> None:
    refuse_payslip(STATEMENT)
    with pytest.raises(RefusedFileError):
        refuse_payslip("n° 284057800608436")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [("false", "refuse"), ("sh -c 'exit 2'", "ne répond pas"), ("absent-d-ici", "ne répond pas")],
)
def test_the_antivirus_has_the_last_word(settings: Any, command: str, sentence: str) -> None:
    settings.ANTIVIRUS_COMMAND = command
    with pytest.raises(RefusedFileError, match=sentence):
        receive(SimpleUploadedFile("a.jpg", _photo()), room=ROOM)
    settings.ANTIVIRUS_COMMAND = "true"
    assert receive(SimpleUploadedFile("a.jpg", _photo()), room=ROOM).size > 0
    assert forget_unused(frozenset(), older_than=1e12, room=ROOM) == 1
