"""What stops counting as days pass: free teams, labels and certificates that are over, sheets no longer confirmed. The index knows no date."""

from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from levier.core.changes import record_changes
from levier.directory.models import Capacity, SourceRecord
from levier.directory.networks.facts import add_months
from levier.directory.owner import OWNER
from levier.directory.ownership.freshness import FRESH_MONTHS, STALE_MONTHS
from levier.directory.sources.publishing import TOPIC

# A night or two without a worker is made up for.
_LOOKED_BACK = timedelta(days=7)
_LABELS_OVER = """
SELECT s.id FROM directory_supplier s
WHERE s.profile::text LIKE '%%"label:%%' AND EXISTS (
    SELECT 1 FROM jsonb_each(s.profile) one
    WHERE starts_with(one.key, 'label:') AND (one.value ->> 'until')::date BETWEEN %(first)s AND %(last)s)
OR s.profile ? 'certificates' AND EXISTS (
    SELECT 1 FROM jsonb_array_elements(s.profile -> 'certificates') one
    WHERE (one ->> 'until')::date BETWEEN %(first)s AND %(last)s)
"""


@transaction.atomic
def tell_what_faded() -> int:
    """Tell the index of what stopped counting in the last days. Returns how many suppliers.

    A page never shows it as current, whatever the index holds; replay is harmless.
    """
    today = timezone.localdate()
    ids = _capacities(today) | _labels(today) | _confirmations(today)
    record_changes(TOPIC, sorted(ids))
    return len(ids)


def _capacities(today: date) -> set[int]:
    faded = Capacity.objects.filter(expires_on__range=(today - _LOOKED_BACK, today - timedelta(days=1)))
    ids = set(faded.values_list("supplier_id", flat=True))
    if today.day <= 7:
        last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        ids |= set(Capacity.objects.filter(month=last_month).values_list("supplier_id", flat=True))
    return ids


def _labels(today: date) -> set[int]:
    with connection.cursor() as cursor:
        days = {"first": today - _LOOKED_BACK, "last": today - timedelta(days=1)}
        cursor.execute(_LABELS_OVER, days)
        return {supplier_id for (supplier_id,) in cursor.fetchall()}


def _confirmations(today: date) -> set[int]:
    ids: set[int] = set()
    for months in (FRESH_MONTHS, STALE_MONTHS):
        crossed = add_months(today, -months)
        records = SourceRecord.objects.filter(
            source_id=OWNER.slug, supplier__isnull=False, last_seen__range=(crossed - _LOOKED_BACK, crossed)
        )
        ids |= set(records.values_list("supplier_id", flat=True))
    return ids
