"""Static files: hashed and compressed, with the names our packages forget tolerated."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Packages reference source maps they do not ship: a missing name must not stop the site."""

    manifest_strict = False
