"""Hours that failed without the contractor's doing: the weeks nobody was presented to it, at the even pace of the contract."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from levier.rulebook.figures import french_number

_DAYS_IN_WEEK = 7


def hours_without_candidate(
    weeks: int, *, due: Decimal, starts_on: date, ends_on: date
) -> tuple[Decimal, str]:
    """The hours those weeks would have held, never more than what is due, and the sentence that says how."""
    whole = Decimal((ends_on - starts_on).days + 1) / _DAYS_IN_WEEK
    found = min(max(due, Decimal()), max(due, Decimal()) * weeks / max(whole, Decimal(1)))
    hours = found.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return hours, (
        f"{weeks} semaine(s) sans candidature présentée × {french_number(float(due), 2)} h ÷ {french_number(float(whole), 1)} semaines de contrat "
        f"= {french_number(float(hours), 2)} h"
    )
