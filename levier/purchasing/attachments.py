"""Documents of needs: what they are is read in their bytes, and they stand under LEVIER_HOME, by hash."""

import hashlib
import os
import re
import zipfile
from io import BytesIO
from pathlib import Path

from django.conf import settings

from levier.purchasing.errors import RefusedError

LARGEST = 10 * 1024 * 1024
MOST = 5

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


def folder() -> Path:
    """Where the bytes are kept, outside of the database and of anything the web server shows."""
    return Path(settings.LEVIER_HOME) / "attachments"


def path_of(sha256: str) -> Path:
    """The file of this content. The hash is ours: nothing typed by somebody enters the path."""
    return folder() / sha256[:2] / sha256


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
    raise RefusedError(_UNKNOWN.format(name=shown(name)))


def _office_type(content: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        raise RefusedError(_UNKNOWN.format(name=shown(name))) from None
    # A macro runs on the reader's machine: such a document is not passed on.
    has_macro = any(one.lower().endswith("vbaproject.bin") for one in names)
    if "[Content_Types].xml" in names and not has_macro:
        if "word/document.xml" in names:
            return DOCX
        if "xl/workbook.xml" in names:
            return XLSX
    raise RefusedError(_UNKNOWN.format(name=shown(name)))


def shown(name: str) -> str:
    """A file's name without its path nor anything a header or a page would stumble on."""
    plain = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[^\w .,()'’-]", "_", plain).strip(" .")[:150] or "document"


def store(content: bytes) -> str:
    """Keep the bytes, once, readable by the service only. Returns their SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
        partial.replace(path)
    else:
        # The nightly sweep leaves young files alone: their row may not be committed yet.
        path.touch()
    return digest


def forget_unused(kept: set[str], *, older_than: float) -> int:
    """Remove the files whose hash is not `kept`, untouched since this moment (epoch seconds). Returns how many."""
    removed = 0
    for path in folder().glob("??/*"):
        if path.name not in kept and path.stat().st_mtime < older_than:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
