"""Documents that one side sends for others to open: scanned, kept as they came under LEVIER_HOME/`room`, by their content.

Each room says what it accepts; a proof about a person goes through `received_files`, which cleans it and forgets it once seen.
"""

import hashlib
import os
import re
from collections.abc import Collection
from pathlib import Path

from levier.core import received_files
from levier.core.received_files import folder, scan


def shown(name: str, otherwise: str) -> str:
    """A file's name without its path nor anything a header or a page would stumble on; `otherwise` when nothing is left."""
    plain = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[^\w .,()'’-]", "_", plain).strip(" .")[:150] or otherwise


def path_of(sha256: str, *, room: str) -> Path:
    """The file of this content. The hash is ours: nothing typed by somebody enters the path."""
    return folder(room) / sha256[:2] / sha256


def keep(content: bytes, *, room: str) -> str:
    """Keep the bytes, once, readable by the service only. Returns their SHA-256. Raises RefusedFileError when the scan does."""
    scan(content)
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest, room=room)
    if path.exists():
        # The nightly sweep leaves young files alone: their row may not be committed yet.
        path.touch()
        return digest
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
    partial.replace(path)
    return digest


def forget_unused(kept: Collection[str], *, older_than: float, room: str) -> int:
    """Remove the files whose hash is not `kept`, untouched since this moment (epoch seconds). Returns how many."""
    return received_files.forget_unused(kept, older_than=older_than, room=room, pattern="??/*")
