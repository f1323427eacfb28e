"""Static files: hashed and compressed, with the names our packages forget tolerated."""

import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

from levier.core.static_apps import StaticFiles


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Only the addresses inside style sheets are rewritten; source maps are neither shipped nor looked for."""

    manifest_strict = False
    patterns = (("*.css", (r"""(?P<matched>url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\))""",)),)


def assets_fingerprint() -> str:
    """Changes when a static file or the version of a package that brings some does."""
    digest = hashlib.sha256(" ".join(StaticFiles.ignore_patterns).encode())
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()
