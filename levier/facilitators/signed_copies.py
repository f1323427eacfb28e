"""Signed conventions as PDF: what they are is read in their bytes."""

from levier.facilitators.errors import RefusedError

LARGEST = 20 * 1024 * 1024
MOST = 5
ROOM = "conventions"
UNNAMED = "convention.pdf"


def check(content: bytes, name: str) -> None:
    """Raises RefusedError (a sentence) for anything that is not a PDF of a reasonable size."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise RefusedError(f"« {name} » n’est pas un PDF entier : numérisez la convention signée en PDF.")
    if len(content) > LARGEST:
        raise RefusedError(f"« {name} » dépasse 20 Mo : numérisez-la en noir et blanc, ou moins fin.")
