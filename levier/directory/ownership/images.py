"""Pictures of a sheet: checked, straightened, resized, stripped of everything but the pixels, filed by their content."""

import hashlib
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

from levier.accounts.errors import RefusedError

MOST_IMAGES = 6
LONGEST_CAPTION = 150
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LARGE, SMALL = 1600, 480
SIZES = {"grande": LARGE, "petite": SMALL}
FORMATS = ("JPEG", "PNG", "WEBP")
# What phones write besides: the box « ftyp » of the file says so. Only proofs are converted (core/received_files.py).
_OF_PHONES = (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif")
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class KeptImage:
    """One picture filed: its name (of its content) and its size in pixels."""

    name: str
    width: int
    height: int


def folder(room: str = "media") -> Path:
    """Where pictures are kept, outside the database; a room above has a folder of its own."""
    return Path(settings.LEVIER_HOME) / room


def path_of(name: str, size: str, room: str = "media") -> Path | None:
    """The file of a picture in one of SIZES, or None."""
    if size not in SIZES or not _NAME.fullmatch(name):
        return None
    path = folder(room) / name[:2] / f"{name}-{size}.jpg"
    return path if path.is_file() else None


def keep(upload: UploadedFile, room: str = "media") -> KeptImage:
    """Re-encode a picture in JPEG, large and small, without any of its metadata. Raises RefusedError."""
    if (upload.size or 0) > MOST_BYTES:
        raise RefusedError("Cette image dépasse 10 Mo : choisissez-en une plus légère.")
    picture = _read(upload)
    large = _encoded(picture, LARGE)
    name = hashlib.sha256(large).hexdigest()[:32]
    (folder(room) / name[:2]).mkdir(parents=True, exist_ok=True)
    for size, content in (("grande", large), ("petite", _encoded(picture, SMALL))):
        path = folder(room) / name[:2] / f"{name}-{size}.jpg"
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(path)
    with Image.open(io.BytesIO(large)) as kept:
        return KeptImage(name, *kept.size)


def changed(shown: Sequence[Mapping[str, Any]], name: str, act: str, caption: str) -> list[dict[str, Any]]:
    """The pictures of a sheet once one of them has another caption (`legende`), comes one place sooner (`avancer`)
    or goes (`retirer`). Raises RefusedError for an empty caption: it is what those who do not see the picture hear."""
    pictures = [dict(one) for one in shown]
    place = next((at for at, one in enumerate(pictures) if one.get("name") == name), None)
    if place is None:
        return pictures
    if act == "retirer":
        del pictures[place]
    elif act == "avancer":
        pictures.insert(max(place - 1, 0), pictures.pop(place))
    else:
        said = caption.strip()[:LONGEST_CAPTION]
        if not said:
            raise RefusedError(
                "Dites ce que montre l’image : c’est ce qu’entendent les personnes qui ne la voient pas."
            )
        pictures[place]["caption"] = said
    return pictures


def forget_unused(used: frozenset[str], older_than: float, room: str = "media") -> int:
    """Delete the files of pictures that nothing names, written before this moment (seconds). Returns how many."""
    gone = 0
    for path in folder(room).glob("??/*"):
        if path.name[:32] not in used and path.stat().st_mtime < older_than:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _read(upload: UploadedFile) -> Image.Image:
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            # A large picture is refused below by its own rule, in a sentence.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(upload, formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise RefusedError("Cette image a plus de 50 millions de points : réduisez-la d’abord.")
                image.draft("RGB", (LARGE, LARGE))
                image.load()
                straight = ImageOps.exif_transpose(image)
                return _on_white(straight)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        if isinstance(problem, RefusedError):
            raise
        if _is_of_phone(upload):
            raise RefusedError(
                "Cette photo est au format HEIC ou AVIF, que les navigateurs ne montrent pas tous : exportez-la en JPEG. "
                "Sur un iPhone : Réglages, Appareil photo, Formats, « Le plus compatible »."
            ) from None
        raise RefusedError("Ce fichier n’est pas une image JPEG, PNG ou WebP lisible.") from None


def _is_of_phone(upload: UploadedFile) -> bool:
    upload.seek(0)
    head = upload.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in _OF_PHONES


def _on_white(image: Image.Image) -> Image.Image:
    """The pixels alone, in RGB: what is transparent becomes white."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return image.convert("RGB")


def _encoded(picture: Image.Image, longest: int) -> bytes:
    copy = picture.copy()
    copy.thumbnail((longest, longest))
    # A fresh image: no EXIF, no colour profile, no comment travels with the pixels.
    clean = Image.new("RGB", copy.size)
    clean.paste(copy)
    target = io.BytesIO()
    clean.save(target, "JPEG", quality=85, optimize=True, progressive=True)
    return target.getvalue()
