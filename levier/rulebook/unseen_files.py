"""How long a file that somebody sent waits to be seen: then it goes, and the mention stays. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from levier.rulebook import parameters


def unseen_before(today: date) -> date:
    """Files sent before this day, and that nobody saw, go (`person_proof_days`)."""
    return today - timedelta(days=int(parameters.get("person_proof_days", "", today).value))


def gone_on(sent_on: date, today: date) -> date | None:
    """The day a file nobody saw went; None while it is kept."""
    limit = unseen_before(today)
    return sent_on + (today - limit) + timedelta(days=1) if sent_on < limit else None
