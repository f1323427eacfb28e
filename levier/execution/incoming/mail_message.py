"""Reads a message as a mail server gives it: who it is for, who sent it, its pieces. Pure: bytes in, a frozen value out.

Its text and its subject are not read.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr

from levier.execution.errors import RefusedError

LARGEST_BYTES = 25 * 1024 * 1024
MOST_PIECES = 12
_RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of a message, as it was named."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What is read of a message. `fingerprint` is the same for the same message delivered twice. `left_out`: pieces past the limit.

    `is_automatic`: sent by a machine (an absence, a notice of failure); nobody answers those.
    """

    recipients: tuple[str, ...]
    sender: str
    fingerprint: str
    is_automatic: bool
    pieces: tuple[Piece, ...]
    left_out: int = 0


def read_message(raw: bytes, *, to: Iterable[str] = ()) -> Message:
    """A message of at most LARGEST_BYTES. `to`: the recipients the mail server says; else those of its headers. Raises RefusedError."""
    if len(raw) > LARGEST_BYTES:
        raise RefusedError(f"Le message dépasse {LARGEST_BYTES // 1024**2} Mo.")
    try:
        parsed = message_from_bytes(raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        told = [address.strip() for address in to if address.strip()]
        named = [value for header in _RECIPIENTS for value in parsed.get_all(header, [])]
        recipients = told or [address for _, address in getaddresses([str(one) for one in named])]
        pieces = [piece for part in parsed.walk() if (piece := _piece(part)) is not None]
        sender = parseaddr(str(parsed.get("From", "")))[1].lower()
        identity = str(parsed.get("Message-ID", "")).strip().encode() or raw
        automatic = _is_automatic(parsed)
    except (
        MessageError,
        ValueError,
        LookupError,
        AssertionError,
        AttributeError,
        TypeError,
        IndexError,
    ) as problem:
        raise RefusedError("Le message n’est pas lisible.") from problem
    return Message(
        tuple(one.lower() for one in recipients), sender[:254], hashlib.sha256(identity).hexdigest(), automatic,
        tuple(pieces[:MOST_PIECES]), max(len(pieces) - MOST_PIECES, 0),
    )  # fmt: skip


def _piece(part: EmailMessage) -> Piece | None:  # type: ignore[type-arg,unused-ignore]
    name = part.get_filename()
    if part.is_multipart() or not name:
        return None
    # The picture of a signature, shown in the text.
    if (
        part.get_content_maintype() == "image"
        and part.get("Content-ID")
        and part.get_content_disposition() != "attachment"
    ):
        return None
    content = part.get_payload(decode=True)
    return Piece(name, content) if isinstance(content, bytes) and content else None


def _is_automatic(parsed: EmailMessage) -> bool:
    said = str(parsed.get("Auto-Submitted", "no")).strip().lower()
    return (
        said not in ("", "no")
        or str(parsed.get("Precedence", "")).strip().lower() in {"bulk", "junk", "list"}
        or str(parsed.get("Return-Path", "")).strip() == "<>"
        or parsed.get_content_type() == "multipart/report"
    )
