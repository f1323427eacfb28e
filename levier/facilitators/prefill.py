"""A request on its way from a room above to its form: kept in the session, never in an address."""

from collections.abc import MutableMapping
from typing import Any

_KEY = "facilitators.request"


def keep(
    session: MutableMapping[str, Any],
    *,
    subject_label: str,
    need: list[tuple[str, str]],
    place: tuple[str, str] = ("", ""),
    buyer_side: str = "public",
    programme: str = "",
    subject_key: str = "",
    subject_url: str = "",
) -> None:
    """Remember what the form starts with; signing in on the way keeps it. `place`: kind and code."""
    session[_KEY] = {
        "subject_label": subject_label[:160],
        "need": [list(line) for line in need],
        "place": list(place),
        "buyer_side": buyer_side,
        "programme": programme,
        "subject_key": subject_key,
        "subject_url": subject_url,
    }


def look(session: MutableMapping[str, Any]) -> dict[str, Any]:
    """What was kept, or nothing."""
    found = session.get(_KEY)
    return dict(found) if isinstance(found, dict) else {}


def forget(session: MutableMapping[str, Any]) -> None:
    """The request is sent: the session does not keep its text."""
    session.pop(_KEY, None)
