"""What a form starts with, on its way from the dossier or the search: kept in the session, never in an address."""

from collections.abc import MutableMapping
from datetime import date
from decimal import Decimal
from typing import Any

from levier.purchasing.actions import LotValues, PlaceValues
from levier.purchasing.models import BAND_TOPS, AmountBand

NEED = "purchasing.prefill"
PURCHASE = "purchasing.prefill_purchase"
_NUMBERS = ("amount_ht", "max_amount_ht", "months", "weeks", "posts", "headcount", "takeover_hours")


def keep(session: MutableMapping[str, Any], values: dict[str, Any], of: str = NEED) -> None:
    """Remember what the form will start with; signing in on the way keeps it."""
    session[of] = values


def look(session: MutableMapping[str, Any], of: str = NEED) -> dict[str, Any]:
    """What was kept, or nothing."""
    found = session.get(of)
    return dict(found) if isinstance(found, dict) else {}


def forget(session: MutableMapping[str, Any], of: str = NEED) -> None:
    """The draft is written: the session does not keep its text."""
    session.pop(of, None)


def band_of(amount_ht: float | None) -> str:
    """The band of an amount in euros without tax."""
    if amount_ht is None or amount_ht <= 0:
        return AmountBand.UNKNOWN
    for band, top in BAND_TOPS.items():
        if amount_ht <= top and band != AmountBand.ABOVE_5M:
            return band
    return AmountBand.ABOVE_5M


def plain_lot(lot: LotValues) -> dict[str, Any]:
    """A lot as the session keeps it: numbers and dates as texts."""
    values = {name: str(value) for name, value in vars(lot).items() if isinstance(value, Decimal | date)}
    return vars(lot) | values | {"place": vars(lot.place)}


def lots_of(begun: dict[str, Any]) -> tuple[LotValues, ...]:
    """The lots that were kept with a purchase begun elsewhere."""
    found = []
    for values in begun.get("lots", ()):
        numbers = {name: Decimal(values[name]) for name in _NUMBERS if values.get(name) is not None}
        start = date.fromisoformat(values["starts_on"]) if values.get("starts_on") else None
        found.append(
            LotValues(**values | numbers | {"starts_on": start, "place": PlaceValues(**values["place"])})
        )
    return tuple(found)
