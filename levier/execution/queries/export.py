"""The ledger as a file: heads, then every line in the order of its chain; participants by their UUID, nobody named."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

from django.db import connection, transaction
from django.utils import timezone

from levier.execution.models import LedgerHead
from levier.rulebook.ledger import Head, Line, opening_rows, written

_CHUNK = 5_000
_POSTINGS = """
    SELECT p.commitment_id, p.number, p.kind, p.account,
           CASE WHEN p.person_month_id IS NOT NULL
                THEN 'person_month:' || w.participant_id || '/' || to_char(w.month, 'YYYY-MM') || '/' || w.employer_id
                WHEN p.contract_id IS NOT NULL THEN 'contract:' || p.contract_id
                WHEN p.purchase_order_id IS NOT NULL THEN 'order:' || p.purchase_order_id
                ELSE 'amendment:' || p.amendment_id END,
           p.hours, p.effective_on, p.written_at, p.evidence, p.reason, r.number, p.hash
    FROM execution_ledgerposting p
    LEFT JOIN execution_personmonth w ON w.id = p.person_month_id
    LEFT JOIN execution_ledgerposting r ON r.id = p.reverses_id
    ORDER BY p.commitment_id, p.number
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and the fingerprint to keep elsewhere: it shows a file changed from end to end."""

    commitments: int
    postings: int
    digest: str
    heads: tuple[Head, ...]


def heads() -> tuple[Head, ...]:
    """Where every chain stands, in the order of the commitments."""
    rows = LedgerHead.objects.order_by("commitment_id").values_list(
        "commitment_id", "count", "hash", "due", "done"
    )
    return tuple(Head(*row) for row in rows)


def export(stream: TextIO) -> Written:
    """Write the whole ledger, as it stands at one moment, whatever is written meanwhile."""
    with _one_moment():
        found = heads()
        opening = opening_rows(found, written_at=stamp(timezone.now().astimezone(UTC)))
        stream.writelines(written(row) for row in opening)
        stream.writelines(written(line.as_dict(fingerprint)) for line, fingerprint in _lines())
    first = opening[0]
    return Written(commitments=len(found), postings=first["postings"], digest=first["digest"], heads=found)


@contextmanager
def _one_moment() -> Iterator[None]:
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _lines() -> Iterator[tuple[Line, str]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_POSTINGS)
        while rows := cursor.fetchmany(_CHUNK):
            for row in rows:
                commitment, number, kind, account, leg, hours, effective_on, written_at, *rest = row
                evidence, reason, reverses, fingerprint = rest
                line = Line(
                    commitment=commitment, number=number, kind=kind, account=account, leg=leg, hours=hours,
                    effective_on=effective_on.isoformat(), written_at=stamp(written_at), evidence=evidence,
                    reason=reason, reverses=reverses,
                )  # fmt: skip
                yield line, fingerprint


def stamp(moment: datetime) -> str:
    """An instant as the ledger writes it: UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
