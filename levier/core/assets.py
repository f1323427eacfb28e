"""Static files: hashed and compressed, with the names our packages forget tolerated."""

import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Packages reference source maps they do not ship: a missing name must not stop the site."""

    manifest_strict = False


def assets_fingerprint() -> str:
    """Changes when a static file or the version of a package that brings some does."""
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()
