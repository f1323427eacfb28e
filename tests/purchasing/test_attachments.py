"""Documents of a need: told by their bytes, kept outside the database, few and small."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from levier.purchasing import actions
from levier.purchasing.errors import RefusedError
from tests.factories.needs import buyer, draft

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 essai"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def _home(settings: Any, tmp_path: Any) -> None:
    settings.LEVIER_HOME = tmp_path


@pytest.mark.usefixtures("_home")
def test_a_document_is_kept_outside_the_database_under_its_hash(settings: Any) -> None:
    author = buyer()
    need = draft(author)
    made = actions.attach(by=author, need=need, upload=upload("../../plan.exe", PDF))
    again = actions.attach(by=author, need=need, upload=upload("copie.pdf", PDF))
    assert made == again
    assert (made.name, made.content_type) == ("plan.exe", "application/pdf")
    files = [path for path in (settings.LEVIER_HOME / "attachments").rglob("*") if path.is_file()]
    assert [path.name for path in files] == [made.sha256]
    assert files[0].stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("_home")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<html>"),
        ("a.docx", b"PK\x03\x04x"),
        ("a.pdf", b""),
        ("a.png", b"MZ\x90"),
        ("a.svg", b"<svg/>"),
    ],
)
def test_a_document_of_another_type_is_refused_whatever_its_name(name: str, content: bytes) -> None:
    author = buyer()
    with pytest.raises(RefusedError, match=name):
        actions.attach(by=author, need=draft(author), upload=upload(name, content))


@pytest.mark.usefixtures("_home")
def test_there_are_five_documents_of_ten_megabytes_at_most() -> None:
    author = buyer()
    need = draft(author)
    with pytest.raises(RefusedError, match="10 Mo"):
        actions.attach(by=author, need=need, upload=upload("a.pdf", PDF + b"x" * 10 * 1024 * 1024))
    for number in range(5):
        actions.attach(by=author, need=need, upload=upload(f"{number}.pdf", PDF + bytes([number])))
    with pytest.raises(RefusedError, match="5 pièces"):
        actions.attach(by=author, need=need, upload=upload("6.pdf", PDF + b"6"))


@pytest.mark.usefixtures("_home")
def test_office_documents_are_read_inside_and_macros_refused() -> None:
    def office(*names: str) -> bytes:
        handle = io.BytesIO()
        with zipfile.ZipFile(handle, "w") as archive:
            for name in ("[Content_Types].xml", *names):
                archive.writestr(name, "x")
        return handle.getvalue()

    author = buyer()
    need = draft(author)
    word = actions.attach(by=author, need=need, upload=upload("a.docx", office("word/document.xml")))
    sheet = actions.attach(by=author, need=need, upload=upload("b.xlsx", office("xl/workbook.xml")))
    assert word.content_type.endswith("wordprocessingml.document")
    assert sheet.content_type.endswith("spreadsheetml.sheet")
    for names in (("word/document.xml", "word/vbaProject.bin"), ("classes.dex",)):
        with pytest.raises(RefusedError, match="macro"):
            actions.attach(by=author, need=need, upload=upload("c.docx", office(*names)))


@pytest.mark.usefixtures("_home")
def test_the_night_removes_what_no_need_has_and_is_a_day_old(settings: Any) -> None:
    author = buyer()
    kept, gone = draft(author), draft(author)
    for need, content in ((kept, PDF), (gone, PDF + b"2")):
        actions.attach(by=author, need=need, upload=upload("a.pdf", content))
    actions.delete_draft(by=author, need=gone)
    now = timezone.now()
    assert actions.forget_unused_documents(by=author.as_actor(), before=now - timedelta(days=1)) == 0
    assert actions.forget_unused_documents(by=author.as_actor(), before=now + timedelta(minutes=1)) == 1
    files = [path.name for path in (settings.LEVIER_HOME / "attachments").glob("??/*")]
    assert files == [kept.attachments.get().sha256]
