"""Portals and events for tests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from levier.accounts.models import Role, User
from levier.community.actions import EventValues, Holding
from levier.community.models import Event, EventKind, PortalScope, PortalState, PortalText, RegionalPortal
from levier.organisations.models import Organisation
from levier.reference.models import Commune
from tests.factories import accounts


def editor(place: Organisation | None = None, role: str = Role.NETWORK) -> User:
    """An account that may hold a portal for this organisation (a new one by default)."""
    return accounts.member(place or accounts.organisation(), role=role).user


def holding(**changes: Any) -> Holding:
    """A correct request: the portal of the Nord."""
    fields: dict[str, Any] = {
        "slug": "achats-du-nord", "title": "Les achats inclusifs du Nord", "scope": PortalScope.DEPARTEMENT,
        "codes": ("59",),
    }  # fmt: skip
    return Holding(**(fields | changes))


def portal(holder: Organisation | None = None, *, text: str = "", **fields: Any) -> RegionalPortal:
    """A portal of the Nord, online unless said otherwise, with its text."""
    number = RegionalPortal.objects.count() + 1
    given: dict[str, Any] = {
        "slug": f"portail-{number}", "title": f"Portail {number}", "scope": PortalScope.DEPARTEMENT,
        "codes": ["59"], "regions": ["32"], "place_label": "Nord (59)", "state": PortalState.PUBLISHED,
        "contact_email": "portail@exemple.invalid", "opened_at": timezone.now(),
        "published_at": timezone.now(),
    }  # fmt: skip
    made = RegionalPortal.objects.create(holder=holder or accounts.organisation(), **(given | fields))
    if text:
        PortalText.objects.create(portal=made, text=text)
    return made


def event_values(**changes: Any) -> EventValues:
    """A correct event: a fair in ten days, online."""
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=10)
    fields: dict[str, Any] = {
        "kind": EventKind.FAIR, "title": "Salon des achats", "starts_at": start,
        "ends_at": start + timedelta(hours=3), "organiser": "Réseau d’essai", "is_online": True,
        "link": "https://exemple.invalid/salon",
    }  # fmt: skip
    return EventValues(**(fields | changes))


def event(place: RegionalPortal, *, days: int = 10, commune: str = "", **fields: Any) -> Event:
    """An event of a portal, in so many days (before today when negative); in a commune, else online."""
    start = timezone.now() + timedelta(days=days)
    given: dict[str, Any] = {
        "kind": EventKind.FAIR, "title": "Salon des achats", "starts_at": start,
        "ends_at": start + timedelta(hours=3), "organiser": "Réseau d’essai", "is_online": not commune,
        "commune": Commune.objects.get(code=commune) if commune else None,
    }  # fmt: skip
    return Event.objects.create(portal=place, **(given | fields))
