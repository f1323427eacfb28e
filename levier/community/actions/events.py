"""Events: announced, changed, cancelled, taken back."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.community.actions.portals import opened
from levier.community.errors import RefusedError
from levier.community.models import Event, RegionalPortal
from levier.core import audit
from levier.reference.models import Commune

MOST_UPCOMING = 200
LONGEST = timedelta(days=31)
FURTHEST = timedelta(days=3 * 365)


@dataclass(frozen=True, kw_only=True)
class EventValues:
    """What an event says; `commune` is None when it is online only."""

    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    organiser: str
    description: str = ""
    commune: Commune | None = None
    venue: str = ""
    is_online: bool = False
    link: str = ""
    capacity: int | None = None

    def check(self, now: datetime) -> None:
        """Raises RefusedError with the first thing to correct."""
        if not self.title.strip() or not self.organiser.strip():
            raise RefusedError("Donnez un titre à l’événement et dites qui l’organise.")
        if self.ends_at < self.starts_at:
            raise RefusedError("La fin est avant le début : corrigez l’une des deux dates.")
        if self.ends_at < now:
            raise RefusedError("Cet événement est déjà passé : il ne serait vu de personne.")
        if self.ends_at - self.starts_at > LONGEST:
            raise RefusedError("Un événement dure un mois au plus : annoncez plutôt chaque rencontre.")
        if self.starts_at > now + FURTHEST:
            raise RefusedError("Cette date est dans plus de trois ans : vérifiez l’année.")
        if self.commune is None and not self.is_online:
            raise RefusedError("Dites où : une commune, ou « en ligne ».")
        if self.is_online and self.commune is None and not self.link:
            raise RefusedError("Donnez le lien pour rejoindre l’événement en ligne, ou pour s’y inscrire.")


@transaction.atomic
def save_event(*, by: User, portal: RegionalPortal, values: EventValues, event: Event | None = None) -> Event:
    """Announce an event, or change it. Raises RefusedError."""
    now = timezone.now()
    values.check(now)
    locked = opened(portal)
    if event is None:
        if locked.events.filter(ends_at__gte=now).count() >= MOST_UPCOMING:
            raise RefusedError(f"{MOST_UPCOMING} événements à venir au plus : retirez-en.")
        event = Event(portal=locked, created_by=by)
    elif event.is_cancelled:
        raise RefusedError("Cet événement est annulé : annoncez-en un autre.")
    for field in fields(values):
        setattr(event, field.name, getattr(values, field.name))
    event.updated_at = now
    event.save()
    audit.record(by=by.as_actor(), verb="community.save_event", object_type="event", object_key=str(event.pk))
    return event


@transaction.atomic
def cancel_event(*, by: User, event: Event) -> Event:
    """Say that it will not take place; it stays on the page, marked, until its date. Twice does nothing more."""
    locked = Event.objects.select_for_update().get(pk=event.pk)
    if not locked.is_cancelled:
        locked.cancelled_at = locked.updated_at = timezone.now()
        locked.save(update_fields=["cancelled_at", "updated_at"])
        audit.record(
            by=by.as_actor(), verb="community.cancel_event", object_type="event", object_key=str(event.pk)
        )
    return locked


@transaction.atomic
def delete_event(*, by: User, event: Event) -> None:
    """Forget an event announced by mistake."""
    key = str(event.pk)
    event.delete()
    audit.record(by=by.as_actor(), verb="community.delete_event", object_type="event", object_key=key)
