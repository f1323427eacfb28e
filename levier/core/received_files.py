"""Files that people send as a proof: read by their content, cleaned, kept outside the database until somebody has seen them.

`receive` does it all; the steps stand apart so that each can be tried alone. Errors are one French sentence, for the sender.
"""

import io
import os
import re
import secrets
import shlex
import subprocess
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from levier.core import photo_reading
from levier.core.payslips import is_named_as_payslip, is_payslip
from levier.core.person_numbers import holds_number_of_a_person

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 20
MOST_PIXELS = 50_000_000
# Enough to read an A4 page photographed with a phone.
LONGEST_SIDE = 2200
SCAN_SECONDS = 60
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg"}
# A page of a PDF with less text than that shows pictures: a scan, and what the scanner wrote on it.
FEWEST_WORDS = 10
# Smaller ones are logos and signatures.
_PICTURE_OF_A_PAGE = 250_000
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_NAME = re.compile(r"[0-9a-f]{32}\.(pdf|jpg)")
_PAYSLIP = (
    "C’est un bulletin de paie : ne l’envoyez pas. Il porte un numéro de sécurité sociale, et la santé de la personne y paraît. "
    "Envoyez un relevé d’heures, ou une photo de votre planning."
)
_NUMBER = (
    "Ce document porte un numéro de sécurité sociale : il n’est jamais demandé. "
    "Envoyez un document sans ce numéro, ou cachez-le avant de prendre la photo."
)
_UNREADABLE = "Ce fichier n’est ni un PDF, ni une photo JPEG, PNG, WebP ou HEIC lisible : prenez une photo nette du document."


class RefusedFileError(ValueError):
    """The file is not kept; the message is one French sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file kept: the name we gave it (nothing of the sender's), its media type, its size in bytes.

    `is_read`: all its letters were read, and they are not those of a payslip; otherwise whoever opens it looks.
    """

    name: str
    media_type: str
    size: int
    is_read: bool


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that may be kept: its bytes, « pdf » or « jpg », and whether all its letters were read."""

    content: bytes
    extension: str
    is_read: bool


def receive(upload: UploadedFile, *, room: str, until: float | None = None) -> ReceivedFile:
    """Check, read, clean, scan and keep a file under LEVIER_HOME/`room`. Raises RefusedFileError, and then keeps nothing.

    `until`: when photographs stop being read (`photo_reading.until`), shared by the files of one sending.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise RefusedFileError("Ce fichier dépasse 10 Mo : envoyez une seule page, ou une photo plus légère.")
    upload.seek(0)
    made = cleaned(upload.read(), upload.name or "", until=until or photo_reading.until())
    scan(made.content)
    name = store(made.content, made.extension, room=room)
    return ReceivedFile(name, TYPES[made.extension], len(made.content), made.is_read)


def cleaned(content: bytes, name: str, *, until: float) -> Cleaned:
    """The same page without what travels beside it (EXIF, place, author, scripts).

    Photographs are re-encoded, PDF rewritten page by page. `name`: of the sender's file, read to refuse payslips and then forgotten.
    Raises RefusedFileError.
    """
    if not content:
        raise RefusedFileError("Ce fichier est vide : choisissez-en un autre.")
    if is_named_as_payslip(name):
        raise RefusedFileError(_PAYSLIP)
    if content.lstrip()[:5] == b"%PDF-":
        return _pdf(content, until)
    return _photo(content, until)


def refuse_payslip(text: str) -> None:
    """Raises RefusedFileError when these words are those of a payslip, or carry a social security number."""
    if is_payslip(text):
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


def _pdf(content: bytes, until: float) -> Cleaned:
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
        is_read = _read_pages(reader, until)
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
    return Cleaned(target.getvalue(), "pdf", is_read)


def _read_pages(reader: PdfReader, until: float) -> bool:
    """Whether every page was read, as text or as a scan. Raises RefusedFileError for what must not come."""
    texts = [page.extract_text() for page in reader.pages]
    refuse_payslip("\n".join(texts))
    is_whole = True
    for page, text in zip(reader.pages, texts, strict=True):
        pictures = list(_pictures(page))
        reading = photo_reading.read(filter(None, pictures), until=until)
        refuse_payslip(f"{text}\n{reading.text}")
        has_words = len(text.split()) >= FEWEST_WORDS
        is_whole = is_whole and reading.is_whole and None not in pictures and bool(pictures or has_words)
    return is_whole


def _pictures(page: PageObject) -> Iterator[Image.Image | None]:
    """The pictures of a page that may be its scan; None for one in a form that we do not decode."""
    for key in page.images.keys():  # noqa: SIM118 - not a mapping
        try:
            picture = page.images[key].image
        except Exception:
            # Decoders raise whatever they like: such a page is looked at by somebody.
            picture = None
        if picture is None or picture.width * picture.height >= _PICTURE_OF_A_PAGE:
            yield picture


def _photo(content: bytes, until: float) -> Cleaned:
    # Loaded for the first photograph only: a command needs it not.
    from pi_heif import register_heif_opener

    register_heif_opener()
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
    reading = photo_reading.read([clean], until=until)
    refuse_payslip(reading.text)
    target = io.BytesIO()
    clean.save(target, "JPEG", quality=80, optimize=True)
    return Cleaned(target.getvalue(), "jpg", reading.is_whole)
