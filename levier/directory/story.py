"""What changed on a published supplier, and when: the rows the database keeps, in French."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from levier.core.typography import NO_BREAK, day, figure
from levier.directory.models import Supplier, SupplierHistory
from levier.directory.ownership.wording import sector_label
from levier.directory.provenance import name_of_group, value_text

# A sheet is read for what the supplier does: the last changes are enough there.
MOST_SHOWN = 10
# Follow from another field that is shown, or say nothing to a reader.
_SILENT = {
    "departement_code", "region_code", "epci_code", "commune_id", "naf_nomenclature", "latitude", "longitude", "precision", "is_listed",
    "merged_into_id", "activity_origin", "first_seen",
}  # fmt: skip
_NAMES = {
    "qpv_code": "Quartier prioritaire",
    "is_frr": "France ruralités revitalisation",
    "siret": "SIRET",
    "siren": "SIREN",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its name; before and after in French, empty for what may name people or is too long to read."""

    field: str
    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """Every field that changed at one instant."""

    at: datetime
    changes: tuple[Change, ...]


def story_of(supplier_id: int, *, most: int = MOST_SHOWN) -> tuple[Moment, ...]:
    """The last changes of a supplier, the latest first. One SQL query."""
    rows = SupplierHistory.objects.filter(supplier_id=supplier_id)[:most]
    moments = (Moment(row.at, tuple(_change(*each) for each in sorted(row.changes.items()))) for row in rows)
    kept = (
        Moment(one.at, tuple(change for change in one.changes if change.field not in _SILENT))
        for one in moments
    )
    return tuple(one for one in kept if one.changes)


def _change(field: str, values: list[Any] | None) -> Change:
    label = _NAMES.get(field) or _column_name(field)
    if label:
        before, after = (_column_text(field, value) for value in values or ("", ""))
    else:
        label = name_of_group(field)
        before, after = (
            "" if value is None else value_text(field, value) for value in values or (None, None)
        )
    return Change(field, label, _short(before), _short(after))


def _column_name(field: str) -> str:
    try:
        return str(Supplier._meta.get_field(field).verbose_name).capitalize()
    except FieldDoesNotExist:
        return ""


def _column_text(field: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    if field == "sectors":
        return ", ".join(filter(None, map(sector_label, value)))
    choices = dict(Supplier._meta.get_field(field).flatchoices) if field != "qpv_code" else {}
    if value in (True, False):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        return figure(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(choices.get(value, _as_day(str(value))))


def _as_day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119].rstrip()}{NO_BREAK}…"
