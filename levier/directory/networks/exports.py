"""The members of a network as a table: the same values as its page, for a spreadsheet."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

import xlsxwriter

from levier.directory.exports import harmless
from levier.directory.networks.members import MemberLine
from levier.directory.ownership.wording import sector_label

COLUMNS = (
    "Nom", "Raison sociale", "Type", "SIRET", "Commune", "Département", "Activités", "Téléphone", "Courriel",
    "Membre depuis", "Origine", "Fiche tenue", "Confirmée le", "Complétude (%)", "Faits attestés", "À revérifier",
    "Invitée le", "Dans l’annuaire",
)  # fmt: skip


def rows(lines: Iterable[MemberLine]) -> Iterator[tuple[object, ...]]:
    """Each member under COLUMNS."""
    for line in lines:
        one, member = line.supplier, line.member
        yield (
            one.brand or one.name, one.name, one.get_kind_display(), one.siret or "", one.city,
            one.departement_code, ", ".join(filter(None, map(sector_label, one.sectors))), one.phone, one.email,
            member.since.isoformat(), str(member.get_source_display()), "oui" if line.is_claimed else "non",
            line.confirmed_on.isoformat() if line.confirmed_on else "", line.score.points, line.vouched,
            line.to_check, member.invited_at.date().isoformat() if member.invited_at else "",
            "oui" if one.is_listed else "non",
        )  # fmt: skip


def as_csv(lines: Iterable[MemberLine]) -> str:
    """UTF-8 with its mark and semicolons, as a French spreadsheet opens it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in row] for row in rows(lines))
    return "\ufeff" + out.getvalue()


def as_xlsx(lines: Iterable[MemberLine]) -> IO[bytes]:
    """An open temporary file. Texts are written as texts: nothing is read as a formula or a link."""
    handle = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book = xlsxwriter.Workbook(handle, {"constant_memory": True})
    sheet = book.add_worksheet("Membres")
    bold = book.add_format({"bold": True})
    for column, title in enumerate(COLUMNS):
        sheet.write_string(0, column, title, bold)
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(rows(lines), start=1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            elif value:
                sheet.write_string(number, column, str(value))
    book.close()
    handle.seek(0)
    return handle
