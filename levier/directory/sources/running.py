"""Runs a numbered stage in DuckDB, and brings what PostgreSQL holds to a file that DuckDB reads."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection
from psycopg.sql import Composable

STAGES = Path(__file__).parent / "stages"


def statements(stage: str) -> Iterator[str]:
    """The statements of a file of stages/, in order; a last part with comments alone is none."""
    for statement in (STAGES / stage).read_text(encoding="utf-8").split(";\n"):
        if any(line.strip() and not line.strip().startswith("--") for line in statement.splitlines()):
            yield statement


def run_stage(database: duckdb.DuckDBPyConnection, stage: str, given: Mapping[str, Any]) -> None:
    """Each statement with those of the parameters that it names."""
    for statement in statements(stage):
        named = {name: value for name, value in given.items() if f"${name}" in statement}
        database.execute(statement, named)


def copy_out(query: str | Composable, path: Path) -> None:
    """Write to ``path`` what a « COPY … TO STDOUT » of the application's database gives."""
    with path.open("wb") as out, connection.cursor() as cursor:
        text = query if isinstance(query, str) else query.as_string(cursor.connection)
        with cursor.copy(text) as copy:
            for block in copy:
                out.write(block)
