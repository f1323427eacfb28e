"""The follow-up of a need as CSV or XLSX: the same rows as the page."""

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.utils import timezone

from levier.directory.kinds import kind_of
from levier.purchasing.matching import is_established
from levier.purchasing.models import NeedRecipient, PublishedNeed
from levier.purchasing.purchase_exports import table

COLUMNS = (
    "Fournisseur", "Type", "SIRET", "Commune", "Département", "Distance (km)", "Établi dans le périmètre",
    "Téléphone", "Courriel", "Envoyé le", "Vu le", "Relancé le", "Réponse", "Répondu le", "Motif", "Précisions", "Personne à appeler",
    "Son téléphone", "Retenu",
)  # fmt: skip


def titles(need: PublishedNeed) -> list[str]:
    """The columns, then one for each question."""
    return [*COLUMNS, *(question["text"] for question in need.questions)]


def line(need: PublishedNeed, one: NeedRecipient) -> list[Any]:
    """One recipient."""
    supplier = one.supplier
    return [
        supplier.display_name,
        kind_of(supplier.kind).name,
        supplier.siret or "",
        supplier.commune.name if supplier.commune else supplier.city,
        supplier.departement_code,
        None if one.distance_km is None else round(one.distance_km, 1),
        "oui" if is_established(need, supplier) else "non",
        supplier.phone,
        supplier.email,
        _moment(one.sent_at),
        _moment(one.seen_at),
        _moment(one.reminded_at),
        one.get_answer_display(),
        _moment(one.answered_at),
        one.get_decline_reason_display() if one.decline_reason else "",
        one.comment,
        one.contact_name,
        one.contact_phone,
        "oui" if one.is_chosen else "",
        *(one.answers.get(str(number), "") for number in range(len(need.questions))),
    ]


def _moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def as_csv(need: PublishedNeed, rows: Iterable[NeedRecipient]) -> bytes:
    """One line a supplier."""
    return table(titles(need), (line(need, one) for one in rows))


def as_xlsx(need: PublishedNeed, rows: Iterable[NeedRecipient]) -> bytes:
    """Texts are written as texts: nothing is read as a formula or a link."""
    handle = io.BytesIO()
    book = xlsxwriter.Workbook(handle, {"in_memory": True})
    sheet = book.add_worksheet("Réponses")
    bold = book.add_format({"bold": True})
    for column, title in enumerate(titles(need)):
        sheet.write_string(0, column, title, bold)
    sheet.freeze_panes(1, 1)
    for number, one in enumerate(rows, start=1):
        for column, cell in enumerate(line(need, one)):
            if isinstance(cell, int | float):
                sheet.write_number(number, column, cell)
            elif cell:
                sheet.write_string(number, column, str(cell))
    book.close()
    return handle.getvalue()
