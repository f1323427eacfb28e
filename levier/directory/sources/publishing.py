"""Publishes accepted rows: one COPY into a temporary table, then SQL stages, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from levier.core.changes import record_changes
from levier.directory.sources.definition import SourceDefinition
from levier.directory.sources.rows import AcceptedRow
from levier.directory.territory import locate

STAGES = Path(__file__).parent / "publication"
TOPIC = "supplier"
# One import at a time in an installation: two files of one source must not cross.
PUBLICATION_LOCK = 7_051_955
# A file that lacks more than this share of what the source gave before is a part of it, not its new state.
LARGEST_LOSS = 0.2
# Groups of values that have columns of their own; the others make the supplier's profile.
COLUMN_GROUPS = (
    "name", "brand", "legal_form", "description", "place", "naf", "website", "phone", "email", "activity",
    "convention", "places", "siret", "siren",
)  # fmt: skip

_CREATE_INCOMING = """
CREATE TEMP TABLE incoming (
    line bigint, source_key text, key text, kind text, siren text, siret text, values jsonb, content_hash text
) ON COMMIT DROP;
CREATE TEMP TABLE published (id bigint PRIMARY KEY) ON COMMIT DROP;
"""
_COPY_INCOMING = "COPY incoming (line, source_key, key, kind, siren, siret, values, content_hash) FROM STDIN"


@dataclass(frozen=True, slots=True)
class Publication:
    """Records by outcome, records that disappeared, and ids of the suppliers to index again."""

    created: int
    updated: int
    unchanged: int
    gone: int
    is_partial: bool
    supplier_ids: tuple[int, ...]


class Publisher:
    """Publishes one source in the transaction that is open: ``take`` every row, then ``publish`` once."""

    def __init__(self, source: SourceDefinition, today: date) -> None:
        self._source = source
        self._parameters: dict[str, Any] = {
            "source": source.slug,
            "today": today,
            "is_demo": source.is_demo,
            "columns": list(COLUMN_GROUPS),
        }
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION_LOCK])
            # Sorts and joins of a whole source in memory, for this transaction only.
            cursor.execute("SET LOCAL work_mem = '128MB'")
            # A second import in one transaction (tests, demonstration) starts from empty tables.
            cursor.execute("DROP TABLE IF EXISTS incoming, published, changed, merged")
            cursor.execute(_CREATE_INCOMING)

    def take(self, rows: Iterable[tuple[int, AcceptedRow]]) -> int:
        """Send (line, row) pairs to the temporary table. Returns how many."""
        taken = 0
        with connection.cursor() as cursor, cursor.copy(_COPY_INCOMING) as copy:
            for line, row in rows:
                copy.write_row(
                    (
                        line,
                        row.source_key,
                        row.key,
                        row.kind,
                        row.siren,
                        row.siret,
                        row.values,
                        row.content_hash,
                    )
                )
                taken += 1
        return taken

    def publish(self) -> Publication:
        """Merge the rows taken into the directory and note the changes for the index."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE incoming")
            self._run(cursor, "1_classify.sql")
            cursor.execute(
                "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),"
                " (SELECT count(*) FROM incoming) FROM changed"
            )
            created, updated, taken = cursor.fetchone()
            self._parameters["is_listed"] = self._is_listed(cursor)
            for stage in ("2_legal_units.sql", "3_moved_keys.sql", "4_new_suppliers.sql", "suppliers.sql"):
                self._run(cursor, stage)
            cursor.execute("ANALYZE published")
            self._run(cursor, "5_records.sql")
            gone, is_partial = self._mark_gone(cursor)
            cursor.execute("DELETE FROM merged")
            self._run(cursor, "6_merge_known.sql")
            self._run(cursor, "suppliers.sql")
            self._run(cursor, "7_orphans.sql")
            self._hide_demo(cursor)
            cursor.execute("SELECT id FROM published ORDER BY id")
            ids = tuple(supplier_id for (supplier_id,) in cursor.fetchall())
        locate(ids)
        record_changes(TOPIC, ids)
        return Publication(created, updated, taken - created - updated, gone, is_partial, ids)

    def _run(self, cursor: Any, stage: str) -> None:
        _run_stage(cursor, stage, self._parameters)

    def _is_listed(self, cursor: Any) -> bool:
        """Demonstration suppliers are not searched beside real ones."""
        if not self._source.is_demo:
            return True
        cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM directory_supplier WHERE NOT is_demo)")
        return bool(cursor.fetchone()[0])

    def _mark_gone(self, cursor: Any) -> tuple[int, bool]:
        if not self._source.lists_everything:
            return 0, False
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE i.source_key IS NULL) FROM directory_sourcerecord r"
            " LEFT JOIN incoming i ON i.source_key = r.source_key"
            " WHERE r.source_id = %(source)s AND r.gone_since IS NULL",
            self._parameters,
        )
        known, absent = cursor.fetchone()
        if absent > LARGEST_LOSS * known:
            return 0, True
        if absent:
            cursor.execute(
                "UPDATE directory_sourcerecord r SET gone_since = %(today)s"
                " WHERE source_id = %(source)s AND gone_since IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM incoming i WHERE i.source_key = r.source_key)",
                self._parameters,
            )
        return absent, False

    def _hide_demo(self, cursor: Any) -> None:
        if self._source.is_demo:
            return
        cursor.execute(
            "WITH hidden AS (UPDATE directory_supplier"
            " SET is_listed = false, updated_at = statement_timestamp()"
            " WHERE is_demo AND is_listed AND EXISTS (SELECT 1 FROM directory_supplier WHERE NOT is_demo)"
            " RETURNING id) INSERT INTO published SELECT id FROM hidden ON CONFLICT DO NOTHING"
        )


def merge_again(supplier_ids: Sequence[int], today: date) -> None:
    """Give these suppliers the values of the records that stand on them now; one without a record stays as it is.

    In the caller's transaction, which notes the changes for the index.
    """
    parameters = {
        "columns": list(COLUMN_GROUPS), "is_demo": False, "is_listed": True, "today": today,
        "source": None,  # no source was read: none has dropped anything
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS incoming, published, changed, merged")
        cursor.execute(_CREATE_INCOMING)
        cursor.execute(
            "CREATE TEMP TABLE changed ON COMMIT DROP AS"
            " SELECT NULL::text AS key, unnest(%s::bigint[]) AS former_supplier_id",
            [list(supplier_ids)],
        )
        cursor.execute(
            "CREATE TEMP TABLE merged (key text, kind text, values jsonb, origins jsonb) ON COMMIT DROP"
        )
        _run_stage(cursor, "6_merge_known.sql", parameters)
        _run_stage(cursor, "suppliers.sql", parameters)


def _run_stage(cursor: Any, stage: str, parameters: dict[str, Any]) -> None:
    for statement in (STAGES / stage).read_text(encoding="utf-8").split(";\n"):
        if _has_code(statement):
            # A lone % is a comment's or a LIKE's: none stands in these files.
            cursor.execute(statement, parameters)


def _has_code(statement: str) -> bool:
    return any(line.strip() and not line.strip().startswith("--") for line in statement.splitlines())
