"""Opens the file by its content: JSON of published contracts, workbook, or text with separators."""

import csv
import io
import json
from pathlib import PurePath
from zipfile import BadZipFile

from python_calamine import CalamineError

from levier.core.workbooks import HeavyWorkbookError, open_workbook
from levier.purchasing.consultation.decp import read_contracts
from levier.purchasing.consultation.draft import ConsultationDraft, UnreadableConsultationError
from levier.purchasing.consultation.table import Cell, read_table

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_consultation(content: bytes, name: str) -> ConsultationDraft:
    """The consultation of a file; nothing is stored. Raises UnreadableConsultationError."""
    shown = PurePath(name).name[:80] or "fichier"
    if len(content) > MOST_BYTES:
        raise UnreadableConsultationError(f"« {shown} » dépasse 5 Mo : gardez une ligne par lot.")
    start = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise UnreadableConsultationError(f"« {shown} » est vide.")
    if content.startswith(_WORKBOOKS):
        return read_table(_workbook(content, shown), shown)
    if start[:1] in b"{[":
        return read_contracts(_json(content, shown), shown)
    if start.startswith((b"<", b"%PDF")) or b"\x00" in content:
        raise UnreadableConsultationError(
            f"« {shown} » n’est ni un tableau (XLSX, ODS, CSV), ni un JSON : enregistrez-le dans l’un de ces formats."
        )
    return read_table(_text_rows(_decoded(content)), shown)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _json(content: bytes, name: str) -> object:
    try:
        return json.loads(_decoded(content))
    except json.JSONDecodeError as problem:
        raise UnreadableConsultationError(
            f"« {name} » n’est pas un JSON correct : ligne {problem.lineno}, colonne {problem.colno}."
        ) from problem
    except RecursionError as problem:
        raise UnreadableConsultationError(f"« {name} » est trop imbriqué pour une consultation.") from problem


def _workbook(content: bytes, name: str) -> list[list[Cell]]:
    """The first sheet that holds something."""
    try:
        book = open_workbook(content)
        for sheet_name in book.sheet_names:
            sheet = book.get_sheet_by_name(sheet_name)
            rows = [list(row) for _, row in zip(range(MOST_ROWS + 1), sheet.iter_rows(), strict=False)]
            if any(str(cell).strip() for row in rows for cell in row):
                return _checked(rows, name)
    except HeavyWorkbookError as problem:
        raise UnreadableConsultationError(str(problem)) from problem
    except (CalamineError, BadZipFile, IndexError, OSError, ValueError) as problem:
        raise UnreadableConsultationError(
            f"« {name} » ne s’ouvre pas : enregistrez-le de nouveau en XLSX ou en CSV."
        ) from problem
    raise UnreadableConsultationError(f"« {name} » n’a que des feuilles vides.")


def _text_rows(text: str) -> list[list[Cell]]:
    """The separator is the one of the line that has most of them, among the first ones."""
    sample = text.splitlines()[:20]
    separator = max(";\t,|", key=lambda mark: max((line.count(mark) for line in sample), default=0))
    try:
        rows: list[list[Cell]] = [list(row) for row in csv.reader(io.StringIO(text), delimiter=separator)]
    except csv.Error as problem:
        raise UnreadableConsultationError(
            "Ce texte n’est pas un tableau : donnez un CSV ou un XLSX."
        ) from problem
    return _checked(rows, "tableau")


def _checked(rows: list[list[Cell]], name: str) -> list[list[Cell]]:
    if len(rows) > MOST_ROWS:
        raise UnreadableConsultationError(
            f"« {name} » a plus de {MOST_ROWS} lignes : gardez une ligne par lot."
        )
    return rows
