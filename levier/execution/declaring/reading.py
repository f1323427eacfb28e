"""Reads what is typed or pasted in a cell of hours."""

import re
from decimal import Decimal

from levier.execution.errors import RefusedError

_WITH_MINUTES = re.compile(r"(\d{1,3})h([0-5]\d)")
_FIGURE = re.compile(r"-?\d{1,6}(\.\d{0,6})?")


def read_hours(text: str) -> Decimal | None:
    """« 35,5 », « 35.5 », « 35 h 30 » as hours; None for an empty cell. Raises RefusedError for anything else."""
    plain = re.sub(r"\s", "", text).lower()
    if not plain:
        return None
    if found := _WITH_MINUTES.fullmatch(plain):
        return (Decimal(found[1]) + Decimal(found[2]) / 60).quantize(Decimal("0.01"))
    figure = plain.removesuffix("h").replace(",", ".")
    if not _FIGURE.fullmatch(figure):
        raise RefusedError(
            f"« {text.strip()[:20]} » n’est pas un nombre d’heures : écrivez par exemple 35,5."
        )
    return Decimal(figure)
