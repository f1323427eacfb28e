"""The reference tables as DuckDB lookups, and the functions of the mappings: made once in an installation, again when one of them changes."""

import csv
import hashlib
import tempfile
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import connection

from levier.directory.sources.running import STAGES, copy_out
from levier.reference.legal import ess_by_law, excluded_naf

_MADE_BY = ("1_map_texts.sql", "1_map_kinds.sql", "1_map_lambert.sql", "3_enrich_lookups.sql")
# What the rules of the package put into the lookups, beside the tables of the database.
_RULES = ("legal.py", "data/legal/ess.yaml")
# Older files may still be read by an import that began before the last change.
_KEPT_FILES = 3
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
    """A DuckDB database to attach read-only: the tables above, what 3_enrich_lookups.sql makes of them, the functions of 1_map_*.sql."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid, datname FROM pg_database WHERE datname = current_database()")
        database = cursor.fetchone()
        # The newest transaction that wrote a row: any change, by whatever means, makes a new file.
        states = " UNION ALL ".join(
            f"SELECT count(*), max(xmin::text::bigint) FROM {source}"  # noqa: S608 - constants above
            for _, source in _TABLES.values()
        )
        cursor.execute(states)
        state = tuple(cursor.fetchall())
    told = hashlib.md5(
        repr((_rules_fingerprint(), database, state)).encode(), usedforsecurity=False
    ).hexdigest()
    made = _made(told)
    if not made.is_file():
        _made.cache_clear()
        made = _made(told)
    return made


@lru_cache(maxsize=1)
def _made(told: str) -> Path:
    """The file named after what it holds; made when nobody did."""
    folder = Path(settings.LOOKUPS_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{told}.duckdb"
    if target.is_file():
        target.touch()  # the least used goes first
    else:
        _forget_older(folder)
        with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as work:
            made = Path(work) / target.name
            _build(made)
            # Two imports may make it at once: the same content, and nobody sees half of it.
            made.replace(target)
    return target


@cache
def _rules_fingerprint() -> str:
    """One text for the code that makes the lookups, this file included."""
    digest = hashlib.md5(duckdb.__version__.encode(), usedforsecurity=False)
    reference = resources.files("levier.reference")
    for path in (
        Path(__file__),
        *(STAGES / name for name in _MADE_BY),
        *(reference / name for name in _RULES),
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _forget_older(folder: Path) -> None:
    found = sorted(folder.glob("*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[_KEPT_FILES - 1 :]:
        path.unlink(missing_ok=True)


def _build(target: Path) -> None:
    """Make the file ``target``; what it is made from is written beside it."""
    work = target.parent
    with duckdb.connect(str(target)) as database:
        for name, (columns, source) in _TABLES.items():
            text = work / f"{name}.csv"
            copy_out(f"COPY (SELECT {columns} FROM {source}) TO STDOUT (FORMAT csv, HEADER)", text)  # noqa: S608
            _load(database, name, text)
        _load_rows(
            database, "ess_by_law", ("category", "declared", "is_excluded", "reason"), ess_by_law(), work
        )
        _load_rows(database, "ess_excluded_naf", ("prefix",), ((code,) for code in excluded_naf()), work)
        for stage in _MADE_BY:
            database.execute((STAGES / stage).read_text(encoding="utf-8"))


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
