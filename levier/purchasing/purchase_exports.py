"""The list of purchases as CSV or XLSX: the same rows as the page."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from levier.directory.exports import harmless
from levier.purchasing.lot_facts import programme_label
from levier.purchasing.queries.purchases import PurchaseRow

COLUMNS = (
    "Objet", "Référence", "Acheteur", "État", "Depuis le", "Qui doit agir", "À faire", "Étudié par", "Lots",
    "Montant HT (€)", "Lancement", "Début d’exécution", "Lieu", "Procédure", "Programme",
)  # fmt: skip


def line(row: PurchaseRow) -> list[Any]:
    """One purchase."""
    one = row.purchase
    return [
        one.title,
        one.reference,
        one.organisation.name,
        one.get_state_display(),
        f"{one.state_since:%Y-%m-%d}",
        row.acting,
        row.step.text,
        one.facilitator.name if one.facilitator else "",
        row.lot_count,
        None if row.amount_ht is None else float(row.amount_ht),
        one.launch_on.isoformat() if one.launch_on else "",
        one.starts_on.isoformat() if one.starts_on else "",
        one.place_label,
        one.get_procedure_display() if one.procedure else "",
        programme_label(one),
    ]


def as_csv(rows: Iterable[PurchaseRow]) -> bytes:
    """One line a purchase."""
    return table(COLUMNS, map(line, rows))


def as_xlsx(rows: Iterable[PurchaseRow]) -> bytes:
    """Texts are written as texts: nothing is read as a formula or a link."""
    return workbook("Achats", COLUMNS, [line(row) for row in rows])


def table(columns: Iterable[str], lines: Iterable[Iterable[Any]], *, decimals: int | None = None) -> bytes:
    """CSV in UTF-8 with its mark and semicolons: opens by a double click in a French Excel.

    ``decimals`` of the figures; None: as many as each has.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([harmless(title) for title in columns])
    for cells in lines:
        writer.writerow([_typed(cell, decimals) for cell in cells])
    return ("\ufeff" + text.getvalue()).encode()


def _typed(cell: Any, decimals: int | None) -> Any:
    if isinstance(cell, float):
        return (str(cell) if decimals is None else f"{cell:.{decimals}f}").replace(".", ",")
    return harmless(cell)


def workbook(name: str, columns: Iterable[str], lines: Iterable[Iterable[Any]]) -> bytes:
    """One sheet with a bold first row."""
    handle = io.BytesIO()
    book = xlsxwriter.Workbook(handle, {"in_memory": True})
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    for column, title in enumerate(columns):
        sheet.write_string(0, column, title, bold)
        sheet.set_column(column, column, max(12, min(40, len(title) + 4)))
    sheet.freeze_panes(1, 1)
    for number, cells in enumerate(lines, start=1):
        for column, cell in enumerate(cells):
            if isinstance(cell, int | float):
                sheet.write_number(number, column, cell)
            elif cell:
                sheet.write_string(number, column, str(cell))
    book.close()
    return handle.getvalue()
