"""What an attestation says, in one form only, and its fingerprint: whoever holds the file computes it again, without the site. Pure.

The fingerprint (SHA-256) shows any change of the file; that the platform issued it is said by the public page of its address,
where the same fingerprint stands. There is no secret key: nothing to lose, nothing to trust but the page and the ledger.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

FORMAT: Final = "levier.attestation/1"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BrokenAttestationError(ValueError):
    """A file that is not an attestation, or was changed; the French sentence says which."""


@dataclass(frozen=True, slots=True)
class Verified:
    """An attestation whose content gives its fingerprint. `address`: where the platform says whether it still stands."""

    content: dict[str, Any]
    digest: str
    address: str


def canonical(content: Mapping[str, Any]) -> str:
    """The content as one line of JSON, keys sorted: the same text for the same facts."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, 64 hexadecimal signs."""
    return sha256(canonical(content).encode()).hexdigest()


def as_file(content: Mapping[str, Any], *, address: str) -> str:
    """The file to keep and to hand over."""
    whole = {"format": FORMAT, "content": content, "digest": fingerprint(content), "address": address}
    return json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def verify(text: str) -> Verified:
    """Prove a file. Raises BrokenAttestationError."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise BrokenAttestationError(
            "Ce fichier n’est pas une attestation : ce n’est pas du JSON lisible."
        ) from None
    content = read.get("content") if isinstance(read, dict) else None
    if not isinstance(content, dict) or read.get("format") != FORMAT:
        raise BrokenAttestationError(f"Ce fichier n’est pas une attestation au format {FORMAT}.")
    digest = str(read.get("digest", ""))
    if not _DIGEST.fullmatch(digest):
        raise BrokenAttestationError("L’empreinte de l’attestation manque ou n’est pas entière.")
    if fingerprint(content) != digest:
        raise BrokenAttestationError("Le contenu ne donne pas son empreinte : le fichier a été modifié.")
    return Verified(content, digest, str(read.get("address", "")))
