"""The suppliers the directory already holds, as a DuckDB table, for the sources that complete them."""

from pathlib import Path

import duckdb

from levier.directory.sources.running import copy_out

_KNOWN = "SELECT key, kind, siret, siren FROM directory_supplier WHERE NOT is_demo"


def load_known(database: duckdb.DuckDBPyConnection, work: Path) -> None:
    """Create the table ``known`` (key, kind, siret, siren), the demonstration aside."""
    text = work / "known.csv"
    copy_out(f"COPY ({_KNOWN}) TO STDOUT (FORMAT csv, HEADER)", text)
    database.execute(
        "CREATE TABLE known AS SELECT * FROM read_csv($path, all_varchar = true, header = true)",
        {"path": str(text)},
    )
