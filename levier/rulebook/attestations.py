"""What an attestation says, in one form only, its fingerprint and its signature: whoever holds the file proves it, without the site. Pure.

The fingerprint (SHA-256) shows any change of the file. The signature (Ed25519) shows that it was issued by who holds the key of an
installation: its public keys, published at a fixed address, are all it takes. That the attestation still stands, its public page alone says.
Attestations issued before signatures keep the first format, without one.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

FORMAT: Final = "levier.attestation/1"
SIGNED_FORMAT: Final = "levier.attestation/2"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----")
_KEY_ID_LENGTH = 16


class BrokenAttestationError(ValueError):
    """A file that is not an attestation, or was changed, or not signed by a given key; the French sentence says which."""


@dataclass(frozen=True, slots=True)
class Signature:
    """`key`: the identifier of the public key; `value`: 64 bytes in base64."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Verified:
    """An attestation whose content gives its fingerprint. `address`: where the platform says whether it still stands.

    `signed_by`: the identifier of the key that signed it; None when it carries no signature. `is_proved`: one of the keys given proves it.
    """

    content: dict[str, Any]
    digest: str
    address: str
    signed_by: str | None
    is_proved: bool


def canonical(content: Mapping[str, Any]) -> str:
    """The content as one line of JSON, keys sorted: the same text for the same facts."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, 64 hexadecimal signs."""
    return sha256(canonical(content).encode()).hexdigest()


def signed_bytes(content: Mapping[str, Any]) -> bytes:
    """What a key signs: the name of the format, a line break, the canonical text. A signature of anything else cannot pass for it."""
    return f"{SIGNED_FORMAT}\n{canonical(content)}".encode()


def key_identifier(public: bytes) -> str:
    """The first 16 hexadecimal signs of the SHA-256 of a public key of 32 bytes."""
    return sha256(public).hexdigest()[:_KEY_ID_LENGTH]


def public_keys(text: str) -> dict[str, bytes]:
    """The Ed25519 keys of a PEM text, by identifier. Raises BrokenAttestationError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    found: dict[str, bytes] = {}
    for block in _PEM.findall(text):
        try:
            key = load_pem_public_key(block.encode())
        except ValueError:
            raise BrokenAttestationError("Une clé publique de ce fichier n’est pas entière.") from None
        if isinstance(key, Ed25519PublicKey):
            raw = key.public_bytes_raw()
            found[key_identifier(raw)] = raw
    if not found:
        raise BrokenAttestationError("Ce fichier ne contient aucune clé publique Ed25519.")
    return found


def is_signed(content: Mapping[str, Any], signature: Signature, public: bytes) -> bool:
    """Whether the holder of this public key (32 bytes) signed this content."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        value = base64.b64decode(signature.value, validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(value, signed_bytes(content))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return signature.key == key_identifier(public)


def as_file(content: Mapping[str, Any], *, address: str, signature: Signature | None = None) -> str:
    """The file to keep and to hand over."""
    whole: dict[str, Any] = {
        "format": FORMAT, "content": content, "digest": fingerprint(content), "address": address,
    }  # fmt: skip
    if signature is not None:
        whole |= {
            "format": SIGNED_FORMAT,
            "signature": {"algorithm": "Ed25519", "key": signature.key, "value": signature.value},
        }
    return json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def verify(text: str, *, keys: Mapping[str, bytes] | None = None) -> Verified:
    """Prove a file; with `keys`, that one of them signed it. Raises BrokenAttestationError."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise BrokenAttestationError(
            "Ce fichier n’est pas une attestation : ce n’est pas du JSON lisible."
        ) from None
    content = read.get("content") if isinstance(read, dict) else None
    if not isinstance(content, dict) or read.get("format") not in (FORMAT, SIGNED_FORMAT):
        raise BrokenAttestationError(
            f"Ce fichier n’est pas une attestation au format {FORMAT} ou {SIGNED_FORMAT}."
        )
    digest = str(read.get("digest", ""))
    if not _DIGEST.fullmatch(digest):
        raise BrokenAttestationError("L’empreinte de l’attestation manque ou n’est pas entière.")
    if fingerprint(content) != digest:
        raise BrokenAttestationError("Le contenu ne donne pas son empreinte : le fichier a été modifié.")
    address = str(read.get("address", ""))
    # What is signed says where it is verified: another address would lead to somebody else's page.
    if content.get("address", address) != address:
        raise BrokenAttestationError(
            "L’adresse de vérification n’est pas celle de l’attestation : le fichier a été modifié."
        )
    signature = _signature(read) if read["format"] == SIGNED_FORMAT else None
    if keys is not None:
        _prove(content, signature, keys)
    return Verified(content, digest, address, signature.key if signature else None, keys is not None)


def _signature(read: Mapping[str, Any]) -> Signature:
    said = read.get("signature")
    if not isinstance(said, dict) or not said.get("key") or not said.get("value"):
        raise BrokenAttestationError("La signature de l’attestation manque ou n’est pas entière.")
    return Signature(str(said["key"]), str(said["value"]))


def _prove(content: Mapping[str, Any], signature: Signature | None, keys: Mapping[str, bytes]) -> None:
    if signature is None:
        raise BrokenAttestationError(
            "Cette attestation ne porte pas de signature : rien, dans le fichier, ne dit qui l’a délivrée. Ouvrez son adresse."
        )
    public = keys.get(signature.key)
    if public is None:
        raise BrokenAttestationError(
            f"Cette attestation est signée par la clé {signature.key}, qui n’est pas parmi celles que vous donnez : "
            "reprenez les clés publiques du site qui l’a délivrée."
        )
    if not is_signed(content, signature, public):
        raise BrokenAttestationError(
            "La signature ne correspond pas : cette attestation n’a pas été délivrée par cette clé."
        )
