"""Opaque cursors of the paginated lists."""

import base64
import binascii

DEEPEST = 10_000


class BadCursor(ValueError):  # noqa: N818 - named for what happened
    """A cursor that this API did not give; the message is a French sentence."""


def encode(offset: int) -> str:
    """The cursor of the page that starts there."""
    return base64.urlsafe_b64encode(f"o{offset}".encode()).decode().rstrip("=")


def after(offset: int, total: int) -> str | None:
    """The cursor of the next page of a list of that many, None when there is none (or too deep)."""
    return encode(offset) if offset < min(total, DEEPEST) else None


def decode(cursor: str) -> int:
    """Where a page starts; 0 without a cursor. Raises BadCursor."""
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        offset = int(text.removeprefix("o"))
    except (binascii.Error, ValueError, UnicodeDecodeError):
        offset = -1
    if not 0 <= offset <= DEEPEST:
        raise BadCursor("Ce curseur n’est pas valable : reprenez la première page, sans curseur.")
    return offset
