"""Files that people send as a proof: read by their content, cleaned, kept outside the database until somebody has seen them.

`receive` does it all; the steps stand apart so that each can be tried alone. Errors are one French sentence, for the sender.
"""

import io
import os
import re
import secrets
import shlex
import subprocess
import unicodedata
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from levier.core.person_numbers import holds_number_of_a_person

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 20
MOST_PIXELS = 50_000_000
# Enough to read an A4 page photographed with a phone.
LONGEST_SIDE = 2200
SCAN_SECONDS = 60
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg"}
_FORMATS = ("JPEG", "PNG", "WEBP")
_NAME = re.compile(r"[0-9a-f]{32}\.(pdf|jpg)")
_PAYSLIP_TITLES = (
    "bulletin de paie",
    "bulletin de salaire",
    "bulletin de paye",
    "fiche de paie",
    "fiche de paye",
)
_PAYSLIP_NAMES = (*_PAYSLIP_TITLES, "bulletin paie", "fiche paie", "bulletins de", "payslip")
# Two of these on a page make a payslip whose title is a picture.
_PAYSLIP_WORDS = (
    "net a payer",
    "net imposable",
    "net social",
    "salaire brut",
    "total des cotisations",
    "prelevement a la source",
)
_PAYSLIP = (
    "C’est un bulletin de paie : ne l’envoyez pas. Il porte un numéro de sécurité sociale, et la santé de la personne y paraît. "
    "Envoyez un relevé d’heures, ou une photo de votre planning."
)
_NUMBER = (
    "Ce document porte un numéro de sécurité sociale : il n’est jamais demandé. "
    "Envoyez un document sans ce numéro, ou cachez-le avant de prendre la photo."
)
_UNREADABLE = (
    "Ce fichier n’est ni un PDF, ni une photo JPEG, PNG ou WebP lisible : prenez une photo nette du document."
)


class RefusedFileError(ValueError):
    """The file is not kept; the message is one French sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file kept: the name we gave it (nothing of the sender's), its media type, its size in bytes."""

    name: str
    media_type: str
    size: int


def receive(upload: UploadedFile, *, room: str) -> ReceivedFile:
    """Check, clean, scan and keep a file under LEVIER_HOME/`room`. Raises RefusedFileError, and then keeps nothing."""
    if (upload.size or 0) > MOST_BYTES:
        raise RefusedFileError("Ce fichier dépasse 10 Mo : envoyez une seule page, ou une photo plus légère.")
    upload.seek(0)
    content, extension = cleaned(upload.read(), upload.name or "")
    scan(content)
    name = store(content, extension, room=room)
    return ReceivedFile(name, TYPES[extension], len(content))


def cleaned(content: bytes, name: str) -> tuple[bytes, str]:
    """The same page without what travels beside it (EXIF, place, author, scripts), and « pdf » or « jpg ».

    Photographs are re-encoded, PDF rewritten page by page. `name`: of the sender's file, read to refuse payslips and then forgotten.
    A payslip photographed is not recognised: the page says so before, and whoever opens it deletes it. Raises RefusedFileError.
    """
    if not content:
        raise RefusedFileError("Ce fichier est vide : choisissez-en un autre.")
    if any(one in _plain(name) for one in _PAYSLIP_NAMES):
        raise RefusedFileError(_PAYSLIP)
    if content.lstrip()[:5] == b"%PDF-":
        return _pdf(content), "pdf"
    return _photo(content), "jpg"


def refuse_payslip(text: str) -> None:
    """Raises RefusedFileError when these words are those of a payslip, or carry a social security number."""
    plain = _plain(text)
    if any(one in plain for one in _PAYSLIP_TITLES) or sum(one in plain for one in _PAYSLIP_WORDS) > 1:
        raise RefusedFileError(_PAYSLIP)
    if holds_number_of_a_person(text):
        raise RefusedFileError(_NUMBER)


def scan(content: bytes) -> None:
    """Run the command of LEVIER_ANTIVIRUS, if any, with the bytes on its standard input. Raises RefusedFileError.

    It answers as clamdscan does: 0 clean, 1 infected; anything else, or no answer, refuses the file as well.
    """
    if not settings.ANTIVIRUS_COMMAND:
        return
    try:
        done = subprocess.run(
            shlex.split(settings.ANTIVIRUS_COMMAND),
            input=content,
            capture_output=True,
            timeout=SCAN_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        code = -1
    else:
        code = done.returncode
    if code == 1:
        raise RefusedFileError("L’antivirus refuse ce fichier : envoyez plutôt une photo du document.")
    if code:
        raise RefusedFileError(
            "L’antivirus ne répond pas : rien n’est gardé. Réessayez dans quelques minutes."
        )


def store(content: bytes, extension: str, *, room: str) -> str:
    """Write the bytes under a name nobody can guess, readable by this installation's user alone. Returns that name."""
    name = f"{secrets.token_hex(16)}.{extension}"
    folder(room).mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder(room) / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
    return name


def folder(room: str) -> Path:
    """Where the files of a room wait, outside the database and of anything the web server shows."""
    return Path(settings.LEVIER_HOME) / room


def path_of(name: str, *, room: str) -> Path | None:
    """The file under this name of ours, or None when it is gone, or was never one."""
    path = folder(room) / name
    return path if _NAME.fullmatch(name) and path.is_file() else None


def media_type(name: str) -> str:
    """The type found when the file was kept."""
    return TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def forget(name: str, *, room: str) -> None:
    """Delete a file; one that is gone already is no error."""
    path = path_of(name, room=room)
    if path:
        path.unlink(missing_ok=True)


def forget_unused(used: Collection[str], *, older_than: float, room: str, pattern: str = "*.*") -> int:
    """Delete the files nothing names, untouched since this moment (epoch seconds). Returns how many. `pattern`: where they stand."""
    gone = 0
    for path in folder(room).glob(pattern):
        if path.name not in used and path.stat().st_mtime < older_than:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _pdf(content: bytes) -> bytes:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise RefusedFileError(
                "Ce PDF est protégé par un mot de passe : envoyez-en une copie sans mot de passe."
            )
        if len(reader.pages) > MOST_PAGES:
            raise RefusedFileError(
                f"Ce PDF a plus de {MOST_PAGES} pages : n’envoyez que celle qui montre vos heures."
            )
        refuse_payslip("\n".join(page.extract_text() for page in reader.pages))
        writer = PdfWriter()
        for page in reader.pages:
            # What acts when the page is opened or clicked; the pages alone are taken, so that scripts of the document stay behind.
            for part in ("/AA", "/Annots", "/Metadata", "/PieceInfo"):
                page.pop(part, None)
            writer.add_page(page)
        writer.metadata = None
        target = io.BytesIO()
        writer.write(target)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as problem:
        if isinstance(problem, RefusedFileError):
            raise
        raise RefusedFileError(_UNREADABLE) from None
    if not len(reader.pages):
        raise RefusedFileError(_UNREADABLE)
    return target.getvalue()


def _photo(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            # A large picture is refused below, in a sentence.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise RefusedFileError(
                        "Cette photo a plus de 50 millions de points : réduisez-la d’abord."
                    )
                image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                picture = ImageOps.exif_transpose(image)
                picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                layered = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        if isinstance(problem, RefusedFileError):
            raise
        raise RefusedFileError(_UNREADABLE) from None
    # A fresh image: only pixels go from one to the other.
    clean = Image.new("RGB", layered.size, "white")
    clean.paste(layered, mask=layered.getchannel("A"))
    target = io.BytesIO()
    clean.save(target, "JPEG", quality=80, optimize=True)
    return target.getvalue()


def _plain(text: str) -> str:
    """In small letters, without accents, any space, dash or underscore as one space."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.split(r"[\s_-]+", bare))
