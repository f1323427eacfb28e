"""The list of contracts and the lines of one, as CSV or XLSX: the same values as the pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from levier.execution.models import Evidence
from levier.execution.queries.contracts import WholeContract
from levier.execution.queries.listing import (
    ContractRow,
)
from levier.purchasing.purchase_exports import table, workbook

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_CONTRACTS = (
    "Contrat", "Numéro", "Acheteur", "Titulaire", "Facilitateur", "Début", "Fin", "Département", "Heures dues",
    "Heures faites", "Heures restantes", "Semaines restantes", *(f"Heures {one.label.lower()}" for one in Evidence),
)  # fmt: skip
_LINES = (
    "Engagement", "Entreprise", "Écriture", "Date d’effet", "Nature", "Heures", "Origine", "Preuve", "Participant",
    "Motif", "Annule", "Annulée par",
)  # fmt: skip


def contracts_file(rows: Iterable[ContractRow], form: str) -> bytes:
    """One line a contract."""
    lines = [
        [
            row.contract.title, row.contract.reference, row.contract.buyer.name, row.contract.holder.name,
            row.contract.facilitator.name if row.contract.facilitator else "", row.contract.starts_on.isoformat(),
            row.contract.ends_on.isoformat(), row.contract.departement_code, float(row.due), float(row.done),
            float(row.left), row.pace.weeks, *(float(hours) for hours in row.evidence),
        ]
        for row in rows
    ]  # fmt: skip
    return columns_file("Contrats", _CONTRACTS, lines, form)


def lines_file(whole: WholeContract, form: str) -> bytes:
    """One line a posting, or a month when the reader sees totals alone."""
    lines = [
        [
            part.commitment.number, part.commitment.contractor.name, row.number, row.effective_on.isoformat(), row.kind,
            float(row.hours), row.origin, row.evidence, row.person, row.reason, row.reverses, row.reversed_by,
        ]
        for part in whole.parts
        for row in part.rows
    ]  # fmt: skip
    return columns_file("Écritures", _LINES, lines, form)


def columns_file(name: str, columns: Sequence[str], lines: Sequence[Sequence[Any]], form: str) -> bytes:
    """A table as a file of this form."""
    if form == "xlsx":
        return workbook(name, columns, lines)
    return table(columns, lines, decimals=2)
