"""What changed on a published supplier, and when: the rows the database keeps, in French."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field

from levier.core.typography import NO_BREAK, day, figure
from levier.directory.models import Supplier, SupplierHistory
from levier.directory.named_addresses import hidden
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


def for_everybody(story: Sequence[Moment]) -> tuple[Moment, ...]:
    """The same changes without the address of a person."""
    return tuple(
        Moment(
            one.at,
            tuple(
                replace(change, before=hidden(change.before), after=hidden(change.after))
                if change.field == "email"
                else change
                for change in one.changes
            ),
        )
        for one in story
    )


def _change(field: str, values: list[Any] | None) -> Change:
    before, after = values or (None, None)
    column = _column(field)
    if column is not None:
        label = _NAMES.get(field) or str(column.verbose_name).capitalize()
        return Change(field, label, *(_short(_column_text(column, value)) for value in (before, after)))
    said = ("" if value is None else value_text(field, value) for value in (before, after))
    return Change(field, name_of_group(field), *map(_short, said))


def _column(name: str) -> "Field[Any, Any] | None":
    try:
        found = Supplier._meta.get_field(name.removesuffix("_id"))
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


def _column_text(column: "Field[Any, Any]", value: Any) -> str:
    if column.name == "qpv_code" and value == "":
        return "hors des quartiers prioritaires"
    if value is None or value == "" or value == []:
        return ""
    if column.name == "sectors":
        return ", ".join(filter(None, map(sector_label, value)))
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        return figure(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(column.flatchoices).get(value, _as_day(str(value))))


def _as_day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119].rstrip()}{NO_BREAK}…"
