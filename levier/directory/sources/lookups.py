"""The reference tables as DuckDB lookups: made once per process, made again when one of them changes."""

import atexit
import csv
import shutil
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import duckdb
from django.db import connection

from levier.reference.legal import ess_by_law, excluded_naf

STAGES = Path(__file__).parent / "stages"
# table → (columns to select, table of the database).
_TABLES = {
    "commune": (
        "code, name, parent_id AS parent, departement_id AS departement, region_id AS region, epci_id AS epci,"
        " latitude, longitude, precision, array_to_string(postal_codes, ' ') AS postal_codes",
        "reference_commune",
    ),
    "departement": ("code, region_id AS region", "reference_departement"),
    "naf_code": ("code, nomenclature", "reference_nafcode WHERE level = 5"),
    "naf_link": ("rev2, naf_2025", "reference_naflink"),
    "legal_category": ("code, label", "reference_legalcategory"),
}


def lookups_file() -> Path:
    """A DuckDB database to attach read-only: the tables above, and what 3_enrich_lookups.sql makes of them."""
    with connection.cursor() as cursor:
        # The newest transaction that wrote a row: any change, by whatever means, makes a new file.
        states = " UNION ALL ".join(
            f"SELECT count(*), max(xmin::text::bigint) FROM {source}"  # noqa: S608 - constants above
            for _, source in _TABLES.values()
        )
        cursor.execute(states)
        state = tuple(cursor.fetchall())
    return _build(str(connection.settings_dict["NAME"]), state)


@lru_cache(maxsize=1)
def _build(database_name: str, state: tuple[tuple[int, int | None], ...]) -> Path:
    """The file goes with the process: another thread may still be attached to an older one."""
    work = Path(tempfile.mkdtemp(prefix="levier-lookups-"))
    atexit.register(shutil.rmtree, work, ignore_errors=True)
    target = work / "lookups.duckdb"
    with duckdb.connect(str(target)) as database:
        for name, (columns, source) in _TABLES.items():
            text = work / f"{name}.csv"
            with (
                text.open("wb") as out,
                connection.cursor() as cursor,
                cursor.copy(
                    f"COPY (SELECT {columns} FROM {source}) TO STDOUT (FORMAT csv, HEADER)"  # noqa: S608
                ) as copy,
            ):
                for block in copy:
                    out.write(block)
            _load(database, name, text)
        _load_rows(
            database, "ess_by_law", ("category", "declared", "is_excluded", "reason"), ess_by_law(), work
        )
        _load_rows(database, "ess_excluded_naf", ("prefix",), ((code,) for code in excluded_naf()), work)
        for stage in ("1_map_texts.sql", "3_enrich_lookups.sql"):
            database.execute((STAGES / stage).read_text(encoding="utf-8"))
    return target


def _load_rows(
    database: duckdb.DuckDBPyConnection,
    name: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple],
    work: Path,
) -> None:
    text = work / f"{name}.csv"
    with text.open("w", encoding="utf-8", newline="") as out:
        # Quoted, an empty text stays one.
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([columns, *rows])
    _load(database, name, text)


def _load(database: duckdb.DuckDBPyConnection, name: str, text: Path) -> None:
    replaced = (
        "REPLACE (latitude::DOUBLE AS latitude, longitude::DOUBLE AS longitude,"
        " string_split(postal_codes, ' ') AS postal_codes)"
        if name == "commune"
        else ""
    )
    database.execute(
        f"CREATE TABLE {name} AS SELECT * {replaced}"  # noqa: S608
        " FROM read_csv($path, all_varchar = true, header = true, delim = ',', quote = '\"')",
        {"path": str(text)},
    )
