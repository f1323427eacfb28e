"""Documents of needs: what they are is read in their bytes."""

import zipfile
from io import BytesIO

from levier.purchasing.errors import RefusedError

LARGEST = 10 * 1024 * 1024
MOST = 5
ROOM = "attachments"
UNNAMED = "document"

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS = {
    PDF: "pdf",
    DOCX: "docx",
    XLSX: "xlsx",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
}
_UNKNOWN = (
    "« {name} » n’est ni un PDF, ni un document Word (.docx) ou Excel (.xlsx) sans macro, ni une image PNG, "
    "JPEG ou WebP : convertissez-le en PDF."
)


def type_of(content: bytes, name: str) -> str:
    """The media type told by the bytes. Raises RefusedError (a sentence) for anything we do not serve."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content, name)
    raise RefusedError(_UNKNOWN.format(name=name))


def _office_type(content: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        raise RefusedError(_UNKNOWN.format(name=name)) from None
    # A macro runs on the reader's machine: such a document is not passed on.
    has_macro = any(one.lower().endswith("vbaproject.bin") for one in names)
    if "[Content_Types].xml" in names and not has_macro:
        if "word/document.xml" in names:
            return DOCX
        if "xl/workbook.xml" in names:
            return XLSX
    raise RefusedError(_UNKNOWN.format(name=name))
