"""Share a dossier as a frozen snapshot, take it back, forget the old ones."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.dossier.models import Snapshot

LIFETIME = timedelta(days=90)
# What visitors without an account may store, all together: a shared dossier weighs about 100 kB.
MOST_ANONYMOUS_A_DAY = 500
KEPT_AFTER_EXPIRY = timedelta(days=30)


@dataclass(frozen=True)
class SharedDossier:
    """The two secrets, shown once: the link to send, and the link that takes it back."""

    token: str
    revocation: str
    snapshot: Snapshot


class TooManyShared(RuntimeError):  # noqa: N818 - named for what happened
    """Visitors shared too much today; the message is a French sentence."""


def hashed(secret: str) -> str:
    """What is stored of a secret (128 bits of randomness: a plain hash is enough)."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def share_dossier(
    *, need: dict[str, Any], dossier: dict[str, Any], page: str, by: Actor, user: User | None = None
) -> SharedDossier:
    """Freeze a dossier. In: what was typed, the whole answer as plain values, and the page as shown.

    Raises TooManyShared when visitors without an account have filled the day.
    """
    if user is None:
        since = timezone.now() - timedelta(days=1)
        if Snapshot.objects.filter(created_by=None, created_at__gt=since).count() >= MOST_ANONYMOUS_A_DAY:
            raise TooManyShared(
                "Trop de dossiers ont été partagés aujourd’hui sans compte. Connectez-vous, ou exportez le dossier."
            )
    token, revocation = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    snapshot = Snapshot.objects.create(
        token_hash=hashed(token),
        revocation_hash=hashed(revocation),
        need=need,
        dossier=dossier,
        page=page,
        created_by=user,
        expires_at=timezone.now() + LIFETIME,
    )
    audit.record(by=by, verb="dossier.share", object_type="snapshot", object_key=str(snapshot.pk))
    return SharedDossier(token, revocation, snapshot)


@transaction.atomic
def revoke_snapshot(*, snapshot: Snapshot, by: Actor) -> None:
    """Close a shared link at once and erase what it showed."""
    snapshot.revoked_at = timezone.now()
    snapshot.need, snapshot.dossier, snapshot.page = {}, {}, ""
    snapshot.save(update_fields=["revoked_at", "need", "dossier", "page"])
    audit.record(by=by, verb="dossier.revoke", object_type="snapshot", object_key=str(snapshot.pk))


@transaction.atomic
def forget_expired_snapshots(*, by: Actor) -> int:
    """Delete the snapshots expired for a month. Returns how many went."""
    limit = timezone.now() - KEPT_AFTER_EXPIRY
    count, _ = Snapshot.objects.filter(expires_at__lt=limit).delete()
    if count:
        audit.record(by=by, verb="dossier.forget_expired", details={"count": count})
    return count
