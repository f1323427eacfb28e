"""Lines and columns of totals: never taken as hours, compared with the sum of what they add up. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from levier.core.typography import figure
from levier.execution.errors import RefusedError
from levier.execution.incoming.columns import NOTHING, Columns, read_amount_of_hours, read_total
from levier.execution.incoming.sheets import Table, folded

# The first cell of such a line says so: « Total », « Sous-total lot 2 ». « Total Énergies » is a company.
_TOTAL = re.compile(
    r"(?:sous )?tota(?:l|ux)(?: (?:general|generaux|heures|h|hrs|mensuel|annuel|du|mois|marche|contrat|lot|chantier|annee|\d+))*"
)
_ADDED = ("hours", "hours_due", "hours_done")
# What the column of a total may have been taken for.
_OF_A_LINE = (NOTHING, "hours", "hours_done")
# Each hour of a line may be shown rounded to the hundredth, or to the tenth.
_ROUNDING = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Compared:
    """A total of a sheet: whether it is the sum of its lines, and the sentence that says so."""

    is_right: bool
    sentence: str


def is_total(cells: Sequence[str]) -> bool:
    """Whether a line is one of totals: its first word says so."""
    first = next((cell for cell in cells if cell), "")
    return "tota" in first.casefold() and bool(_TOTAL.fullmatch(folded(first)))


def compared_lines(table: Table, columns: Columns) -> dict[int, Compared]:
    """Row number → its comparison, for each line of totals: with the lines since the total before, or with all of them."""
    last = next((number for number, cells in reversed(table.rows) if is_total(cells)), None)
    if last is None:
        return {}
    places = _added(table, columns)
    since = dict.fromkeys(places, Decimal())
    whole = dict.fromkeys(places, Decimal())
    found: dict[int, Compared] = {}
    for number, cells in table.rows:
        if not is_total(cells):
            for place in places:
                if hours := _amount(cells[place]):
                    since[place] += hours
                    whole[place] += hours
            continue
        is_part = folded(next(cell for cell in cells if cell)).startswith("sous") or number != last
        found[number] = _line(cells, places, since, whole, is_part=is_part)
        since = dict.fromkeys(places, Decimal())
    return found


def compared_columns(table: Table, columns: Columns) -> dict[int, Compared]:
    """Row number → its comparison, where a line of months ends with a total that is not their sum."""
    months = columns.months(table.titles)
    place = next(
        (at for at, title in enumerate(table.titles) if columns.roles[at] in _OF_A_LINE and _TOTAL.fullmatch(folded(title))), None
    )  # fmt: skip
    if place is None or len(months) < 2:
        return {}
    found = {}
    for number, cells in table.rows:
        said = None if is_total(cells) else _amount(cells[place])
        made = _sum(cells[at] for at in months)
        if said is not None and not _is_same(said, made):
            found[number] = Compared(False, _told(table.titles[place], said, made, "ses mois"))
    return found


def _line(
    cells: Sequence[str], places: Mapping[int, str], since: Mapping[int, Decimal], whole: Mapping[int, Decimal], *,
    is_part: bool,
) -> Compared:  # fmt: skip
    said = {place: hours for place in places if (hours := _amount(cells[place])) is not None}
    # A total of a column whose lines say nothing adds up something else.
    said = {place: hours for place, hours in said.items() if whole[place]}
    wrong = [
        _told(places[place], hours, (since if is_part else whole)[place], "ses lignes")
        for place, hours in said.items()
        if not (_is_same(hours, since[place]) or _is_same(hours, whole[place]))
    ]
    if wrong:
        more = f" Et {len(wrong) - 3} autres colonnes." if len(wrong) > 3 else ""
        return Compared(False, f"Total qui ne tombe pas juste. {' '.join(wrong[:3])}{more}")
    if said:
        return Compared(True, "Cette ligne est un total : elle tombe juste, et n’est pas prise en plus.")
    return Compared(
        True, "Cette ligne est un total : elle n’est pas prise, ses heures sont celles des autres lignes."
    )


def _told(title: str, said: Decimal, made: Decimal, what: str) -> str:
    gap = figure(abs(said - made), 2)
    return f"« {title} » : le total dit {figure(said, 2)} h, {what} font {figure(made, 2)} h, soit {gap} h d’écart."


def _added(table: Table, columns: Columns) -> dict[int, str]:
    months = columns.months(table.titles)
    return {
        place: table.titles[place]
        for place, role in enumerate(columns.roles)
        if place in months or role in _ADDED
    }


def _is_same(said: Decimal, made: Decimal) -> bool:
    return abs(said - made) <= _ROUNDING


def _sum(cells: Iterable[str]) -> Decimal:
    return sum((hours for cell in cells if (hours := _amount(cell))), Decimal())


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return read_amount_of_hours(text)
    except RefusedError:
        return read_total(text)
