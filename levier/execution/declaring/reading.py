"""Reads what is typed or pasted in a cell of hours."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from levier.execution.declaring.book import Key
from levier.execution.errors import RefusedError

# « 35h30 », and « 35:30 » or « 35:30:00 » as a spreadsheet copies a duration.
_WITH_MINUTES = re.compile(r"(\d{1,3})[h:]([0-5]\d)(?::([0-5]\d))?")
_FIGURE = re.compile(r"-?\d{1,6}(\.\d{0,6})?")


def field_name(key: Key) -> str:
    """The name of the field of a cell."""
    return f"h-{key[0]}-{key[1]:%Y-%m}"


def read_hours(text: str) -> Decimal | None:
    """« 35,5 », « 35.5 », « 35 h 30 », « 35:30 » as hours; None for an empty cell. Raises RefusedError for anything else."""
    plain = re.sub(r"\s", "", text).lower()
    if not plain:
        return None
    if found := _WITH_MINUTES.fullmatch(plain):
        minutes = Decimal(found[2]) + Decimal(found[3] or 0) / 60
        return (Decimal(found[1]) + minutes / 60).quantize(Decimal("0.01"))
    figure = plain.removesuffix("h").replace(",", ".")
    if not _FIGURE.fullmatch(figure):
        raise RefusedError(
            f"« {text.strip()[:20]} » n’est pas un nombre d’heures : écrivez par exemple 35,5."
        )
    return Decimal(figure)


def read_cells(
    posted: Mapping[str, str], keys: Iterable[Key]
) -> tuple[dict[Key, Decimal | None], dict[Key, str]]:
    """The cells of a page that were typed over, and what is wrong in each of the others.

    A cell nobody touched here keeps what somebody else wrote meanwhile: `avant-…` holds what the page showed.
    """
    cells: dict[Key, Decimal | None] = {}
    problems: dict[Key, str] = {}
    for key in keys:
        name = field_name(key)
        typed = posted.get(name)
        if typed is None or typed.strip() == posted.get(f"avant-{name}", ""):
            continue
        try:
            cells[key] = read_hours(typed)
        except RefusedError as refusal:
            problems[key] = str(refusal)
    return cells, problems
