"""Signed conventions as PDF: what they are is read in their bytes, and they stand under LEVIER_HOME, by hash."""

import hashlib
import os
import re
from pathlib import Path

from django.conf import settings

from levier.facilitators.errors import RefusedError

LARGEST = 20 * 1024 * 1024
MOST = 5


def path_of(sha256: str) -> Path:
    """The file of this content. The hash is ours: nothing typed by somebody enters the path."""
    return Path(settings.LEVIER_HOME) / "conventions" / sha256[:2] / sha256


def check(content: bytes, name: str) -> None:
    """Raises RefusedError (a sentence) for anything that is not a PDF of a reasonable size."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise RefusedError(
            f"« {shown(name)} » n’est pas un PDF entier : numérisez la convention signée en PDF."
        )
    if len(content) > LARGEST:
        raise RefusedError(f"« {shown(name)} » dépasse 20 Mo : numérisez-la en noir et blanc, ou moins fin.")


def shown(name: str) -> str:
    """A file's name without its path nor anything a header or a page would stumble on."""
    plain = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[^\w .,()'’-]", "_", plain).strip(" .")[:150] or "convention.pdf"


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
    return digest
