"""Publishes accepted rows, part after part: COPY into a temporary table, then the last stages, in the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from levier.core.changes import record_changes
from levier.directory.sources.definition import SourceDefinition
from levier.directory.sources.judging import ACCEPTED
from levier.directory.sources.rows import AcceptedRow
from levier.directory.sources.running import statements
from levier.directory.sources.unchanged import Unchanged
from levier.directory.territory import tell_districts

TOPIC = "supplier"
# One import at a time in an installation: two files of one source must not cross.
PUBLICATION_LOCK = 7_051_955
_BLOCK = 1 << 22
# From so many rows on, reading a table once is never slower than looking for each row.
_MANY = 5_000
# Groups of values that have columns of their own; the others make the supplier's profile.
COLUMN_GROUPS = (
    "name", "brand", "legal_form", "description", "place", "naf", "website", "phone", "email", "activity",
    "convention", "places", "siret", "siren",
)  # fmt: skip

# `arrived`: the part being taken; `incoming`: of all parts, what the records must know; `changed`: what will be written.
_CREATE_INCOMING = """
CREATE TEMP TABLE arrived (
    line bigint, source_key text, key text, kind text, siren text, siret text, values jsonb, content_hash text,
    row_hash text, anomalies text[]
) ON COMMIT DROP;
CREATE TEMP TABLE incoming (source_key text, row_hash text, anomalies text[]) ON COMMIT DROP;
CREATE TEMP TABLE changed (
    line bigint, source_key text, key text, stated_key text, kind text, siren text, siret text, values jsonb,
    content_hash text, row_hash text, anomalies text[], record_id bigint, former_supplier_id bigint, is_new boolean
) ON COMMIT DROP;
CREATE INDEX ON changed (line);
CREATE TEMP TABLE left_alone (source_key text) ON COMMIT DROP;
CREATE TEMP TABLE expected (source_key text) ON COMMIT DROP;
CREATE TEMP TABLE published (id bigint PRIMARY KEY) ON COMMIT DROP;
CREATE TEMP TABLE merged (key text, kind text, values jsonb, origins jsonb) ON COMMIT DROP;
"""
_DROP_TABLES = "DROP TABLE IF EXISTS arrived, incoming, left_alone, expected, published, changed, merged"


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
    """Publishes one source in the transaction that is open: ``take`` every row or file, then ``publish`` once."""

    def __init__(self, source: SourceDefinition, today: date) -> None:
        self._source = source
        self._parameters: dict[str, Any] = {
            "source": source.slug,
            "today": today,
            "is_demo": source.is_demo,
            "columns": list(COLUMN_GROUPS),
            "first_line": 0,
        }
        self._taken = self._changed = 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION_LOCK])
            # Sorts and joins of a whole source in memory, for this transaction only.
            cursor.execute("SET LOCAL work_mem = '128MB'")
            # Where a join should look is told by a sample; the usual one, of 30,000 rows, is longer to read than to join.
            cursor.execute("SET LOCAL default_statistics_target = 10")
            # A second import in one transaction (tests, demonstration) starts from empty tables.
            cursor.execute(_DROP_TABLES)
            cursor.execute(_CREATE_INCOMING)
            self._parameters["is_listed"] = self._is_listed(cursor)
            # Nothing of it is known: no key can move, so that each part is published while the next is judged.
            cursor.execute(
                "SELECT NOT EXISTS (SELECT 1 FROM directory_sourcerecord WHERE source_id = %s)", [source.slug]
            )
            (self._is_first,) = cursor.fetchone()

    def take(self, rows: Iterable[tuple[int, AcceptedRow]]) -> int:
        """Take (line, row) pairs. Returns how many."""
        taken = 0
        with self._copying() as copy:
            for line, row in rows:
                copy.write_row(
                    (
                        line, row.source_key, row.key, row.kind, row.siren, row.siret, row.values,
                        row.content_hash, row.row_hash, list(row.anomalies) if row.anomalies else "{}",
                    )
                )  # fmt: skip
                taken += 1
        self._sort_out()
        return taken

    def take_file(self, rows: Path) -> None:
        """Take a CSV file of the columns ``ACCEPTED``, whose lines follow those taken before."""
        self._copy_file(rows)
        self._sort_out()

    def _copy_file(self, rows: Path) -> None:
        with self._copying("(FORMAT csv)") as copy, rows.open("rb") as text:
            while block := text.read(_BLOCK):
                copy.write(block)

    @contextmanager
    def _copying(self, form: str = "") -> Iterator[Any]:
        columns = ", ".join(f'"{name}"' for name in ACCEPTED)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE arrived")
            with cursor.copy(f"COPY arrived ({columns}) FROM STDIN {form}") as copy:
                yield copy

    def _sort_out(self) -> None:
        """Keep what is new or changed of the part that arrived, and add the legal units that it names."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE arrived (source_key, key)")
            # References are checked with each statement, while the next part is judged, and not all when the transaction ends.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SELECT min(line), count(*) FROM arrived")
            self._parameters["first_line"], arrived = cursor.fetchone()
            self._run(cursor, "4_resolve_changed.sql")
            self._changed += cursor.rowcount
            self._taken += arrived
            if self._changed > _MANY:
                # Tables that were empty a moment ago still look so: row after row, each would be read whole.
                cursor.execute("SET LOCAL enable_nestloop = off")
            self._run(cursor, "5_publish_1_legal_units.sql")
            if self._is_first:
                self._publish_new(cursor)

    def _publish_new(self, cursor: Any) -> None:
        """The suppliers and the records that nobody knew, of the rows of `changed` from the first line on."""
        self._run(cursor, "5_publish_3_new_suppliers.sql")
        tell_districts(cursor)
        self._run(cursor, "5_publish_4_suppliers.sql")
        self._run(cursor, "5_publish_5_records.sql")

    def publish(self, unchanged: Unchanged | None = None) -> Publication:
        """Merge the rows taken into the directory and note the changes for the index.

        ``unchanged``: the rows of the file that were left alone, since they say what they said before.
        """
        with connection.cursor() as cursor:
            # The columns that joins use: reading the JSON of a sample takes longer than the joins.
            cursor.execute("ANALYZE changed (source_key, key, siren, siret, record_id, former_supplier_id)")
            cursor.execute("ANALYZE incoming (source_key)")
            cursor.execute("SELECT count(*) FILTER (WHERE is_new) FROM changed")
            (created,) = cursor.fetchone()
            if not self._is_first:
                self._parameters["first_line"] = 0
                self._run(cursor, "5_publish_2_moved_keys.sql")
                self._publish_new(cursor)
                self._run(cursor, "5_publish_5_records_changed.sql")
            cursor.execute("ANALYZE published")
            if self._taken > self._changed:
                self._run(cursor, "5_publish_5_records_judged_again.sql")
            gone, is_partial = self._absent(cursor, unchanged)
            cursor.execute("TRUNCATE merged")
            self._run(cursor, "5_publish_6_merge_known.sql")
            tell_districts(cursor)
            self._run(cursor, "5_publish_4_suppliers.sql")
            self._run(cursor, "5_publish_7_orphans.sql")
            self._hide_demo(cursor)
            cursor.execute("SELECT id FROM published ORDER BY id")
            ids = tuple(supplier_id for (supplier_id,) in cursor.fetchall())
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        record_changes(TOPIC, ids)
        same = self._taken - self._changed + (unchanged.count if unchanged else 0)
        return Publication(created, self._changed - created, same, gone, is_partial, ids)

    def _run(self, cursor: Any, stage: str) -> None:
        _run_stage(cursor, stage, self._parameters)

    def _is_listed(self, cursor: Any) -> bool:
        """Demonstration suppliers are not searched beside real ones."""
        if not self._source.is_demo:
            return True
        cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM directory_supplier WHERE NOT is_demo)")
        return bool(cursor.fetchone()[0])

    def _absent(self, cursor: Any, unchanged: Unchanged | None) -> tuple[int, bool]:
        """Mark what a whole file no longer gives. Returns how many, and whether the file is but a part.

        After a whole file its date stands for every record that is not gone: none is written for it. After a
        part, or where a source never lists everything, each record keeps the day it was seen.
        """
        is_partial = False
        if unchanged and self._source.lists_everything:
            self._copy_keys(cursor, "expected", unchanged.expected())
            cursor.execute(
                "SELECT count(*) FROM expected e WHERE NOT EXISTS"
                " (SELECT 1 FROM incoming i WHERE i.source_key = e.source_key)"
            )
            (absent,) = cursor.fetchone()
            is_partial = absent > self._source.largest_loss * unchanged.known
            if not is_partial:
                self._run(cursor, "5_publish_5_records_gone.sql")
                return absent, False
        if unchanged:
            self._copy_keys(cursor, "left_alone", unchanged.keys())
        self._run(cursor, "5_publish_5_records_seen.sql")
        return 0, is_partial

    def _copy_keys(self, cursor: Any, table: str, keys: Iterable[str]) -> None:
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for key in keys:
                copy.write_row((key,))
        cursor.execute(f"ANALYZE {table}")

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
        cursor.execute(_DROP_TABLES)
        cursor.execute(_CREATE_INCOMING)
        cursor.execute(
            "INSERT INTO changed (former_supplier_id) SELECT unnest(%s::bigint[])",
            [list(supplier_ids)],
        )
        _run_stage(cursor, "5_publish_6_merge_known.sql", parameters)
        tell_districts(cursor)
        _run_stage(cursor, "5_publish_4_suppliers.sql", parameters)


def _run_stage(cursor: Any, stage: str, parameters: dict[str, Any]) -> None:
    for statement in statements(stage):
        # A lone % is a comment's or a LIKE's: none stands in these files.
        cursor.execute(statement, parameters)
