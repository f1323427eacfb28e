"""Writes the open files: one COPY out of PostgreSQL, shaped by DuckDB, so that time and memory stay small."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import duckdb
from django.conf import settings
from django.db import connection
from django.utils import timezone

from levier.directory.kinds import KINDS
from levier.directory.named_addresses import HOUSE, PERSON
from levier.directory.open_data.columns import FOLDER, supplier_columns
from levier.directory.owner import OWNER
from levier.reference.sectors import all_sectors

CHUNK = 256 * 1024
# DuckDB takes what it is given, and the whole process must stay under 300 MB. With two threads it keeps rows back to
# give them in order, and gains nothing: PostgreSQL's COPY is most of the time.
DUCKDB: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "128MB",
    "threads": 1,
    "preserve_insertion_order": True,
}
# The networks of the data.inclusion list that are kinds of ours.
NETWORKS = {"ACI", "AI", "EA", "EATT", "EI", "EITI", "ESAT", "ETTI", "GEIQ"}
_ROLES = {"work": "prestation", "people": "personnel"}
_ELIGIBLE = {True: "oui", False: "non", None: "a_verifier"}

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"({_LABEL}\.)+[A-Za-z]{{2,63}}"
MAIL = rf"[A-Za-z0-9_%+'-]+(\.[A-Za-z0-9_%+'-]+)*@{_HOST}"
WEB = rf"https?://{_HOST}(:[0-9]{{1,4}})?([/?#][!-~]*)?"
# Kept for tests and documents by RFC 2606 and 6761: no mail ever reaches them, and the schema refuses them.
RESERVED = r"\.(invalid|test|example|localhost|local|onion|arpa)$"

# Free texts that a spreadsheet would run when they begin so (a telephone number is no formula).
FREE_TEXTS = {
    "nom", "raison_sociale", "forme_juridique", "presentation", "adresse", "commune", "origine_activites",
    "telephone", "courriel", "site",
}  # fmt: skip
_DISARMED = (
    "CASE WHEN left({0}, 1) IN ('=', '@', chr(9), chr(13)) OR left({0}, 1) IN ('+', '-')"
    " AND NOT regexp_full_match({0}, '[+-][0-9 ().-]*') THEN '''' || {0} ELSE {0} END AS {0}"
)

# What COPY gives (listed.sql), in its order: the rest is text.
_LISTED_TEXTS = (
    "key", "siret", "siren", "kind", "name", "brand", "legal_form", "description", "address", "postal_code", "city",
    "commune_id", "commune_name", "departement_code", "departement_name", "region_code", "region_name", "epci_code",
    "epci_name",
)  # fmt: skip
_LISTED = {
    **dict.fromkeys(_LISTED_TEXTS, "VARCHAR"), "latitude": "DOUBLE", "longitude": "DOUBLE", "precision": "VARCHAR",
    "naf": "VARCHAR", "naf_nomenclature": "VARCHAR", "website": "VARCHAR", "phone": "VARCHAR", "email": "VARCHAR",
    "sectors": "VARCHAR", "activity_status": "VARCHAR", "activity_origin": "VARCHAR", "activity_confidence": "DOUBLE",
    "convention_status": "VARCHAR", "convention_until": "DATE", "places": "INTEGER", "is_demo": "BOOLEAN",
    "updated_on": "DATE", "sources": "VARCHAR", "seen_on": "DATE", "is_gone": "BOOLEAN",
    "networks": "VARCHAR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Format:
    """One open file: its name in addresses and on the command line, and how DuckDB writes it."""

    name: str
    file_name: str
    content_type: str
    label: str
    query: str
    options: str


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: suppliers, bytes of the file."""

    rows: int
    size: int


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format("csv", "fournisseurs.csv", "text/csv; charset=utf-8", "CSV", "csv", "FORMAT csv, HEADER"),
        Format("jsonl", "fournisseurs.jsonl", "application/x-ndjson", "JSON Lines", "suppliers.sql", "FORMAT json"),
        Format("parquet", "fournisseurs.parquet", "application/vnd.apache.parquet", "Parquet", "suppliers.sql",
               "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480"),
        Format("data-inclusion", "structures-data-inclusion.json", "application/json", "data.inclusion",
               "structures.sql", "FORMAT json, ARRAY true"),
    )
}  # fmt: skip


def write_file(name: str, target: Path, *, site: str | None = None) -> Written:
    """Write the open file of this format at ``target``: whole or not at all.

    ``site``: address of the site in the links to sheets (that of the settings). Raises OSError when the folder
    cannot be written; a file that stood there is then as before.
    """
    with _made(FORMATS[name], site or settings.SITE_URL, target.parent) as (path, rows):
        size = path.stat().st_size
        path.replace(target)
    return Written(rows=rows, size=size)


def chunks(name: str, site: str) -> Iterator[bytes]:
    """The bytes of an open file, made whole before the first leaves: a slow reader holds no transaction."""
    with _made(FORMATS[name], site, None) as (path, _), path.open("rb") as handle:
        while piece := handle.read(CHUNK):
            yield piece


@contextmanager
def _made(form: Format, site: str, folder: Path | None) -> Iterator[tuple[Path, int]]:
    """A file of this format in a temporary folder inside ``folder``, and its number of rows."""
    with tempfile.TemporaryDirectory(prefix=".levier-", dir=folder) as work, ThreadPoolExecutor(1) as thread:
        target = Path(work) / form.file_name
        # A pipe: DuckDB shapes the first lines while PostgreSQL gives the others.
        taken, given = os.pipe()
        shaped = thread.submit(_shape, form, site, taken, target)
        # Shaping that stopped closes the pipe, and says why itself.
        with contextlib.suppress(BrokenPipeError), os.fdopen(given, "wb", buffering=CHUNK) as pipe:
            _copy_listed(pipe)
        rows = shaped.result()
        yield target, rows


def _shape(form: Format, site: str, listed: int, target: Path) -> int:
    """Write the file of this format from the lines of listed.sql, which come by this file descriptor. Returns the rows."""
    settings_here = DUCKDB | {"temp_directory": str(target.parent)}
    with os.fdopen(listed, "rb"), duckdb.connect(config=settings_here) as db:
        _prepare(db, Path(f"/dev/fd/{listed}"), site)
        query = _csv_query() if form.query == "csv" else _sql(form.query)
        try:
            written = db.execute(f"COPY ({query}) TO {_quoted(target)} ({form.options})").fetchone()
        except duckdb.IOException as problem:
            raise OSError(errno.EIO, str(problem).partition("\n")[0]) from problem
    return written[0] if written else 0


def _quoted(path: Path) -> str:
    """A path as a text of SQL; a folder may hold an apostrophe."""
    return "'" + str(path).replace("'", "''") + "'"


def _copy_listed(pipe: IO[bytes]) -> None:
    named = {"person": PERSON, "house": HOUSE, "owner": OWNER.slug}
    with connection.cursor() as cursor, cursor.copy(_sql("listed.sql"), named) as copy:
        for piece in copy:
            pipe.write(piece)


def _prepare(db: duckdb.DuckDBPyConnection, listed: Path, site: str) -> None:
    """The views and macros that suppliers.sql and structures.sql name."""
    variables: dict[str, Any] = {
        "today": timezone.localdate(), "site": site, "mail": MAIL, "web": WEB, "reserved": RESERVED,
    }  # fmt: skip
    for name, value in variables.items():
        db.execute(f"SET VARIABLE {name} = $1", [value])
    db.execute("CREATE MACRO listed(text) AS coalesce(string_split(nullif(text, ''), '|'), []::VARCHAR[])")
    db.execute(
        "CREATE MACRO sheet(key) AS getvariable('site') || '/fournisseurs/' || lower(replace(key, ':', '-'))"
    )
    labels = {sector.slug: sector.label for sector in all_sectors()}
    db.execute("SET VARIABLE labels = map($1, $2)", [list(labels), list(labels.values())])
    db.execute(
        "CREATE MACRO labels(text) AS list_filter("
        "list_transform(listed(text), lambda slug: getvariable('labels')[slug]), lambda label: label IS NOT NULL)"
    )
    db.execute(
        "CREATE TABLE kinds (code VARCHAR, name VARCHAR, family VARCHAR, role VARCHAR, eligible VARCHAR,"
        " articles VARCHAR, network VARCHAR)"
    )
    db.executemany("INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?)", [
        (kind.code, kind.name, kind.family, _ROLES[kind.shelf], _ELIGIBLE[kind.counts_for_clause],
         "|".join(kind.reservations), kind.code.lower() if kind.code in NETWORKS else None)
        for kind in KINDS
    ])  # fmt: skip
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in _LISTED.items())
    db.execute(
        f"CREATE VIEW listed_suppliers AS SELECT * FROM read_csv({_quoted(listed)},"  # noqa: S608 - a path of ours
        " auto_detect = false, header = false,"
        f" delim = ',', quote = '\"', escape = '\"', columns = {{{types}}})"
    )


def _csv_query() -> str:
    """UTF-8, commas, lists joined by « | », booleans true or false; a text that looks like a formula is disarmed."""
    cells = ", ".join(
        f"array_to_string({column.name}, '|') AS {column.name}" if column.kind == "array"
        else (_DISARMED.format(column.name) if column.name in FREE_TEXTS else column.name)
        for column in supplier_columns()
    )  # fmt: skip
    return f"SELECT {cells} FROM ({_sql('suppliers.sql')})"  # noqa: S608 - both are texts of ours


def _sql(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
