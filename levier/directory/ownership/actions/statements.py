"""What the owner says of its structure: one more source record, published at once by the merge of every source."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from levier.accounts.errors import RefusedError
from levier.core import audit
from levier.core.audit import Actor
from levier.directory.labels import LABEL_GROUP
from levier.directory.models import SheetContact, Source, SourceRecord, Supplier
from levier.directory.owner import OWNER
from levier.directory.sources.publishing import PUBLICATION_LOCK, Publisher
from levier.directory.sources.rows import AcceptedRow

# An import holds the same lock for up to a minute: a person is told to come back rather than left waiting.
LONGEST_WAIT_MS = 8_000
_BUSY = "L’annuaire est en cours de mise à jour : rien n’a été perdu, enregistrez de nouveau dans une minute."
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One person as typed on the owner's page."""

    name: str
    position: str = ""
    phone: str = ""
    email: str = ""
    is_public: bool = False


@transaction.atomic
def state_groups(
    *, by: Actor, supplier: Supplier, groups: Mapping[str, Any], without_labels: bool = False
) -> None:
    """Publish groups of values as the owner's word, the others as it said them before; stamps the day.

    An emptied value ("" or []) is a word too: it hides what the lists say. ``without_labels``: the labels given
    here replace those the owner gave before. Raises RefusedError while an import holds the directory.
    """
    before = _record_of(supplier)
    values = dict(before.values) if before else {}
    if without_labels:
        values = {name: value for name, value in values.items() if not name.startswith(LABEL_GROUP)}
    values |= groups
    _publish(supplier, before, values)
    audit.record(
        by=by,
        verb="directory.state_groups",
        object_type="supplier",
        object_key=supplier.key,
        details={"groups": sorted(groups)},
    )


@transaction.atomic
def state_contacts(*, by: Actor, supplier: Supplier, contacts: Sequence[ContactLine]) -> None:
    """Replace the people of a sheet; only those ticked are published. Raises RefusedError."""
    before = _record_of(supplier)
    SheetContact.objects.filter(supplier=supplier).delete()
    SheetContact.objects.bulk_create(
        SheetContact(
            supplier=supplier, name=one.name, position=one.position, phone=one.phone, email=one.email,
            is_public=one.is_public,
        )
        for one in contacts
    )  # fmt: skip
    public = [
        {"name": one.name, "position": one.position, "phone": one.phone, "email": one.email}
        for one in contacts
        if one.is_public
    ]
    _publish(supplier, before, (dict(before.values) if before else {}) | {"contacts": public})
    audit.record(
        by=by,
        verb="directory.state_contacts",
        object_type="supplier",
        object_key=supplier.key,
        details={"contacts": len(contacts), "public": len(public)},
    )


@transaction.atomic
def confirm_sheet(*, by: Actor, supplier: Supplier) -> None:
    """« Tout est toujours exact »: the owner's record is seen today. Raises RefusedError.

    Its values are unchanged, but for trades we deduced: it has read them, and they become its word.
    """
    before = _record_of(supplier)
    values = dict(before.values) if before else {}
    supplier.refresh_from_db(fields=["sectors", "activity_status"])
    if "activity" not in values and supplier.activity_status == Supplier.ActivityStatus.INFERRED:
        values["activity"] = {
            "sectors": list(supplier.sectors), "status": "stated", "origin": "confirmées par la structure",
            "confidence": 1,
        }  # fmt: skip
    _publish(supplier, before, values)
    audit.record(by=by, verb="directory.confirm_sheet", object_type="supplier", object_key=supplier.key)


def hold_directory() -> None:
    """Wait for the end of a publication, and keep the next ones waiting until the end of this transaction.

    Before any other lock, as in an import: any other order could stop an import half-way. Raises RefusedError.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {LONGEST_WAIT_MS}")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION_LOCK])
    except OperationalError as problem:
        if isinstance(problem.__cause__, LockNotAvailable):
            raise RefusedError(_BUSY) from None
        raise


def _record_of(supplier: Supplier) -> SourceRecord | None:
    """The owner's record, once the directory is held: two people who save two parts at once keep both."""
    hold_directory()
    return SourceRecord.objects.filter(supplier=supplier, source_id=OWNER.slug).order_by("-last_seen").first()


def _publish(supplier: Supplier, before: SourceRecord | None, values: dict[str, Any]) -> None:
    # A supplier whose SIRET changed keeps the record it had.
    publish_statements([owner_row(supplier, values, before.source_key if before else supplier.key)])


def owner_row(supplier: Supplier, values: Mapping[str, Any], source_key: str) -> AcceptedRow:
    """The owner's record of a supplier, as the merge of every source takes it."""
    text = _ENCODER.encode(values)
    return AcceptedRow(
        source_key=source_key,
        key=supplier.key,
        kind=supplier.kind,
        siren=supplier.siren,
        siret=supplier.siret,
        values=text,
        content_hash=hashlib.md5(f"{supplier.key}\n{text}".encode(), usedforsecurity=False).hexdigest(),
    )


def publish_statements(rows: Sequence[AcceptedRow]) -> None:
    """Publish what owners say, dated today; the directory is held by the caller (`hold_directory`)."""
    _ensure_source()
    publisher = Publisher(OWNER, timezone.localdate())
    publisher.take(list(enumerate(rows, start=1)))
    publisher.publish()


def _ensure_source() -> None:
    Source.objects.get_or_create(
        slug=OWNER.slug,
        defaults={
            "label": OWNER.label, "publisher": OWNER.publisher, "licence": OWNER.licence, "url": OWNER.url,
            "frequency": OWNER.frequency, "rank": OWNER.rank, "is_demo": OWNER.is_demo,
        },
    )  # fmt: skip
