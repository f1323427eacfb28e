"""Documents that back a claim: checked by their content, kept outside the database, deleted once decided."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from levier.accounts.errors import RefusedError

MOST_BYTES = 10 * 1024 * 1024
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
_FORMATS = {"JPEG": "jpg", "PNG": "png"}


def folder() -> Path:
    """Where documents wait for a decision: readable by this installation's user only."""
    return Path(settings.LEVIER_HOME) / "claims"


def keep(upload: UploadedFile) -> str:
    """File a document under a name nobody can guess. Returns that name. Raises RefusedError."""
    if (upload.size or 0) > MOST_BYTES:
        raise RefusedError("Ce fichier dépasse 10 Mo : envoyez une version plus légère, ou une seule page.")
    extension = _type_of(upload)
    name = f"{secrets.token_hex(16)}.{extension}"
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    upload.seek(0)
    with os.fdopen(descriptor, "wb") as target:
        for chunk in upload.chunks():
            target.write(chunk)
    return name


def path_of(name: str) -> Path | None:
    """The file of a claim, or None when it is gone."""
    path = folder() / Path(name).name
    return path if name and path.is_file() else None


def content_type(name: str) -> str:
    """The type found when the document was filed."""
    return TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def forget(name: str) -> None:
    """Delete a document; one that is gone already is no error."""
    if name:
        (folder() / Path(name).name).unlink(missing_ok=True)


def forget_unused(used: frozenset[str], older_than: float) -> int:
    """Delete documents no request waits with, filed before this moment (seconds). Returns how many."""
    gone = 0
    for path in folder().glob("*"):
        if path.name not in used and path.stat().st_mtime < older_than:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _type_of(upload: UploadedFile) -> str:
    """From the content: a name or a declared type proves nothing."""
    upload.seek(0)
    if upload.read(5) == b"%PDF-":
        return "pdf"
    upload.seek(0)
    try:
        with Image.open(upload, formats=tuple(_FORMATS)) as image:
            found = _FORMATS[str(image.format)]
            image.verify()
            return found
    except (OSError, ValueError, SyntaxError, KeyError, Image.DecompressionBombError):
        raise RefusedError(
            "Ce fichier n’est ni un PDF, ni une image JPEG ou PNG : enregistrez votre document dans un de ces formats."
        ) from None
