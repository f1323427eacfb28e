"""Which sheets of a file are read, what their columns and their names say: as said on screen, else as said last time, else guessed."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.crypto import salted_hmac

from levier.execution.errors import RefusedError
from levier.execution.incoming import shelf
from levier.execution.incoming.columns import (
    LABELS,
    PAYROLL_FIELDS,
    TAKING_FIELDS,
    Columns,
    guess,
    read_month,
    stated,
)
from levier.execution.incoming.saying import Said, sayings
from levier.execution.incoming.sheets import Table, folded
from levier.execution.models import IncomingFile, IncomingKind, SavedColumns

# What the name of a sheet may say of all its lines.
NAMES_SAY = {
    IncomingKind.HOURS: ("month", "full_name"),
    IncomingKind.TAKING_OVER: ("month", "full_name", "reference", "title"),
}
_PERSON = ("full_name", "family_name", "given_name")
_NO_LINES = re.compile(
    r"\b(recap\w*|synthese|tota(l|ux)|bilan|modele|notice|aide|listes?|parametres?|graphiques?|menu)\b"
)
_A_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# « 2024-07 » numbers a contract.
_A_YEAR_ALONE = re.compile(r"(?<![\d/.-])20\d\d(?![\d/.-]|\s*[-–/]\s*\d)")


def fields_of(kind: str) -> tuple[str, ...]:
    """The fields a column may say."""
    return PAYROLL_FIELDS if kind == IncomingKind.HOURS else TAKING_FIELDS


def first_choice(tables: Sequence[Table], *, kind: str, name: str, month: date | None) -> dict[str, Any]:
    """Before anybody says anything: the best sheet, those of the same columns with it, what their names say.

    A month of hours takes the sheet of that month alone when sheets are months. `name`: of the file, for a year.
    """
    roles = [guess(table, known={}, fields=fields_of(kind)).roles for table in tables]
    weights = [
        len(table.rows) * (1 + sum(map(bool, said))) for table, said in zip(tables, roles, strict=True)
    ]
    best = max(range(len(tables)), key=lambda rank: weights[rank])
    alike = [
        rank for rank, table in enumerate(tables)
        if set(roles[rank]) == set(roles[best]) and not _NO_LINES.search(folded(table.name))
    ]  # fmt: skip
    made: dict[str, Any] = {"sheet": best, "month": month.isoformat() if month else ""}
    years = set(_A_YEAR.findall(name))
    # A sheet a year says more than the name of the file.
    if len(years) == 1 and not any(year_in_name(tables[rank]) for rank in {best, *alike}):
        made["year"] = int(years.pop())
    if len(alike) < 2 or best not in alike:
        return made
    made["names_say"] = _names_say([tables[rank] for rank in alike], roles[best], kind)
    if kind == IncomingKind.HOURS and made["names_say"] == "month" and month:
        year = made.get("year", month.year)
        own = [rank for rank in alike if read_month(tables[rank].name, year) == month]
        made |= {"sheet": own[0], "year": year} if own else {"names_say": ""}
        return made
    return made | {"sheet": alike[0], "sheets": alike}


def _names_say(tables: Sequence[Table], roles: Sequence[str], kind: str) -> str:
    columns = Columns(tuple(roles))
    if all(read_month(one.name, 2000) for one in tables):
        return "" if columns.has("month") or columns.months(tables[0].titles) else "month"
    if not columns.has(*_PERSON) and columns.has("hours", "mois"):
        return "full_name"
    told = stated(tables[0])
    if (
        kind == IncomingKind.TAKING_OVER
        and not columns.has("reference", "title")
        and not told.keys() & {"reference", "title"}
    ):
        return "reference" if all(any(letter.isdigit() for letter in one.name) for one in tables) else "title"
    return ""


def year_in_name(table: Table) -> int | None:
    """« 2024 », « Suivi 2024 »: the year a sheet is of; None for « 2024-07 », or when it says several."""
    years = set(_A_YEAR_ALONE.findall(table.name))
    return int(years.pop()) if len(years) == 1 else None


def ranks_of(file: IncomingFile, count: int) -> list[int]:
    """The sheets that are read, in their order; at least one."""
    first = min(int(file.choices.get("sheet", 0)), count - 1)
    said = sorted({int(rank) for rank in file.choices.get("sheets", ()) if int(rank) < count})
    return said or [first]


def tables_of(file: IncomingFile) -> list[Table]:
    """The sheets that are read. Raises RefusedError once their lines are gone."""
    tables = shelf.tables_at(file.stored_as)
    return [tables[rank] for rank in ranks_of(file, len(tables))]


def columns_of(file: IncomingFile, table: Table) -> Columns:
    """What each column says: as said for this file, else as said last time by this organisation, else by its title."""
    said = file.choices.get("roles", {})
    by_place = {
        folded(title): said[f"colonne {place}"]
        for place, title in enumerate(table.titles, start=1)
        if f"colonne {place}" in said
    }
    known = remembered(file, table.titles) | said | by_place
    roles = guess(table, known=known, fields=fields_of(file.kind)).roles
    return Columns(roles, year=file.choices.get("year") or _year_of_sheet(file, table))


def _year_of_sheet(file: IncomingFile, table: Table) -> int | None:
    """The year the name of a sheet says of its months, unless that name says a person or a contract."""
    return year_in_name(table) if file.choices.get("names_say", "") in ("", "month") else None


def remembered(file: IncomingFile, titles: Sequence[str]) -> dict[str, str]:
    """Folded title → what this organisation said of it last time."""
    saved = SavedColumns.objects.filter(organisation=file.organisation_id, kind=file.kind).first()
    roles = saved.roles if saved else {}
    return roles | {folded(title): role for title in titles if (role := roles.get(sealed(title)))}


def sealed(title: str) -> str:
    """A title to recognise another time, that says nothing to who reads the row. « # » begins no folded title."""
    return "#" + salted_hmac("execution.column_title", folded(title), algorithm="sha256").hexdigest()[:24]


def said_by(file: IncomingFile, tables: Sequence[Table]) -> list[Said]:
    """Every line of these sheets of a file. Raises RefusedError for a sheet that cannot be read."""
    lines: list[Said] = []
    names_say = file.choices.get("names_say", "")
    month = date.fromisoformat(text) if (text := file.choices.get("month")) else None
    for table in tables:
        columns = columns_of(file, table)
        is_payroll = file.kind == IncomingKind.HOURS
        problem = columns.problem(is_payroll=is_payroll, told=frozenset({names_say} - {""}))
        when = month
        if not problem and names_say == "month":
            when = read_month(table.name, columns.year)
            problem = "" if when else _no_month(table.name)
        if problem:
            raise RefusedError(f"Feuille « {table.name} » : {problem}" if len(tables) > 1 else problem)
        told = {names_say: table.name} if names_say not in ("", "month") else {}
        sheet = table.name if len(tables) > 1 else ""
        lines += sayings(table, columns, month=when, told=told, sheet=sheet)
    return lines


def said_of_sheets(tables: Sequence[Table], lines: Sequence[Said]) -> dict[str, Any]:
    """What the account keeps of the sheets, without their names: hours read in each, in their order; lines of totals right and wrong."""
    compared = [one.outcome for one in lines if one.wrong and one.outcome != "refused"]
    made: dict[str, Any] = (
        {"totals": [compared.count("known"), compared.count("questioned")]} if compared else {}
    )
    if len(tables) > 1:
        hours = {table.name: Decimal() for table in tables}
        for one in lines:
            hours[one.sheet] += one.hours or 0
        made["sheet_hours"] = [str(one) for one in hours.values()]
    return made


def _no_month(name: str) -> str:
    if read_month(name, 2000):
        return "son nom ne dit pas l’année. Écrivez-la ci-dessous (« Année des mois écrits sans elle »), puis relisez."
    return f"son nom n’est pas un mois. Décochez cette feuille ci-dessous, ou dites que les noms ne disent pas « {LABELS['month']} »."
