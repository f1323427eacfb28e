"""A need on its way from the dossier or the search to the form: kept in the session, never in an address."""

from collections.abc import MutableMapping
from typing import Any

from levier.purchasing.models import BAND_TOPS, AmountBand

_KEY = "purchasing.prefill"


def keep(session: MutableMapping[str, Any], values: dict[str, Any]) -> None:
    """Remember what the form will start with; signing in on the way keeps it."""
    session[_KEY] = values


def look(session: MutableMapping[str, Any]) -> dict[str, Any]:
    """What was kept, or nothing."""
    found = session.get(_KEY)
    return dict(found) if isinstance(found, dict) else {}


def forget(session: MutableMapping[str, Any]) -> None:
    """The draft is written: the session does not keep its text."""
    session.pop(_KEY, None)


def band_of(amount_ht: float | None) -> str:
    """The band of an amount in euros without tax."""
    if amount_ht is None or amount_ht <= 0:
        return AmountBand.UNKNOWN
    for band, top in BAND_TOPS.items():
        if amount_ht <= top and band != AmountBand.ABOVE_5M:
            return band
    return AmountBand.ABOVE_5M
