"""Loads clean contracts: COPY into temporary tables, then one upsert, so that a million rows stay quick."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from levier.purchasing.contracts.mapping import ParsedContract

_COLUMNS = (
    "uid",
    "source",
    "buyer_siret",
    "buyer_siren",
    "buyer_name",
    "nature",
    "object",
    "cpv",
    "procedure",
    "place_code",
    "place_kind",
    "departement_code",
    "months",
    "notified_on",
    "published_on",
    "amount_ht",
    "published_amount",
    "price_form",
    "modalities",
    "social_considerations",
    "considerations_raw",
    "anomalies",
    "content_hash",
)
_NAMES = ", ".join(_COLUMNS)
_CREATE = """
    CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS
        SELECT 0::int AS position, {names} FROM purchasing_contract WITH NO DATA;
    CREATE TEMPORARY TABLE incoming_holder (
        position int, rank smallint, siret text, id_kind text, name text
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE touched (uid text, id bigint, is_new boolean) ON COMMIT DROP;
"""
# Of one contract published twice in a file, the latest publication wins, then the last one read.
_KEEP_LATEST = """
    DELETE FROM incoming WHERE position NOT IN (
        SELECT DISTINCT ON (uid) position FROM incoming
        ORDER BY uid, published_on DESC NULLS LAST, position DESC
    )
"""
# An older publication never overwrites a newer one. xmax is 0 on a row just inserted.
_UPSERT = """
    WITH written AS (
        INSERT INTO purchasing_contract AS stored ({names}, first_seen, last_seen)
        SELECT {names}, %(today)s, %(today)s FROM incoming ORDER BY position
        ON CONFLICT (uid) DO UPDATE SET {updates}, last_seen = excluded.last_seen
        WHERE stored.content_hash <> excluded.content_hash
          AND (excluded.published_on IS NULL OR stored.published_on IS NULL
               OR excluded.published_on >= stored.published_on)
        RETURNING stored.uid, stored.id, stored.xmax = 0 AS is_new
    )
    INSERT INTO touched SELECT uid, id, is_new FROM written
"""
_SEEN_AGAIN = """
    UPDATE purchasing_contract AS stored SET last_seen = %(today)s FROM incoming
    WHERE stored.uid = incoming.uid AND stored.last_seen < %(today)s
"""
_FORGET_HOLDERS = """
    DELETE FROM purchasing_contractholder AS holder USING touched
    WHERE holder.contract_id = touched.id AND NOT touched.is_new
"""
_ADD_HOLDERS = """
    INSERT INTO purchasing_contractholder (contract_id, rank, siret, id_kind, name)
    SELECT touched.id, holder.rank, holder.siret, holder.id_kind, holder.name
    FROM incoming_holder AS holder
    JOIN incoming USING (position) JOIN touched ON touched.uid = incoming.uid
"""


@dataclass(frozen=True)
class LoadResult:
    """What the load changed: ids of the rows created and updated."""

    created: tuple[int, ...]
    updated: tuple[int, ...]
    repeated: int


def open_staging() -> None:
    """The temporary tables of one load; they go with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming, pg_temp.incoming_holder, pg_temp.touched")
        cursor.execute(_CREATE.format(names=_NAMES))


def stage(contracts: Iterable[tuple[int, ParsedContract]]) -> None:
    """Copy a batch of (position in the file, contract) into the temporary tables."""
    batch = list(contracts)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY incoming (position, {_NAMES}) FROM STDIN") as copy:
            for position, contract in batch:
                values = (getattr(contract, column) for column in _COLUMNS)
                copy.write_row([position, *(list(v) if isinstance(v, tuple) else v for v in values)])
        with cursor.copy("COPY incoming_holder FROM STDIN") as copy:
            for position, contract in batch:
                for rank, holder in enumerate(contract.holders, start=1):
                    copy.write_row([position, rank, holder.siret, holder.id_kind, holder.name])


def merge(*, today: date) -> LoadResult:
    """Bring the staged contracts into the table."""
    updates = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS if column != "uid")
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON incoming (uid)")
        cursor.execute("ANALYZE incoming")
        cursor.execute(_KEEP_LATEST)
        repeated = cursor.rowcount
        cursor.execute(_UPSERT.format(names=_NAMES, updates=updates), {"today": today})
        cursor.execute(_SEEN_AGAIN, {"today": today})
        cursor.execute(_FORGET_HOLDERS)
        cursor.execute(_ADD_HOLDERS)
        cursor.execute("SELECT id, is_new FROM touched ORDER BY id")
        rows = cursor.fetchall()
    return LoadResult(
        created=tuple(key for key, is_new in rows if is_new),
        updated=tuple(key for key, is_new in rows if not is_new),
        repeated=repeated,
    )
