"""The reference communes as DuckDB lookups: made once per process, made again when a commune changes."""

import atexit
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import duckdb
from django.db import connection

STAGES = Path(__file__).parent / "stages"
_QUERIES = {
    "commune": "SELECT code, name, parent_id AS parent, departement_id AS departement,"
    " region_id AS region, epci_id AS epci, latitude, longitude, precision,"
    " array_to_string(postal_codes, ' ') AS postal_codes FROM reference_commune",
    "departement": "SELECT code, region_id AS region FROM reference_departement",
}


def territories_file() -> Path:
    """A DuckDB database to attach read-only: communes, départements, and the lookups of 3_enrich_lookups.sql."""
    with connection.cursor() as cursor:
        # The newest transaction that wrote a commune: any change, by whatever means, makes a new file.
        cursor.execute("SELECT count(*), max(xmin::text::bigint) FROM reference_commune")
        state = cursor.fetchone()
    return _build(str(connection.settings_dict["NAME"]), *state)


@lru_cache(maxsize=1)
def _build(database_name: str, communes: int, newest: int) -> Path:
    """The file goes with the process: another thread may still be attached to an older one."""
    work = Path(tempfile.mkdtemp(prefix="levier-territories-"))
    atexit.register(shutil.rmtree, work, ignore_errors=True)
    target = work / "territories.duckdb"
    with duckdb.connect(str(target)) as database:
        for name, query in _QUERIES.items():
            text = work / f"{name}.csv"
            with (
                text.open("wb") as out,
                connection.cursor() as cursor,
                cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy,
            ):
                for block in copy:
                    out.write(block)
            replaced = (
                "REPLACE (latitude::DOUBLE AS latitude, longitude::DOUBLE AS longitude,"
                " string_split(postal_codes, ' ') AS postal_codes)"
                if name == "commune"
                else ""
            )
            database.execute(
                f"CREATE TABLE {name} AS SELECT * {replaced} FROM read_csv($path, all_varchar = true)",  # noqa: S608
                {"path": str(text)},
            )
        for name in ("1_map_texts.sql", "3_enrich_lookups.sql"):
            database.execute((STAGES / name).read_text(encoding="utf-8"))
    return target
