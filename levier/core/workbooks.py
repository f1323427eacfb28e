"""Opens a workbook somebody sent, once its weight is known: the reader keeps a whole rectangle in memory, empty cells included.

Two cells written far apart make a file of one kilobyte that stops the process: what it unpacks to is measured first.
"""

import io
import re
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineWorkbook, load_workbook

MOST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 2_000
# Some 32 bytes each once read, over all the sheets.
MOST_CELLS = 6_000_000
_LEGACY = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.IGNORECASE)
_HOLDS_A_SHEET = (b"sheetData", b"table-row")


class HeavyWorkbookError(ValueError):
    """The workbook is not opened; the message is one French sentence that says why and what to do."""


def open_workbook(content: bytes) -> CalamineWorkbook:
    """The workbook of these bytes (XLSX, XLSM, ODS). Raises HeavyWorkbookError, and what the reader raises on anything else.

    The binary format of before 2007 (XLS) is refused: nothing tells how far its cells go before it is all in memory.
    """
    if content.startswith(_LEGACY):
        raise HeavyWorkbookError(
            "L’ancien format XLS ne se lit pas : ouvrez le classeur, « Enregistrer sous », choisissez XLSX, puis renvoyez-le."
        )
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            _check(archive)
    except (expat.ExpatError, RuntimeError, NotImplementedError, EOFError) as problem:
        raise BadZipFile(str(problem)) from problem
    return load_workbook(io.BytesIO(content))


def _check(archive: ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
        raise HeavyWorkbookError(
            "Ce classeur est trop lourd une fois ouvert : gardez la feuille utile, ou enregistrez-la en CSV."
        )
    if any(one.filename.lower().endswith("workbook.bin") for one in entries):
        raise HeavyWorkbookError("Le format XLSB ne se lit pas : enregistrez le classeur en XLSX.")
    cells = 0
    for one in entries:
        # A sheet may have any name inside: what it holds says what it is.
        part = archive.read(one)
        if not any(mark in part for mark in _HOLDS_A_SHEET):
            continue
        cells += _Extent().cells_of(part)
        if cells > MOST_CELLS:
            raise HeavyWorkbookError(
                "Une cellule est remplie très loin du tableau : supprimez les lignes et les colonnes qui le suivent, "
                "ou enregistrez la feuille utile en CSV."
            )


class _Extent:
    """How far the cells of a part of a workbook go: XLSX gives references, ODS repeats rows and cells."""

    def __init__(self) -> None:
        self.cells = self.row = self.column = self.height = self.width = 0

    def cells_of(self, part: bytes) -> int:
        """The cells of the rectangles this part fills, one a sheet."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.Parse(part, True)
        self._end_of_sheet()
        return self.cells

    def _end_of_sheet(self) -> None:
        self.cells += self.height * self.width
        self.row = self.column = self.height = self.width = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "c":
            self._move_to(attributes.get("r"))
        elif kind == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        elif kind == "table":
            self._end_of_sheet()
        elif kind == "table-row":
            self.row, self.column = self.row + int(attributes.get("table:number-rows-repeated", 1)), 0
        elif kind in ("table-cell", "covered-table-cell"):
            self.column += int(attributes.get("table:number-columns-repeated", 1))
            if "office:value-type" in attributes or "table:formula" in attributes:
                self._fill()
        elif kind in ("v", "is", "f", "p"):
            # An empty cell that has only a style takes no room.
            self._fill()

    def _move_to(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            return
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise BadZipFile(f"not a cell: {reference[:20]}")
        self.column = 0
        for letter in found[1].upper():
            self.column = self.column * 26 + ord(letter) - 64
        self.row = int(found[2])

    def _fill(self) -> None:
        self.height, self.width = max(self.height, self.row), max(self.width, self.column)
