"""How old the owner's word is, in words, and whether it still shows as sure. Pure functions."""

from dataclasses import dataclass
from datetime import date

# Asked again at six months; beyond a year a reader must see it before calling.
FRESH_MONTHS, STALE_MONTHS = 6, 12


@dataclass(frozen=True, slots=True)
class Freshness:
    """A tone of the house (ok, neutral, check) and the words beside its icon."""

    tone: str
    words: str
    months: int


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to another; 0 when they are in the wrong order."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    return max(months, 0)


def freshness_of(confirmed_on: date | None, today: date) -> Freshness | None:
    """« confirmé il y a 2 mois », « non confirmé depuis 14 mois »; None when its owner never said a word."""
    if confirmed_on is None:
        return None
    months = months_between(confirmed_on, today)
    if months >= STALE_MONTHS:
        return Freshness("check", f"non confirmé depuis {months} mois", months)
    tone = "ok" if months < FRESH_MONTHS else "neutral"
    if months:
        return Freshness(tone, f"confirmé il y a {months} mois", months)
    days = max((today - confirmed_on).days, 0)
    words = {0: "confirmé aujourd’hui", 1: "confirmé hier"}.get(days, f"confirmé il y a {days} jours")
    return Freshness(tone, words, 0)
