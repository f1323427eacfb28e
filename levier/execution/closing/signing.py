"""The key that signs attestations: made at the first one, kept outside the database, its public half published for good.

The private half is the secret `LEVIER_ATTESTATION_KEY` (several web servers share it), else a file of `LEVIER_HOME` that its owner alone reads.
The public halves stay in `AttestationKey`, retired ones included: what they signed goes on being proved, unless a key was stolen.
"""

import base64
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from levier.core import audit
from levier.core.audit import Actor
from levier.core.typography import day
from levier.execution.errors import RefusedError
from levier.execution.models import Attestation, AttestationKey
from levier.rulebook.attestations import Signature, is_signed, key_identifier, signed_bytes


def sign(content: Mapping[str, object]) -> tuple[AttestationKey, str]:
    """The key in force, and its signature of a content in base64. Raises RefusedError when the key was retired."""
    private = _private_key()
    key = _known(private)
    if key.retired_at is not None:
        raise RefusedError(
            "La clé qui signe les attestations est retirée : la personne qui tient le site doit en donner une autre."
        )
    return key, base64.b64encode(private.sign(signed_bytes(content))).decode()


def signature_of(attestation: Attestation) -> Signature | None:
    """None for an attestation issued before signatures."""
    return Signature(attestation.key_id, attestation.signature) if attestation.key_id else None


def is_proved(attestation: Attestation) -> bool:
    """Whether its key signed what it says; without a signature, whether it was issued before this site signed. One SQL query then."""
    signature = signature_of(attestation)
    if signature is None or attestation.key is None:
        return not AttestationKey.objects.filter(made_at__lte=attestation.issued_at).exists()
    return is_signed(attestation.content, signature, base64.b64decode(attestation.key.public))


def published() -> str:
    """Every public key, one PEM block each under its identifier and its dates; those that prove nothing any more are named without block."""
    parts = ["# Clés publiques Ed25519 des attestations de réalisation. La première signe aujourd’hui."]
    for key in AttestationKey.objects.all():
        said = f"# {key.identifier}, depuis le {day(key.made_at)}"
        if key.retired_at is not None:
            said += f", retirée le {day(key.retired_at)}"
        if key.is_compromised:
            parts.append(f"{said} : compromise, elle ne prouve plus rien")
            continue
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public))
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().strip()
        parts.append(f"{said}\n{pem}")
    return "\n\n".join(parts) + "\n"


@transaction.atomic
def rotate(*, by: Actor, is_compromised: bool) -> AttestationKey:
    """Retire the key in force and make another one. `is_compromised`: somebody may hold it, so that it proves nothing any more.

    A key given as a secret is changed there first; this then retires the former ones. Raises RefusedError before it is.
    """
    former = AttestationKey.objects.select_for_update().filter(retired_at=None)
    if settings.ATTESTATION_KEY:
        former = former.exclude(pk=_known(_private_key()).pk)
        if not former:
            raise RefusedError(
                "La clé en service est celle de LEVIER_ATTESTATION_KEY : donnez-en une autre à l’installation, relancez-la, puis recommencez."
            )
    for key in former:
        key.retired_at, key.is_compromised = timezone.now(), is_compromised
        key.save(update_fields=["retired_at", "is_compromised"])
    if not settings.ATTESTATION_KEY:
        _path().unlink(missing_ok=True)
    made = _known(_private_key())
    audit.record(by=by, verb="execution.rotate_attestation_key", details={"is_compromised": is_compromised})
    return made


@transaction.atomic
def distrust(*, by: Actor, identifier: str) -> AttestationKey:
    """Say of a key retired before that somebody may have held it: it proves nothing any more. Raises RefusedError."""
    key = AttestationKey.objects.select_for_update().filter(pk=identifier.strip().lower()).first()
    if key is None:
        raise RefusedError(
            "Aucune clé de ce site ne porte cet identifiant : « levier attestation keys » les donne."
        )
    if key.retired_at is None:
        raise RefusedError(
            "Cette clé est en service : retirez-la avec « levier attestation rotate --compromised »."
        )
    key.is_compromised = True
    key.save(update_fields=["is_compromised"])
    audit.record(
        by=by, verb="execution.distrust_attestation_key", object_type="attestation_key", object_key=key.pk
    )
    return key


def _known(private: Ed25519PrivateKey) -> AttestationKey:
    """The row that publishes a key, written the first time."""
    public = private.public_key().public_bytes_raw()
    key, _ = AttestationKey.objects.get_or_create(
        identifier=key_identifier(public), defaults={"public": base64.b64encode(public).decode()}
    )
    return key


def _private_key() -> Ed25519PrivateKey:
    try:
        read = load_pem_private_key((settings.ATTESTATION_KEY or _kept()).encode(), password=None)
    except ValueError:
        raise RefusedError(
            "La clé des attestations n’est pas lisible : c’est une clé privée Ed25519, au format PEM."
        ) from None
    if not isinstance(read, Ed25519PrivateKey):
        raise RefusedError("La clé des attestations n’est pas une clé Ed25519.")
    return read


def _path() -> Path:
    return Path(settings.LEVIER_HOME) / "attestation-key.pem"


def _kept() -> str:
    """The key of this folder, made when there is none. Two processes that come first at once keep the same one."""
    path = _path()
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}-{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(made)
        try:
            # A link is refused when the name is taken, and is never half written.
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text()
