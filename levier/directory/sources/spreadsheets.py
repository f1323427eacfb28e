"""Owns a workbook as a table: which sheet is read, where its titles stand, which row each line was."""

import csv
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from levier.core.workbooks import HeavyWorkbookError, open_workbook
from levier.directory.sources.errors import UnreadableFileError

ENDINGS = {".xlsx", ".xls", ".ods", ".xlsm"}
# How well titles fit what is looked for; 0: nothing of it.
Fit = Callable[[Sequence[str]], float]
# Titles stand among the first rows: a heading, a date, a logo and its lines may be above them.
_FIRST_ROWS = 30
_MOSTLY_FILLED = 0.6


@dataclass(frozen=True)
class SheetTable:
    """One sheet: its titles, the rows under them, and the number each row has in the spreadsheet."""

    name: str
    titles: list[str]
    rows: list[list[Any]]
    numbers: list[int]
    fit: float


def sheets_of(path: Path, fit: Fit) -> list[SheetTable]:
    """The visible sheets that hold something, in their order. Raises UnreadableFileError, one French sentence."""
    try:
        book = open_workbook(path.read_bytes())
        tables = [_table(book, sheet.name, fit) for sheet in book.sheets_metadata if _is_shown(sheet)]
    except HeavyWorkbookError as problem:
        raise UnreadableFileError(f"« {path.name} » : {problem}") from None
    except (CalamineError, BadZipFile, OSError, IndexError):
        raise UnreadableFileError(
            f"Le classeur « {path.name} » ne s’ouvre pas : enregistrez-le en CSV."
        ) from None
    return [table for table in tables if table.titles]


def chosen(sheets: Sequence[SheetTable], name: str = "") -> SheetTable | None:
    """The sheet of that name, else the one whose titles fit best, the first of equals; None without any."""
    named = next((sheet for sheet in sheets if name and sheet.name == name), None)
    return named or max(sheets, key=lambda sheet: sheet.fit, default=None)


def workbook_to_csv(path: Path, work: Path, fit: Fit, sheet: str = "") -> Path:
    """The chosen sheet as a CSV in ``work``, empty rows left out. Raises UnreadableFileError."""
    table = chosen(sheets_of(path, fit), sheet)
    if table is None:
        raise UnreadableFileError(
            f"Le classeur « {path.name} » est vide : vérifiez que c’est le bon fichier."
        )
    copy = work / f"{path.stem}.csv"
    with copy.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(table.titles)
        writer.writerows(table.rows)
    _numbers_path(copy).write_text("\n".join(map(str, table.numbers)), encoding="utf-8")
    return copy


def below_heading(table: Path, work: Path, fit: Fit) -> Path:
    """A CSV whose titles fit better further down, from there on: a workbook saved as text keeps its heading.

    Itself when its first line holds the titles, or when no line does.
    """
    with table.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(islice(stream, _FIRST_ROWS))
    mark = max(";,\t|", key=lambda each: max((line.count(each) for line in lines), default=0))
    rows: list[list[Any]] = [list(row) for row in csv.reader(lines, delimiter=mark)]
    width = max(map(len, rows), default=0)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    titles, first, found = _titled(padded, fit)
    if first < 2 or not found or found <= fit(_distinct(padded[0], padded[0])):
        return table
    copy = work / f"{table.name}.titres.csv"
    with (
        table.open(encoding="utf-8-sig", newline="") as stream,
        copy.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out)
        writer.writerow(titles)
        numbers = []
        for number, row in enumerate(csv.reader(stream, delimiter=mark), start=1):
            if number > first and any(cell.strip() for cell in row):
                writer.writerow([*row, *[""] * (width - len(row))])
                numbers.append(number)
    _numbers_path(copy).write_text("\n".join(map(str, numbers)), encoding="utf-8")
    return copy


def row_numbers(table: Path) -> Path | None:
    """Beside a table made of a spreadsheet: a file of one number a line, that of each row there."""
    path = _numbers_path(table)
    return path if path.is_file() else None


def keep_row_numbers(table: Path, copy: Path) -> None:
    """A copy that has the same rows takes their numbers."""
    if (numbers := row_numbers(table)) is not None:
        shutil.copyfile(numbers, _numbers_path(copy))


def _numbers_path(table: Path) -> Path:
    return table.with_name(f"{table.name}.lignes")


def _is_shown(sheet: SheetMetadata) -> bool:
    return bool(sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet)


def _table(book: CalamineWorkbook, name: str, fit: Fit) -> SheetTable:
    sheet = book.get_sheet_by_name(name)
    rows = [[_cell(value) for value in row] for row in sheet.to_python()]
    above = sheet.start[0] if sheet.start else 0
    titles, first, found = _titled(rows, fit)
    numbered = [
        (number, row)
        for number, row in enumerate(rows[first:], start=above + first + 1)
        if any(cell != "" for cell in row)
    ]
    return SheetTable(name, titles, [row for _, row in numbered], [number for number, _ in numbered], found)


def _cell(value: Any) -> Any:
    # A spreadsheet keeps a SIRET as a number: 80746931700018.0 is the same one.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _titled(rows: list[list[Any]], fit: Fit) -> tuple[list[str], int, float]:
    """The titles, the index of the first row under them, and how well they fit.

    Titles may stand on two rows, the first one merged over several columns (« Contact » above « Tél. » and
    « Courriel »): both are tried. When nothing fits, the first row that is as wide as the table is taken for them.
    """
    best: tuple[float, list[str], int] = (0.0, [], 0)
    for at, row in enumerate(rows[:_FIRST_ROWS]):
        if _filled(row) < 2:
            continue
        for titles, first in ((_distinct(row, row), at + 1), (_joined(rows, at), at + 2)):
            if titles and (found := fit(titles)) > best[0]:
                best = (found, titles, first)
    if best[1]:
        return best[1], best[2], best[0]
    widest = max(map(_filled, rows[:_FIRST_ROWS]), default=0)
    for at, row in enumerate(rows[:_FIRST_ROWS]):
        if _filled(row) >= max(1, _MOSTLY_FILLED * widest):
            return _distinct(row, row), at + 1, 0.0
    return [], 0, 0.0


def _filled(row: list[Any]) -> int:
    return sum(cell != "" for cell in row)


def _joined(rows: list[list[Any]], at: int) -> list[str]:
    """Titles of two rows: the lower one where it says something, the upper one where it is merged down."""
    if at + 1 >= len(rows):
        return []
    upper, lower = rows[at], rows[at + 1]
    groups, group = [], ""
    for cell in upper:
        group = cell if cell != "" else group
        groups.append(group)
    return _distinct([low if low != "" else up for up, low in zip(upper, lower, strict=True)], groups)


def _distinct(row: list[Any], groups: list[Any]) -> list[str]:
    """Each title on one line, and once: « Tél. » under « Siège » then under « Site » is « Tél. » then « Site : Tél. »."""
    titles: list[str] = []
    for cell, group in zip(row, groups, strict=True):
        base = " ".join(str(cell).split())
        if base in titles and group not in ("", cell):
            base = f"{' '.join(str(group).split())} : {base}"
        title, number = base, 2
        while title and title in titles:
            title, number = f"{base} ({number})", number + 1
        titles.append(title)
    return titles
