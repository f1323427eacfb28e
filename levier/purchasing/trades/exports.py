"""A consultation of trades as a file of the purchase: who was asked, who answered, what was said."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from levier.purchasing.models import TradeConsultation
from levier.purchasing.purchase_exports import table, workbook
from levier.purchasing.trades import record
from levier.purchasing.trades.queries import PartyLine

COLUMNS = (
    "Participant", "Nature", "Sollicité", "Ajouté le", "A répondu", "Répondu le", "Faisabilité", "Heures", "Profils",
    "Réserves", "Remarques",
)  # fmt: skip
NOTE = "Note à l’acheteur seul"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _cells(line: PartyLine, *, with_notes: bool) -> list[Any]:
    party, answer = line.party, line.answer
    asked = "refuse d’être sollicité" if party.is_refusing else "oui" if party.was_asked else "page publique"
    found: list[Any] = [
        party.name, party.get_kind_display(), asked, f"{party.added_at:%Y-%m-%d}", "oui" if line.has_answered else "non",
    ]  # fmt: skip
    if answer is None:
        found += [""] * 6
    else:
        found += [
            f"{answer.answered_at:%Y-%m-%d}", answer.get_feasible_display(),
            None if answer.hours is None else float(answer.hours), answer.profiles, answer.reservations, answer.text,
        ]  # fmt: skip
    return [*found, answer.confidential_note if answer else ""] if with_notes else found


def _columns(with_notes: bool) -> tuple[str, ...]:
    return (*COLUMNS, NOTE) if with_notes else COLUMNS


def as_csv(one: TradeConsultation, lines: Iterable[PartyLine], *, with_notes: bool) -> bytes:
    """One line a participant."""
    return table(_columns(with_notes), (_cells(line, with_notes=with_notes) for line in lines))


def as_xlsx(one: TradeConsultation, lines: Iterable[PartyLine], *, with_notes: bool) -> bytes:
    """One sheet; texts are written as texts."""
    return workbook("Métiers", _columns(with_notes), [_cells(line, with_notes=with_notes) for line in lines])


def as_json(one: TradeConsultation, lines: Iterable[PartyLine], *, with_notes: bool) -> bytes:
    """What was shared, then the participants."""
    rows = [
        dict(zip(_columns(with_notes), _cells(line, with_notes=with_notes), strict=True)) for line in lines
    ]
    value = {
        "objet": one.title, "partagé": one.shared, "message": one.message, "délai": one.deadline.isoformat(),
        "publiée le": one.published_at.isoformat() if one.published_at else None, "participants": rows,
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


FORMATS: dict[str, tuple[Callable[..., bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, XLSX),
    "json": (as_json, "application/json"),
    "docx": (record.as_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (record.as_pdf, "application/pdf"),
}
