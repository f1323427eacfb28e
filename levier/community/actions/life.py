"""The life of a portal: opened or refused, suspended and reinstated by the staff; put online and taken back by its editors."""

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.community import wording
from levier.community.errors import RefusedError
from levier.community.models import PortalState, RegionalPortal
from levier.core import audit
from levier.core.audit import Actor

LONGEST_REASON = 1_000


@transaction.atomic
def open_portal(*, by: User, portal: RegionalPortal) -> RegionalPortal:
    """Let the editors prepare it; they are told. Raises RefusedError unless it waits."""
    locked = _in(portal, PortalState.ASKED, "Cette demande n’attend plus.")
    locked.state, locked.opened_at = PortalState.DRAFT, timezone.now()
    locked.save(update_fields=["state", "opened_at"])
    wording.tell_asker(locked, wording.opened(locked))
    audit.record(
        by=by.as_actor(), verb="community.open_portal", object_type="portal", object_key=str(portal.pk)
    )
    return locked


@transaction.atomic
def refuse_portal(*, by: User, portal: RegionalPortal, reason: str) -> RegionalPortal:
    """Refuse a request with its reason, which the asker receives; its address is free again. Raises RefusedError."""
    locked = _in(portal, PortalState.ASKED, "Cette demande n’attend plus.")
    locked.state, locked.reason = PortalState.REFUSED, _said(reason)
    # Whoever asks again, or another holder, may take the address.
    locked.slug = f"refuse-{locked.pk}"
    locked.save(update_fields=["state", "reason", "slug"])
    wording.tell_asker(locked, wording.refused(locked))
    audit.record(
        by=by.as_actor(), verb="community.refuse_portal", object_type="portal", object_key=str(portal.pk)
    )
    return locked


@transaction.atomic
def suspend_portal(*, by: User, portal: RegionalPortal, reason: str) -> RegionalPortal:
    """Take a portal offline, its events and its widget with it, until the staff puts it back. Raises RefusedError."""
    locked = _in(portal, PortalState.PUBLISHED, "Ce portail n’est pas en ligne.")
    locked.state, locked.reason, locked.updated_at = PortalState.SUSPENDED, _said(reason), timezone.now()
    locked.save(update_fields=["state", "reason", "updated_at"])
    wording.tell_asker(locked, wording.suspended(locked))
    audit.record(
        by=by.as_actor(), verb="community.suspend_portal", object_type="portal", object_key=str(portal.pk)
    )
    return locked


@transaction.atomic
def reinstate_portal(*, by: User, portal: RegionalPortal) -> RegionalPortal:
    """Put a suspended portal back online. Raises RefusedError."""
    locked = _in(portal, PortalState.SUSPENDED, "Ce portail n’est pas suspendu.")
    locked.state, locked.reason, locked.updated_at = PortalState.PUBLISHED, "", timezone.now()
    locked.save(update_fields=["state", "reason", "updated_at"])
    audit.record(
        by=by.as_actor(), verb="community.reinstate_portal", object_type="portal", object_key=str(portal.pk)
    )
    return locked


@transaction.atomic
def publish_portal(*, by: User | Actor, portal: RegionalPortal) -> RegionalPortal:
    """Put it online. Raises RefusedError unless it is a draft that says whom to write to."""
    locked = _in(portal, PortalState.DRAFT, "Seul un brouillon peut être mis en ligne.")
    if not locked.contact_email:
        raise RefusedError("Donnez d’abord une adresse de contact : les visiteurs voudront vous écrire.")
    locked.state, locked.published_at, locked.updated_at = (
        PortalState.PUBLISHED,
        timezone.now(),
        timezone.now(),
    )
    locked.save(update_fields=["state", "published_at", "updated_at"])
    audit.record(
        by=by if isinstance(by, Actor) else by.as_actor(), verb="community.publish_portal",
        object_type="portal", object_key=str(portal.pk),
    )  # fmt: skip
    return locked


@transaction.atomic
def withdraw_portal(*, by: User, portal: RegionalPortal) -> RegionalPortal:
    """Take it back to a draft. Raises RefusedError unless it is online."""
    locked = _in(portal, PortalState.PUBLISHED, "Ce portail n’est pas en ligne.")
    locked.state, locked.updated_at = PortalState.DRAFT, timezone.now()
    locked.save(update_fields=["state", "updated_at"])
    audit.record(
        by=by.as_actor(), verb="community.withdraw_portal", object_type="portal", object_key=str(portal.pk)
    )
    return locked


def _in(portal: RegionalPortal, state: PortalState, refusal: str) -> RegionalPortal:
    """The portal under its lock, in this state. Raises RefusedError."""
    locked = RegionalPortal.objects.select_for_update().get(pk=portal.pk)
    if locked.state != state:
        raise RefusedError(refusal)
    return locked


def _said(reason: str) -> str:
    text = reason.strip()[:LONGEST_REASON]
    if not text:
        raise RefusedError("Dites pourquoi : la personne qui tient le portail doit pouvoir corriger.")
    return text
