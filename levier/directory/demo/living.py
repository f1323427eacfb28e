"""What fictitious suppliers say as time goes: free teams, sheets confirmed long ago or lately; and communes shown as FRR."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from levier.core import audit
from levier.core.audit import Actor
from levier.core.changes import record_changes
from levier.directory.demo.generator import managed_key
from levier.directory.kinds import kind_of
from levier.directory.models import Capacity, NetworkMember, SourceRecord, Supplier
from levier.directory.networks.facts import add_months
from levier.directory.owner import OWNER
from levier.directory.ownership.actions.statements import hold_directory, owner_row, publish_statements
from levier.directory.sources.publishing import TOPIC

# Communes under so many people are shown as FRR, until the official list is loaded (`levier import communes`).
_RURAL_PEOPLE = 15_000
_ONE_FREE_IN = 4
# Days since these sheets were confirmed: fresh, to ask again, faded.
_CONFIRMED_DAYS = (0, 3, 20, 75, 150, 240, 330, 430, 620)
_CONFIRMED = 36
_AREAS = (
    {"kind": "radius", "km": 30}, {"kind": "radius", "km": 60}, {"kind": "radius", "km": 100}, {"kind": "france"},
)  # fmt: skip


@transaction.atomic
def load_living(*, by: Actor) -> None:
    """Say it again where it faded; what somebody said by an account stays. The index is told."""
    today = timezone.localdate()
    suppliers = Supplier.objects.filter(is_demo=True).exclude(key=managed_key())
    changed = _say_rural(suppliers) + _say_free(suppliers, today)
    _confirm(suppliers, today, by)
    record_changes(TOPIC, sorted(set(changed)))


def _say_rural(suppliers: QuerySet[Supplier]) -> list[int]:
    rural = suppliers.filter(commune__is_frr=None, commune__population__lt=_RURAL_PEOPLE, is_frr=None)
    ids = list(rural.values_list("pk", flat=True))
    suppliers.filter(pk__in=ids).update(is_frr=True)
    return ids


def _say_free(suppliers: QuerySet[Supplier], today: date) -> list[int]:
    spoken = Capacity.objects.counted(today).values("supplier_id")
    silent = suppliers.exclude(pk__in=spoken).order_by("key").values_list("pk", "key", "sectors")
    rows = []
    for pk, key, sectors in silent:
        number = int(key[3:9])
        if number % _ONE_FREE_IN:
            continue
        rows += [
            Capacity(
                supplier_id=pk, sector=sectors[0] if sectors else "", month=_later(today, ahead),
                quantity=1 + number % 3, unit=Capacity.Unit.TEAMS, stated_on=today,
                expires_on=today + Capacity.LIFETIME,
            )
            for ahead in range(1 + number % 3)
        ]  # fmt: skip
    Capacity.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["supplier", "sector", "area", "month", "unit"],
        update_fields=["quantity", "stated_on", "expires_on"],
    )  # fmt: skip
    return [row.supplier_id for row in rows]


def _later(today: date, ahead: int) -> date:
    """The first day of the month so many months ahead."""
    return add_months(today.replace(day=1), ahead)


def _confirm(suppliers: QuerySet[Supplier], today: date, by: Actor) -> None:
    """The first sheets of the large places: what they do, how far they go, and when they last said so.

    Not the members of the demonstration network: nobody keeps their sheets yet, and it invites them to.
    """
    if SourceRecord.objects.filter(source_id=OWNER.slug, supplier__in=suppliers).exists():
        return
    members = NetworkMember.objects.values("supplier")
    large = suppliers.filter(departement_code__in=["44", "59", "75", "93"])
    chosen = list(large.exclude(pk__in=members).order_by("key")[:_CONFIRMED])
    hold_directory()
    publish_statements([owner_row(one, _lines(one, rank), one.key) for rank, one in enumerate(chosen)])
    for rank, one in enumerate(chosen):
        said_on = today - timedelta(days=_CONFIRMED_DAYS[rank % len(_CONFIRMED_DAYS)])
        SourceRecord.objects.filter(supplier=one, source_id=OWNER.slug).update(
            first_seen=said_on, last_seen=said_on
        )
    audit.record(by=by, verb="directory.load_demo_statements", details={"suppliers": len(chosen)})


def _lines(one: Supplier, rank: int) -> dict[str, Any]:
    area = _AREAS[rank % len(_AREAS)]
    ways = ["staffing"] if kind_of(one.kind).shelf == "people" else ["services", "joint"]
    return {"lines": [{"sector": slug, "ways": ways, "area": area} for slug in one.sectors]}
