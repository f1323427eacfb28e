"""Owns the figures put into the sentences of the decision tables, in French typography."""

import re

from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.thresholds_of import direct_purchase_thresholds, eu_thresholds

_NBSP = "\u202f"
_UNKNOWN = "inconnu"
_BEFORE = re.compile(r"(?<=\S) (?=[;:!?»%€](?:\s|[.,)\]*]|$))")
_AFTER = re.compile(r"« (?=\S)")
_UNIT = re.compile(r"(?<=\d) (?=(?:h|M€|k€)\b)")


def spaced(text: str) -> str:
    """Put the narrow no-break spaces French wants: before ; : ! ? » % €, after «, between a figure and h."""
    return _UNIT.sub(_NBSP, _AFTER.sub(f"«{_NBSP}", _BEFORE.sub(_NBSP, text)))


def number(value: float) -> str:
    """Write a number the French way, without decimals: 5 404 000."""
    return f"{round(value):,}".replace(",", _NBSP)


def euros(value: float | None) -> str:
    """Write an amount in euros: « 216 000 € HT », or « inconnu »."""
    return _UNKNOWN if value is None else f"{number(value)}{_NBSP}€ HT"


def with_article(title: str, article: str) -> str:
    """« Critère social d’attribution (R2152-7) »; a title that ends with a parenthesis takes the article inside it."""
    return f"{title[:-1]}, {article})" if title.endswith(")") else f"{title} ({article})"


def hours_range(facts: Facts) -> str:
    """Write the range of hours: « 890 à 1 240 h »."""
    if facts.hours is None:
        return _UNKNOWN
    low, high = number(facts.hours.low), number(facts.hours.high)
    return f"{low}{_NBSP}h" if low == high else f"{low} à {high}{_NBSP}h"


def amounts(values: tuple[float, ...]) -> str:
    """Write one amount, or the two ends when several are possible."""
    if not values:
        return _UNKNOWN
    low, high = min(values), max(values)
    return euros(low) if low == high else f"{euros(low)} ou {euros(high)}"


def values(facts: Facts) -> dict[str, str]:
    """Return every name that a reason or a warning may use, as French text."""
    return {
        "need": euros(facts.need_amount_ht),
        "amount": euros(facts.amount_for_thresholds),
        "lot": euros(facts.lot_amount_ht),
        "maximum": euros(facts.max_amount_ht),
        "annual": euros(facts.annual_purchases_ht),
        "direct": amounts(tuple(row.value for row in direct_purchase_thresholds(facts))),
        "eu": amounts(tuple(row.value for row in eu_thresholds(facts))),
        "hours": hours_range(facts),
        "minimum": f"{number(facts.minimum_hours)}{_NBSP}h",
        "launch": _UNKNOWN if facts.launch_date is None else f"{facts.launch_date:%d/%m/%Y}",
        "insertion": _count(facts.insertion_suppliers_in_reach),
        "handicap": _count(facts.handicap_suppliers_in_reach),
        "prison": _count(facts.prison_suppliers_in_reach),
        "programme": facts.programme or _UNKNOWN,
        "reach": "à portée" if facts.reach_km is None else f"à moins de {number(facts.reach_km)}{_NBSP}km",
    }


def _count(value: int | None) -> str:
    return _UNKNOWN if value is None else number(value)
