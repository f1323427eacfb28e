"""Who may open a shared dossier: whoever holds the link while it is open; its maker may take it back."""

import re

from django.http import Http404

from levier.accounts.models import User
from levier.dossier.actions import hashed
from levier.dossier.models import Snapshot

# 128 bits in base 64: anything else is not one of our links, and is not looked up.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def get_snapshot_for_link(token: str) -> Snapshot:
    """The snapshot behind a link. Raises Http404 when it is unknown, expired or revoked, without telling which."""
    found = (
        Snapshot.objects.open().filter(token_hash=hashed(token)).first() if _TOKEN.fullmatch(token) else None
    )
    if found is None:
        raise Http404("Ce lien n’existe pas, ou n’est plus ouvert.")
    return found


def get_snapshot_for_revocation(secret: str) -> Snapshot:
    """The snapshot its maker wants to take back. Raises Http404 like above."""
    found = (
        Snapshot.objects.open().filter(revocation_hash=hashed(secret)).first()
        if _TOKEN.fullmatch(secret)
        else None
    )
    if found is None:
        raise Http404("Ce lien n’existe pas, ou le dossier est déjà retiré.")
    return found


def get_snapshot_for(user: User, pk: int, *, to: str) -> Snapshot:
    """A snapshot this account may act on (``to="revoke"``: its own, while open). Raises Http404 otherwise."""
    found = Snapshot.objects.open().filter(pk=pk).first()
    if found is None or to != "revoke" or not can_revoke(user, found):
        raise Http404("Ce dossier n’est pas à vous, ou il est déjà retiré.")
    return found


def can_revoke(user: User, snapshot: Snapshot) -> bool:
    """An account may take back what it shared itself, not what a colleague shared."""
    return user.is_authenticated and snapshot.created_by_id == user.pk
