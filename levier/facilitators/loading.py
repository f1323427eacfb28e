"""Loads structures with what hangs on them (coverage, conventions, programmes): COPY, then one upsert."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

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
    "content_hash",
)
_NAMES = ", ".join(_COLUMNS)
# What a structure says of itself on its page, once its people keep it: a list older than them does not take it back.
_OWN = ("email", "phone", "website", "private_clients")


def _update_of(column: str) -> str:
    if column in _OWN:
        return f"{column} = CASE WHEN stored.organisation_id IS NULL THEN excluded.{column} ELSE stored.{column} END"
    return f"{column} = excluded.{column}"


_UPDATES = ", ".join(map(_update_of, _COLUMNS[2:]))
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
# What hangs on a structure: table suffix → its columns. Written again as a whole when the structure changes.
_CHILDREN = {
    "coverage": {"scope": "text", "code": "text", "is_assumed": "boolean"},
    "convention": {"buyer_siren": "text", "valid_from": "date", "valid_to": "date", "is_lead": "boolean"},
    "programmedesk": {"programme": "text", "scope": "text", "code": "text"},
}


# A convention written and signed here is nobody's list: only imported ones are replaced.
_REPLACED = {"convention": "AND origin = 'liste'"}


@dataclass(frozen=True)
class Reach:
    """What an import may write, when it is not the whole country's: where, and which structures that are already here."""

    covers: Callable[[Iterable[tuple[str, str]]], bool]
    structures: frozenset[int]


class ConventionRow(NamedTuple):
    """An agreement with a buyer; `valid_to` None: without end; `is_lead`: lead on several territories."""

    buyer_siren: str
    valid_from: date
    valid_to: date | None
    is_lead: bool


class ProgrammeRow(NamedTuple):
    """A programme (key of the rulebook) and a territory where it designates the structure."""

    programme: str
    scope: str
    code: str


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
    conventions: tuple[ConventionRow, ...] = ()
    programmes: tuple[ProgrammeRow, ...] = ()

    @property
    def content_hash(self) -> str:
        """Fingerprint: an unchanged row is not written again."""
        content = "\x1f".join(str(value) for value in vars(self).values())
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def children(self, table: str) -> Iterable[tuple[Any, ...]]:
        """The rows of a table of _CHILDREN, in the order of its columns."""
        if table == "coverage":
            return [(*area, self.is_assumed) for area in self.coverage]
        return self.conventions if table == "convention" else self.programmes


def load(rows: Iterable[StructureRow]) -> tuple[int, int]:
    """Upsert the structures with their coverage, conventions and programmes; returns (created, updated).

    Call inside a transaction.
    """
    batch = list(rows)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming_structure, pg_temp.touched_structure")
        cursor.execute(
            f"CREATE TEMPORARY TABLE incoming_structure ON COMMIT DROP AS "  # noqa: S608
            f"SELECT {_NAMES} FROM facilitators_structure WITH NO DATA"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE touched_structure "
            "(id bigint, source text, source_key text, is_new boolean) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY incoming_structure ({_NAMES}) FROM STDIN") as copy:
            for row in batch:
                copy.write_row([getattr(row, column) for column in _COLUMNS])
        cursor.execute(_UPSERT)
        for table in _CHILDREN:
            _replace_children(cursor, table, batch)
        cursor.execute("SELECT count(*) FILTER (WHERE is_new), count(*) FROM touched_structure")
        created, written = cursor.fetchone()
    return created, written - created


def _replace_children(cursor: Any, table: str, batch: list[StructureRow]) -> None:
    """Of the structures just written, forget the rows of this table and write those of the file."""
    columns = _CHILDREN[table]
    names = ", ".join(columns)
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.incoming_{table}")
    cursor.execute(
        f"CREATE TEMPORARY TABLE incoming_{table} (source text, source_key text, {typed}) ON COMMIT DROP"
    )
    with cursor.copy(f"COPY incoming_{table} FROM STDIN") as copy:
        for row in batch:
            for values in row.children(table):
                copy.write_row([row.source, row.source_key, *values])
    # Only the names of _CHILDREN enter these texts.
    cursor.execute(
        f"DELETE FROM facilitators_{table} USING touched_structure AS touched "  # noqa: S608
        f"WHERE structure_id = touched.id {_REPLACED.get(table, '')}"
    )
    cursor.execute(
        f"INSERT INTO facilitators_{table} (structure_id, {names}) "  # noqa: S608
        f"SELECT touched.id, {names} FROM incoming_{table} JOIN touched_structure AS touched "
        "USING (source, source_key) ON CONFLICT DO NOTHING"
    )
