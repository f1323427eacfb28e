"""Reads what is typed or pasted in a cell of hours."""

import re
from decimal import Decimal, InvalidOperation

from levier.execution.errors import RefusedError

_WITH_MINUTES = re.compile(r"(\d{1,3})h([0-5]\d)")


def read_hours(text: str) -> Decimal | None:
    """« 35,5 », « 35.5 », « 35 h 30 » as hours; None for an empty cell. Raises RefusedError for anything else."""
    plain = re.sub(r"\s", "", text).lower()
    if not plain:
        return None
    if found := _WITH_MINUTES.fullmatch(plain):
        return (Decimal(found[1]) + Decimal(found[2]) / 60).quantize(Decimal("0.01"))
    try:
        hours = Decimal(plain.removesuffix("h").replace(",", "."))
    except InvalidOperation:
        hours = Decimal("nan")
    if not hours.is_finite() or len(plain) > 12:
        raise RefusedError(f"« {text.strip()[:20]} » n’est pas un nombre d’heures : écrivez par exemple 35,5.")
    return hours
