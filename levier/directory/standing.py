"""Which sheets come first when a search asks for nothing in particular: confirmed lately, then complete. Pure.

No advantage is given to a kind or a place: a supplier climbs by saying what it does and that it is still true.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from levier.directory.ownership.freshness import FRESH_MONTHS, STALE_MONTHS, months_between

# An index row as `index_rows.py` reads it; the points add up to 9, one digit that sorts as a text.
_ENOUGH_WORDS = 120


def standing_of(row: Mapping[str, Any], today: date) -> str:
    """« 0 » to « 9 »: its own word in the last months (4, then 2), activities stated (2) or deduced (1), someone to
    call, a presentation, a label or a size known (1 each). An establishment said to be closed has none."""
    if row["is_closed"]:
        return "0"
    has_proof = bool(row["labels"] or row["workforce"] or row["places"] or row["headcount_band"])
    points = {"stated": 2, "inferred": 1}.get(row["activity_status"], 0)
    points += _of_its_word(row["confirmed_on"], today)
    points += bool(row["has_contact"])
    points += bool(row["offer"]) or len(row["description"]) >= _ENOUGH_WORDS
    return str(points + has_proof)


def _of_its_word(confirmed_on: date | None, today: date) -> int:
    if confirmed_on is None:
        return 0
    months = months_between(confirmed_on, today)
    return 4 if months < FRESH_MONTHS else 2 if months < STALE_MONTHS else 0
