"""Documents that back a claim: checked by their content, kept outside the database, deleted once decided."""

from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from PIL import Image

from levier.accounts.errors import RefusedError
from levier.core import received_files
from levier.core.received_files import RefusedFileError, folder, scan, store

ROOM = "claims"
MOST_BYTES = 10 * 1024 * 1024
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
_FORMATS = {"JPEG": "jpg", "PNG": "png"}


def keep(upload: UploadedFile) -> str:
    """File a document under a name nobody can guess. Returns that name. Raises RefusedError."""
    if (upload.size or 0) > MOST_BYTES:
        raise RefusedError("Ce fichier dépasse 10 Mo : envoyez une version plus légère, ou une seule page.")
    extension = _type_of(upload)
    upload.seek(0)
    content = upload.read()
    try:
        scan(content)
    except RefusedFileError as refusal:
        raise RefusedError(str(refusal)) from None
    return store(content, extension, room=ROOM)


def path_of(name: str) -> Path | None:
    """The file of a claim, or None when it is gone."""
    path = folder(ROOM) / Path(name).name
    return path if name and path.is_file() else None


def content_type(name: str) -> str:
    """The type found when the document was filed."""
    return TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def forget(name: str) -> None:
    """Delete a document; one that is gone already is no error."""
    if name:
        (folder(ROOM) / Path(name).name).unlink(missing_ok=True)


def forget_unused(used: frozenset[str], older_than: float) -> int:
    """Delete documents no request waits with, filed before this moment (seconds). Returns how many."""
    return received_files.forget_unused(used, older_than=older_than, room=ROOM)


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
