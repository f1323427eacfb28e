"""What one line of a table says, column by column, once its cells are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from levier.core.typography import figure
from levier.execution.errors import RefusedError
from levier.execution.incoming.account import Outcome
from levier.execution.incoming.columns import (
    CONTRACT_FIELDS,
    Columns,
    read_amount_of_hours,
    read_day,
    read_month,
    split_name,
    stated,
)
from levier.execution.incoming.sheets import Table, folded
from levier.execution.incoming.totals import compared_columns, compared_lines
from levier.execution.models import LONGEST_MONTH_HOURS, Sex


@dataclass(frozen=True, slots=True)
class Said:
    """One line, or one month of it. `wrong`: the first cell that could not be read, as a sentence."""

    line: int
    values: dict[str, str]
    days: dict[str, date | None]
    family: str
    given: str
    month: date | None
    hours: Decimal | None
    wrong: str = ""
    # What becomes of a wrong line.
    outcome: Outcome = "refused"
    # The sheet it stands in, when several are read.
    sheet: str = ""
    # Its contract is the one of the line above: these cells are empty here.
    is_under: bool = False

    @property
    def where(self) -> str:
        """« ligne 3 », « ligne 3 de « Mars » »."""
        return f"ligne {self.line} de « {self.sheet} »" if self.sheet else f"ligne {self.line}"

    @property
    def has_person(self) -> bool:
        return bool(self.family or self.given)

    @property
    def has_hours(self) -> bool:
        return self.hours is not None

    @property
    def sex(self) -> str:
        """From « F », « Femme », « Mme », « H », « M. »; empty when not said."""
        word = folded(self.values.get("sex", ""))
        if word in {"f", "femme", "mme", "madame", "mlle", "feminin"}:
            return Sex.WOMAN
        return Sex.MAN if word in {"h", "m", "homme", "mr", "monsieur", "masculin"} else ""

    @property
    def words(self) -> str:
        """« DUPONT Zoé, 03/2026, 35,5 h »: what the account shows of the line."""
        parts = [
            f"{self.family} {self.given}".strip()
            or self.values.get("title")
            or self.values.get("reference", "")
        ]
        if self.month:
            parts.append(f"{self.month:%m/%Y}")
        if self.hours is not None:
            parts.append(f"{figure(self.hours, 2)} h")
        return ", ".join(part for part in parts if part)[:160]


_NOTHING_TOLD: Mapping[str, str] = MappingProxyType({})
# A figure in a merged cell is one figure, not one a row.
_NOT_SHARED = frozenset({"hours", "hours_done", "hours_due"})
_PERSON = frozenset({"full_name", "family_name", "given_name"})
_DAYS = ("birth_on", "entered_on", "left_on", "eligible_until", "notified_on", "starts_on", "ends_on")


def sayings(
    table: Table, columns: Columns, *, month: date | None = None, told: Mapping[str, str] = _NOTHING_TOLD, sheet: str = ""
) -> Iterator[Said]:  # fmt: skip
    """The lines of a table, one for each month when months are columns.

    `month`, `told` (field → value): of every line, when no column says it. `sheet`: its name, when several are read.
    """
    for one in _sayings(table, columns, month, told):
        yield replace(one, sheet=sheet) if sheet else one


def _sayings(table: Table, columns: Columns, month: date | None, told: Mapping[str, str]) -> Iterator[Said]:
    months = columns.months(table.titles)
    places = {role: place for place, role in enumerate(columns.roles) if role and role != "mois"}
    family_first = _is_family_first(table, places)
    over = {field: value for field, value in {**told, **stated(table)}.items() if field not in places}
    totals, gaps = compared_lines(table, columns), compared_columns(table, columns)
    above: dict[str, str] = {}
    shared = [place for role, place in places.items() if role not in _NOT_SHARED]
    for number, cells in table.carried(shared):
        values = {role: cells[place] for role, place in places.items() if cells[place]}
        if not values and not any(cells[place] for place in months):
            continue
        is_total = number in totals
        is_under = _is_under(places, values, above) and not is_total
        named = {
            role: value
            for role, value in values.items()
            if role in CONTRACT_FIELDS and role not in _NOT_SHARED
        }
        # Past a total, nothing is taken from above.
        above = {} if is_total else above if is_under else named
        base = _read(number, over | (above if is_under else {}) | values, columns, family_first, month)
        base = replace(base, is_under=is_under)
        if found := totals.get(number) or gaps.get(number):
            outcome: Outcome = "known" if found.is_right else "questioned"
            yield replace(base, hours=None, wrong=found.sentence, outcome=outcome)
        if is_total:
            continue
        filled = [(when, cells[place]) for place, when in months.items() if cells[place]]
        if not filled:
            yield base
            continue
        for when, text in filled:
            hours, wrong = _hours(text)
            yield replace(base, month=when, hours=hours, wrong=base.wrong or wrong)


def _is_under(places: Mapping[str, int], values: Mapping[str, str], above: Mapping[str, str]) -> bool:
    """Whether somebody stands under a contract written once, on a line above; another holder or buyer is another contract."""
    names = {"reference", "title"}
    if names & values.keys() or not names & above.keys() or not names & places.keys():
        return False
    is_other = any(values.get(field, told) != told for field, told in above.items())
    return bool(_PERSON & values.keys()) and not is_other


def _is_family_first(table: Table, places: dict[str, int]) -> bool:
    place = places.get("full_name")
    return place is None or not folded(table.titles[place]).startswith("prenom")


def _read(
    number: int, values: dict[str, str], columns: Columns, family_first: bool, month: date | None
) -> Said:
    wrong = ""
    days: dict[str, date | None] = {}
    for name in _DAYS:
        try:
            days[name] = read_day(values.get(name, ""))
        except RefusedError as refusal:
            wrong = wrong or str(refusal)
    family, given = values.get("family_name", ""), values.get("given_name", "")
    if "full_name" in values:
        family, given = split_name(values["full_name"], family_first=family_first)
    when = month
    if "month" in values:
        year = values.get("year", "")
        when = read_month(values["month"], int(year) if year.isdecimal() else columns.year)
        if when is None:
            wrong = wrong or f"« {values['month'][:20]} » n’est pas un mois : écrivez-le comme 03/2026."
    hours, bad = _hours(values.get("hours", ""))
    return Said(number, values, days, family, given, when, hours, wrong or bad)


def _hours(text: str) -> tuple[Decimal | None, str]:
    try:
        hours = read_amount_of_hours(text)
    except RefusedError as refusal:
        return None, str(refusal)
    if hours is not None and not 0 <= hours <= LONGEST_MONTH_HOURS:
        return hours, f"{figure(hours, 2)} h : un mois compte entre 0 et {LONGEST_MONTH_HOURS} heures."
    return hours, ""
