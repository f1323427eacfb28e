"""Free teams: what the owner states for coming months, renewed by one tap, closed when it has faded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from levier.core import audit
from levier.core.audit import Actor
from levier.core.changes import record_changes
from levier.directory.models import Capacity, Supplier
from levier.directory.ownership.queries import latest_capacities
from levier.directory.ownership.wording import renewed_months
from levier.directory.sources.publishing import TOPIC


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """One statement as typed: the month is its first day; an empty sector stands for every trade."""

    month: date
    quantity: int
    unit: str
    sector: str = ""
    area: str = ""


@transaction.atomic
def state_capacities(*, by: Actor, supplier: Supplier, lines: Sequence[CapacityLine]) -> None:
    """Replace what is stated of this month and the next ones; past months stay. All of it is said today."""
    today = timezone.localdate()
    Supplier.objects.select_for_update().get(pk=supplier.pk)
    Capacity.objects.filter(supplier=supplier, month__gte=today.replace(day=1)).delete()
    for line in lines:
        _state(supplier, line, today)
    record_changes(TOPIC, [supplier.pk])
    audit.record(
        by=by, verb="directory.state_capacities", object_type="supplier", object_key=supplier.key,
        details={"lines": len(lines)},
    )  # fmt: skip


@transaction.atomic
def renew_capacities(*, by: Actor, supplier: Supplier, asked: date | None = None) -> int:
    """« Toujours 2 équipes »: what was said last is said again today, for this month and the next when its own ends before.

    Two months, so that it still counts on the first day of the next one, until it is asked again; and the month `asked`
    for (its first day), when a need begins later. Returns how many statements are in force.
    """
    today = timezone.localdate()
    this_month = today.replace(day=1)
    Supplier.objects.select_for_update().get(pk=supplier.pk)
    coming = Capacity.objects.filter(supplier=supplier, month__gte=this_month)
    renewed = coming.update(stated_on=today, expires_on=today + Capacity.LIFETIME)
    for one in latest_capacities(supplier):
        for month in renewed_months(today, asked):
            if one.month < month:
                _state(supplier, CapacityLine(month, one.quantity, one.unit, one.sector, one.area), today)
                renewed += 1
    record_changes(TOPIC, [supplier.pk])
    audit.record(
        by=by, verb="directory.renew_capacities", object_type="supplier", object_key=supplier.key,
        details={"lines": renewed},
    )  # fmt: skip
    return renewed


def _state(supplier: Supplier, line: CapacityLine, today: date) -> None:
    Capacity.objects.update_or_create(
        supplier=supplier,
        sector=line.sector,
        area=line.area,
        month=line.month,
        unit=line.unit,
        defaults={
            "quantity": line.quantity, "stated_on": today, "expires_on": today + Capacity.LIFETIME,
        },
    )  # fmt: skip
