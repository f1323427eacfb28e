"""Events for calendars (iCalendar, RFC 5545), spreadsheets and programs."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from levier.community.models import Event
from levier.core.icalendar import escaped, written
from levier.directory.exports import harmless

COLUMNS = (
    "titre", "nature", "debut", "fin", "commune", "code_commune", "lieu", "en_ligne", "organisateur", "places",
    "description", "lien", "page", "annule",
)  # fmt: skip


def as_ics(events: Iterable[tuple[Event, str]], *, name: str, host: str) -> str:
    """A calendar of these events with their page: times in UTC, lines folded, a stable identifier for each."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Levier//Portails//FR", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}",
    ]  # fmt: skip
    for event, url in events:
        lines += [
            "BEGIN:VEVENT", f"UID:evenement-{event.pk}@{host}", f"DTSTAMP:{_instant(event.updated_at)}",
            f"DTSTART:{_instant(event.starts_at)}", f"DTEND:{_instant(event.ends_at)}",
            f"SUMMARY:{escaped(event.title)}", f"LOCATION:{escaped(event.place_label)}",
            f"DESCRIPTION:{escaped(_told(event, url))}", f"URL:{url}",
            f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    return written(lines)


def _told(event: Event, url: str) -> str:
    parts = (event.description, f"Organisateur : {event.organiser}", event.link, url)
    return "\n".join(part for part in parts if part)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def row_of(event: Event, url: str) -> dict[str, Any]:
    """One event under the names of COLUMNS; instants in ISO 8601, in the time of Paris."""
    return {
        "titre": event.title,
        "nature": event.get_kind_display(),
        "debut": timezone.localtime(event.starts_at).isoformat(),
        "fin": timezone.localtime(event.ends_at).isoformat(),
        "commune": event.commune.name if event.commune else "",
        "code_commune": event.commune_id or "",
        "lieu": event.venue,
        "en_ligne": "oui" if event.is_online else "non",
        "organisateur": event.organiser,
        "places": event.capacity,
        "description": event.description,
        "lien": event.link,
        "page": url,
        "annule": "oui" if event.is_cancelled else "non",
    }


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """UTF-8 with its mark and semicolons: opens by a double click in a French Excel."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(["" if row[name] is None else harmless(row[name]) for name in COLUMNS])
    return "\ufeff" + target.getvalue()
