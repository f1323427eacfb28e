"""Loads structures with their coverage: COPY into temporary tables, then one upsert per source."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

_COLUMNS = (
    "source",
    "source_key",
    "kind",
    "name",
    "siret",
    "email",
    "phone",
    "website",
    "address",
    "postal_code",
    "city",
    "commune_id",
    "has_desk",
    "private_clients",
    "is_demo",
    "verified_on",
    "content_hash",
)
_NAMES = ", ".join(_COLUMNS)
_UPDATES = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[2:])
_UPSERT = f"""
    WITH written AS (
        INSERT INTO facilitators_structure AS stored ({_NAMES}, is_active, updated_at)
        SELECT DISTINCT ON (source, source_key) {_NAMES}, TRUE, now() FROM incoming_structure
        ON CONFLICT (source, source_key) DO UPDATE SET {_UPDATES}, updated_at = now()
        WHERE stored.content_hash <> excluded.content_hash
        RETURNING id, source, source_key, xmax = 0 AS is_new
    )
    INSERT INTO touched_structure SELECT * FROM written
"""  # noqa: S608 - only the column names above
_FORGET = """
    DELETE FROM facilitators_coverage USING touched_structure AS touched WHERE structure_id = touched.id
"""
_COVER = """
    INSERT INTO facilitators_coverage (structure_id, scope, code, is_assumed)
    SELECT touched.id, covered.scope, covered.code, covered.is_assumed
    FROM incoming_coverage AS covered JOIN touched_structure AS touched USING (source, source_key)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class StructureRow:
    """A structure ready to load; `coverage`: (scope, code) pairs."""

    source: str
    source_key: str
    kind: str
    name: str
    coverage: tuple[tuple[str, str], ...]
    has_desk: bool
    siret: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    commune_id: str | None = None
    private_clients: bool = False
    is_demo: bool = False
    is_assumed: bool = False
    verified_on: date | None = None

    @property
    def content_hash(self) -> str:
        """Fingerprint: an unchanged row is not written again."""
        content = "\x1f".join(str(value) for value in vars(self).values())
        return hashlib.sha256(content.encode()).hexdigest()[:32]


def load(rows: Iterable[StructureRow]) -> tuple[int, int]:
    """Upsert the structures and their coverage; returns (created, updated). Call inside a transaction."""
    batch = list(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS pg_temp.incoming_structure, pg_temp.incoming_coverage, "
            "pg_temp.touched_structure"
        )
        cursor.execute(
            f"CREATE TEMPORARY TABLE incoming_structure ON COMMIT DROP AS "  # noqa: S608
            f"SELECT {_NAMES} FROM facilitators_structure WITH NO DATA"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE incoming_coverage "
            "(source text, source_key text, scope text, code text, is_assumed boolean) ON COMMIT DROP"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE touched_structure "
            "(id bigint, source text, source_key text, is_new boolean) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY incoming_structure ({_NAMES}) FROM STDIN") as copy:
            for row in batch:
                copy.write_row([getattr(row, column) for column in _COLUMNS])
        with cursor.copy("COPY incoming_coverage FROM STDIN") as copy:
            for row in batch:
                for scope, code in row.coverage:
                    copy.write_row([row.source, row.source_key, scope, code, row.is_assumed])
        cursor.execute(_UPSERT)
        cursor.execute(_FORGET)
        cursor.execute(_COVER)
        cursor.execute("SELECT count(*) FILTER (WHERE is_new), count(*) FROM touched_structure")
        created, written = cursor.fetchone()
    return created, written - created
