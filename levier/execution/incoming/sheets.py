"""Reads a table somebody sends (CSV, XLSX, ODS) and strips what looks like a social security number before anybody keeps it.

Pure: bytes in, a frozen table of texts out. Days are read as 2026-03-31, figures with a point.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from pathlib import PurePath
from typing import Any
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineSheet

from levier.core.person_numbers import holds_number_of_a_person, is_number_of_a_person
from levier.core.workbooks import HeavyWorkbookError, open_workbook
from levier.execution.errors import RefusedError

LARGEST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 120
MOST_SPANS = 20_000
# A sheet a person, in a large structure.
MOST_SHEETS = 60
_SPREADSHEETS = {".xlsx", ".xls", ".ods", ".xlsm"}
_LONGEST_CELL = 200
_TITLES_OF_NUMBERS = re.compile(
    r"\b(nir|nirpp|secu|securite sociale|n ss|num ss|no ss|numero ss|insee salarie|immatriculation ss)\b"
)

_A_YEAR = re.compile(r"(?:19|20)\d\d")
_NO_DAY = date(1899, 12, 31)
_FIRST_REAL_DAY = date(1900, 2, 1)
_NEITHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its titles, and its rows with their number as a spreadsheet shows it. `stripped`: titles of the columns emptied.

    `blanked`: cells emptied elsewhere, since they held such a number. `above`: what stands over the titles as « Marché : 2024-07 », label
    and value. `spans`: cells merged downwards, as (first row, last row, place).
    """

    name: str
    titles: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    stripped: tuple[str, ...] = ()
    blanked: int = 0
    above: tuple[tuple[str, str], ...] = ()
    spans: tuple[tuple[int, int, int], ...] = ()

    def carried(self, places: Collection[int]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The rows, a merged cell of these places standing on each row it covers: a file keeps it on the first alone."""
        starts = {(first, place): last for first, last, place in self.spans if place in places}
        going: dict[int, tuple[int, str]] = {}
        for number, cells in self.rows:
            out = list(cells)
            for place in places if starts else ():
                if (last := starts.get((number, place))) is not None:
                    going[place] = (last, cells[place])
                elif place in going and number <= going[place][0]:
                    out[place] = cells[place] or going[place][1]
            yield number, tuple(out)


def folded(text: object) -> str:
    """Small letters and digits alone, without accents: « N° de marché » as « n de marche »."""
    plain = str(text).casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(one for one in apart if not unicodedata.combining(one))
    return _NEITHER.sub(" ", plain).strip()


def read_tables(
    content: bytes, name: str, *, weight: Callable[[Sequence[str]], int] = len
) -> tuple[Table, ...]:
    """The sheets of a file that hold at least a title and a row. Raises RefusedError, one French sentence.

    `weight` of a line says how much it looks like titles: the heaviest of the first twenty is taken for them.
    """
    if not content:
        raise RefusedError(f"« {name} » est vide : enregistrez le fichier, puis renvoyez-le.")
    if len(content) > LARGEST_BYTES:
        raise RefusedError(
            f"« {name} » dépasse {LARGEST_BYTES // 1024**2} Mo : gardez les colonnes utiles seulement."
        )
    found = tuple(
        replace(made, spans=spans)
        for title, rows, spans in _sheets(content, name)
        if (made := _table(title, rows, weight)) is not None
    )  # fmt: skip
    if not found:
        raise RefusedError(f"« {name} » n’a aucune ligne sous ses titres.")
    return found


def _spans(sheet: CalamineSheet) -> tuple[tuple[int, int, int], ...]:
    """The cells merged over several rows, numbered as a spreadsheet numbers rows."""
    found = sheet.merged_cell_ranges or ()
    return tuple(
        (top + 1, bottom + 1, left)
        for (top, left), (bottom, _) in found
        if bottom > top and left < MOST_COLUMNS
    )[:MOST_SPANS]


def _sheets(
    content: bytes, name: str
) -> Iterable[tuple[str, Iterable[Sequence[Any]], tuple[tuple[int, int, int], ...]]]:
    if PurePath(name).suffix.lower() in _SPREADSHEETS or content.startswith(b"PK\x03\x04"):
        try:
            book = open_workbook(content)
            if len(book.sheet_names) > MOST_SHEETS:
                raise RefusedError(
                    f"« {name} » a plus de {MOST_SHEETS} feuilles : gardez celles à lire, ou faites-en deux classeurs."
                )
            opened = [
                (rank, one, book.get_sheet_by_name(one)) for rank, one in enumerate(book.sheet_names, start=1)
            ]
            return [(_safe_name(one, rank), sheet.iter_rows(), _spans(sheet)) for rank, one, sheet in opened]
        except RefusedError:
            raise
        except HeavyWorkbookError as problem:
            raise RefusedError(str(problem)) from problem
        except (CalamineError, BadZipFile, OSError, ValueError) as problem:
            raise RefusedError(
                f"« {name} » ne s’ouvre pas : enregistrez-le de nouveau en XLSX, ou en CSV."
            ) from problem
    if b"\x00" in content:
        raise RefusedError(f"« {name} » n’est pas un tableau : donnez un CSV, un XLSX ou un ODS.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text[:4000]
    delimiter = max(";,\t|", key=first.count)
    return [(PurePath(name).stem[:60], csv.reader(io.StringIO(text), delimiter=delimiter), ())]


def _table(name: str, rows: Iterable[Sequence[Any]], weight: Callable[[Sequence[str]], int]) -> Table | None:
    lines: list[tuple[int, tuple[str, ...]]] = []
    try:
        for number, cells in enumerate(rows, start=1):
            texts = tuple(_text(cell) for cell in cells[:MOST_COLUMNS])
            if any(texts):
                lines.append((number, texts))
            if len(lines) > MOST_ROWS:
                raise RefusedError(
                    f"Plus de {MOST_ROWS} lignes : découpez le fichier, par année ou par contrat."
                )
    except (csv.Error, CalamineError) as problem:
        raise RefusedError(
            "Ce tableau ne se lit pas jusqu’au bout : enregistrez-le de nouveau en XLSX."
        ) from problem
    if len(lines) < 2:
        return None
    top, said = _titles_of(lines, weight)
    titles = tuple(title or f"colonne {place}" for place, title in enumerate(said, start=1))
    made = stripped(name, titles, lines[top + 1 :])
    return replace(made, above=tuple(_pairs(cells for _, cells in lines[:top])))


def _titles_of(
    lines: Sequence[tuple[int, tuple[str, ...]]], weight: Callable[[Sequence[str]], int]
) -> tuple[int, tuple[str, ...]]:
    """The rank of the line of titles, and what it says: the heaviest; on equal terms the first one, and one line rather than two.

    A line half as wide as the table is a heading: « Période du 01/11 au 30/11 », not titles.
    """
    most = min(20, len(lines) - 1)
    widest = max(sum(map(bool, cells)) for _, cells in lines[: most + 1])
    found = [(weight(cells), -rank, rank, cells) for rank, (_, cells) in enumerate(lines[:most])]
    for rank in range(most - 1):
        if lines[rank + 1][0] == lines[rank][0] + 1:
            both = _joined(lines[rank][1], lines[rank + 1][1])
            found.append((weight(both), -most - rank, rank + 1, both))
    wide = [one for one in found if 2 * sum(map(bool, one[3])) > widest]
    *_, top, said = max(wide or found)
    return top, said


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Titles on two lines: a merged cell stands over several; a year over months is theirs."""
    found, over = [], ""
    for up, low in zip_longest(upper, lower, fillvalue=""):
        over = up or over
        found.append(f"{low} {over}" if low and _A_YEAR.fullmatch(over) else low or up)
    return tuple(found)


def _pairs(lines: Iterable[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """« Marché : » and the next cell, or « Marché : 2024-07 » in one; without any number of a person."""
    for cells in lines:
        filled = [cell for cell in cells if cell]
        for place, cell in enumerate(filled):
            label, colon, value = cell.partition(":")
            said = value.strip() or (filled[place + 1] if place + 1 < len(filled) else "")
            if colon and said and not holds_number_of_a_person(said):
                yield label.strip(), said


def _text(cell: Any) -> str:
    lasting = _lasting(cell)
    if lasting is not None:
        cell = lasting.total_seconds() / 3600
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else f"{cell:.6f}".rstrip("0")
    return " ".join(str(cell).split())[:_LONGEST_CELL] if cell is not None else ""


def _lasting(cell: Any) -> timedelta | None:
    """How long a cell says something lasted, when it is shown as « 12:30 » or « 151:40 »; None for anything else.

    A spreadsheet counts such hours as a part of a day: past 24 h, the reader takes them for a day of January 1900.
    """
    if isinstance(cell, timedelta):
        return cell
    if isinstance(cell, time):
        return timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    day = cell.date() if isinstance(cell, datetime) else cell
    if isinstance(day, date) and day < _FIRST_REAL_DAY:
        hour = cell.time() if isinstance(cell, datetime) else time()
        return day - _NO_DAY + timedelta(hours=hour.hour, minutes=hour.minute, seconds=hour.second)
    return None


def stripped(name: str, titles: Sequence[str], rows: Sequence[tuple[int, tuple[str, ...]]]) -> Table:
    """The table without any number of 13 or 15 digits: whole columns of them go, and each one found elsewhere."""
    width = len(titles)
    bad = {place for place, title in enumerate(titles) if _TITLES_OF_NUMBERS.search(folded(title))}
    counts, filled = [0] * width, [0] * width
    for _, cells in rows:
        for place, cell in enumerate(cells[:width]):
            if cell:
                filled[place] += 1
                counts[place] += is_number_of_a_person(cell)
    bad |= {place for place in range(width) if counts[place] and counts[place] * 2 >= filled[place]}
    blanked = 0
    kept = []
    for number, cells in rows:
        out = [*cells[:width], *([""] * (width - len(cells)))]
        for place in range(width):
            if place in bad:
                out[place] = ""
            elif len(out[place]) >= 13 and holds_number_of_a_person(out[place]):
                out[place], blanked = "", blanked + 1
        kept.append((number, tuple(out)))
    safe = tuple(
        title if not holds_number_of_a_person(title) else f"colonne {place + 1}"
        for place, title in enumerate(titles)
    )
    return Table(name, safe, tuple(kept), tuple(safe[place] for place in sorted(bad)), blanked)


def _safe_name(name: str, rank: int) -> str:
    """The name of a sheet, unless it holds the number of a person."""
    return f"feuille {rank}" if holds_number_of_a_person(name) else name
