"""Receives the contracts won, whole, and deduces again the activities of the suppliers they concern."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from levier.core import audit
from levier.core.audit import Actor
from levier.core.changes import record_changes
from levier.directory.evidence.queries import won_by_siret
from levier.directory.inference import inferred_activity
from levier.directory.models import ActivityEvidence, SourceRecord
from levier.directory.owner import OWNER
from levier.directory.sources.publishing import PUBLICATION_LOCK, TOPIC, merge_again
from levier.reference.queries import naf_links

_BATCH = 5_000
# As the records are written: the next import then finds nothing changed.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Contracts of one sector won by one SIRET, the last one on that day."""

    siret: str
    sector: str
    contracts: int
    last_on: date


@transaction.atomic
def record_activity_evidence(*, evidence: Iterable[Evidence], by: Actor) -> int:
    """Replace all the evidence by this one. Returns how many suppliers changed; twice changes nothing."""
    with connection.cursor() as cursor:
        # Before any row, as an import does: both write the records.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION_LOCK])
    known = {
        (one.siret, one.sector): one for one in ActivityEvidence.objects.all().iterator(chunk_size=_BATCH)
    }
    changed: list[ActivityEvidence] = []
    sirets: set[str] = set()
    for one in evidence:
        before = known.pop((one.siret, one.sector), None)
        if before is None or (before.contracts, before.last_on) != (one.contracts, one.last_on):
            changed.append(
                ActivityEvidence(
                    siret=one.siret, sector=one.sector, contracts=one.contracts, last_on=one.last_on
                )
            )
            sirets.add(one.siret)
    sirets.update(siret for siret, _ in known)
    ActivityEvidence.objects.filter(pk__in=[one.pk for one in known.values()]).delete()
    ActivityEvidence.objects.bulk_create(
        changed, batch_size=_BATCH, update_conflicts=True, unique_fields=["siret", "sector"],
        update_fields=["contracts", "last_on"],
    )  # fmt: skip
    suppliers = 0
    ordered = sorted(sirets)
    for start in range(0, len(ordered), _BATCH):
        suppliers += _deduce_again(ordered[start : start + _BATCH])
    if sirets:
        audit.record(
            by=by, verb="directory.record_activity_evidence",
            details={"sirets": len(sirets), "suppliers": suppliers},
        )  # fmt: skip
    return suppliers


def _deduce_again(sirets: Sequence[str]) -> int:
    """The records of these SIRET that state no activity, deduced anew; those that change are published."""
    won, links = won_by_siret(sirets), naf_links()
    records = SourceRecord.objects.filter(supplier__siret__in=sirets).exclude(source_id=OWNER.slug)
    moved: list[SourceRecord] = []
    for record in records.select_related("supplier"):
        values = record.values
        activity = values.get("activity")
        # A list that only completes names nobody: it deduces nothing.
        if "name" not in values or (activity and activity["status"] != "inferred"):
            continue
        deduced = inferred_activity(values, record.kind, links, won.get(values.get("siret", ""), ()))
        if deduced == activity:
            continue
        record.values = {name: value for name, value in values.items() if name != "activity"}
        if deduced:
            record.values["activity"] = deduced
        assert record.supplier is not None
        key = record.stated_key or record.supplier.key
        text = f"{key}\n{_ENCODER.encode(record.values)}"
        record.content_hash = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        record.changed_on = timezone.localdate()
        moved.append(record)
    SourceRecord.objects.bulk_update(moved, ["values", "content_hash", "changed_on"], batch_size=500)
    ids = sorted({record.supplier_id for record in moved if record.supplier_id is not None})
    if ids:
        merge_again(ids, timezone.localdate())
        record_changes(TOPIC, ids)
    return len(ids)
