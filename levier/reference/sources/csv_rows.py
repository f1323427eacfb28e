"""Reads an official CSV line by line, keeping every refused line with its reason."""

import csv
import hashlib
import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from python_calamine import CalamineError, load_workbook

Row = TypeVar("Row")


class UnreadableFileError(ValueError):
    """The file as a whole cannot be used; the message is a French sentence for the person who gave it."""


class RefusedLineError(ValueError):
    """One line cannot be used; the message says which column and why, in French."""


@dataclass(frozen=True)
class Rejection:
    """A line left out: its number in the file (the header is line 1) and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class ReadFile(Generic[Row]):
    """What a file gave: read = len(rows) + len(rejections)."""

    rows: tuple[Row, ...]
    rejections: tuple[Rejection, ...]
    checksum: str

    @property
    def read(self) -> int:
        return len(self.rows) + len(self.rejections)


def read_csv(
    path: Path,
    parse: Callable[[Mapping[str, str]], Row],
    *,
    key: Callable[[Row], str],
    required: Collection[str],
) -> ReadFile[Row]:
    """Rows of a CSV (comma or semicolon, UTF-8), each parsed by `parse`, which raises RefusedLineError.

    A key met twice is refused the second time. Header names are compared in lower case.
    """
    content = _content(path)
    text = (
        content.decode("utf-8-sig", errors="strict")
        if _is_utf8(content)
        else content.decode("cp1252", "replace")
    )
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",")
    columns = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in required if name not in columns]
    if missing:
        raise UnreadableFileError(
            f"{path.name} : colonne « {missing[0]} » introuvable. Colonnes lues : {', '.join(columns)[:200]}."
        )
    rows: list[Row] = []
    rejections: list[Rejection] = []
    first_line: dict[str, int] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        line = reader.line_num
        try:
            row = parse(dict(zip(columns, (cell.strip() for cell in cells), strict=False)))
            if key(row) in first_line:
                raise RefusedLineError(f"{key(row)} déjà donné à la ligne {first_line[key(row)]}")
        except RefusedLineError as refusal:
            rejections.append(Rejection(line, str(refusal)))
            continue
        first_line[key(row)] = line
        rows.append(row)
    if not rows and not rejections:
        raise UnreadableFileError(f"{path.name} : aucune ligne sous les titres de colonnes.")
    return ReadFile(tuple(rows), tuple(rejections), hashlib.sha256(content).hexdigest())


def columns_of(path: Path) -> list[str]:
    """The titles of a CSV's columns, in lower case. Raises UnreadableFileError."""
    content = _content(path)
    text = content.decode("utf-8-sig") if _is_utf8(content) else content.decode("cp1252", "replace")
    header = text.split("\n", 1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    return [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]


def _content(path: Path) -> bytes:
    try:
        if path.suffix.lower() in {".xlsx", ".xls", ".ods"}:
            return _from_workbook(path)
        return path.read_bytes()
    except CalamineError as error:
        raise UnreadableFileError(
            f"{path.name} : le classeur ne s’ouvre pas, enregistrez-le en CSV."
        ) from error
    except OSError as error:
        raise UnreadableFileError(f"{path} : fichier illisible ({error.strerror}).") from error


def _from_workbook(path: Path) -> bytes:
    """The first sheet as a CSV; codes that the workbook keeps as numbers lose their « .0 »."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    for row in load_workbook(str(path)).get_sheet_by_index(0).to_python():
        writer.writerow(
            [int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in row]
        )
    return text.getvalue().encode()


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
