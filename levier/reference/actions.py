"""Writes of the reference room: load the packaged tables, import better ones, learn from real contracts."""

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from levier.core import audit
from levier.core.audit import Actor
from levier.reference.models import ReferenceTable
from levier.reference.queries import forget_place_finder
from levier.reference.sources import communes, legal_categories, naf_2025, naf_links, priority_districts
from levier.reference.sources.csv_rows import ReadFile, Rejection, UnreadableFileError, columns_of
from levier.reference.tables import (
    DISTRICT_COLUMNS,
    DISTRICT_MERGE,
    DISTRICTS_OF_COMMUNES,
    NAF_COLUMNS,
    NAF_MERGE,
    PACKAGED_TABLES,
    PackagedTable,
)

# Any fixed number: two processes that start together must not load the same tables at once.
LOAD_LOCK = 7_051_954


@dataclass(frozen=True)
class TableReport:
    """What happened to one packaged table; `is_loaded` is false when this version was already there."""

    name: str
    rows: int
    is_loaded: bool


@dataclass(frozen=True)
class ReferenceReport:
    """Outcome of a load: one line per table, and the time it took."""

    tables: tuple[TableReport, ...]
    seconds: float

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def loaded(self) -> int:
        """How many tables were written; 0 when everything was up to date."""
        return sum(table.is_loaded for table in self.tables)


@dataclass(frozen=True)
class ImportReport:
    """Outcome of an import: read = updated + unchanged + rejected."""

    source: str
    read: int
    updated: int
    unchanged: int
    rejections: tuple[Rejection, ...]

    @property
    def rejected(self) -> int:
        return len(self.rejections)


@dataclass(frozen=True)
class CpvLesson:
    """The subject of a contract and the CPV its buyer chose; `group_key` is a hash of the buyer."""

    text: str
    cpv: str
    group_key: str


@transaction.atomic
def load_reference(*, by: Actor, force: bool = False) -> ReferenceReport:
    """Bring the packaged tables into the database, each only when its file has changed (or with `force`).

    Codes that left a file stay in the database, for other rooms point to them. Exact centres imported
    before are kept.
    """
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
    known = {table.name: table for table in ReferenceTable.objects.all()}
    reports = []
    for table in PACKAGED_TABLES:
        held = known.get(table.name)
        is_current = held is not None and held.checksum == table.checksum
        if is_current and not force and held is not None:
            reports.append(TableReport(table.name, held.rows, is_loaded=False))
        else:
            reports.append(TableReport(table.name, _load_table(table), is_loaded=True))
    report = ReferenceReport(tuple(reports), time.perf_counter() - started)
    if report.loaded:
        loaded = {table.name: table.rows for table in reports if table.is_loaded}
        audit.record(by=by, verb="reference.load", details=loaded)
        transaction.on_commit(forget_place_finder)
    return report


@transaction.atomic
def import_naf_2025(path: Path, *, by: Actor) -> ImportReport:
    """Load the NAF 2025 sub-classes and sections published by INSEE, or their correspondence with NAF rev. 2.

    `path` is a CSV with the columns code, section, libelle_section, libelle, or with a column of each
    nomenclature (`naf_rev2`, `naf_2025`). Raises UnreadableFileError.
    """
    found = naf_links.titles(path)
    if found:
        return _import_naf_links(path, found, by)
    file = naf_2025.read(path)
    rows = naf_2025.rows_with_sections(file.rows)
    before = _naf_labels()
    _stage(NAF_COLUMNS)
    _copy_rows(NAF_COLUMNS, rows)
    _merge(NAF_MERGE)
    changed = sum(before.get(row.code) != row.label for row in file.rows)
    report = _import_report(naf_2025.NAME, file, changed)
    _note_version(naf_2025.NAME, file.checksum, len(file.rows), naf_2025.SOURCE, naf_2025.LICENCE)
    _record_import(report, by)
    return report


@transaction.atomic
def import_communes(path: Path, *, by: Actor) -> ImportReport:
    """Give known communes their exact centre, FRR class and QPV codes from an official CSV.

    `path` holds a column code_insee and any of latitude with longitude, frr_2025, qpv_2024; a column that is
    absent changes nothing. Raises UnreadableFileError.
    """
    file = communes.read(path, _known_centres())
    _stage(communes.COLUMNS)
    _copy_rows(communes.COLUMNS, (row.as_tuple() for row in file.rows))
    updated = _merge(communes.MERGE)
    report = _import_report(communes.NAME, file, updated)
    _note_version(communes.NAME, file.checksum, len(file.rows), communes.SOURCE, communes.LICENCE)
    _record_import(report, by)
    transaction.on_commit(forget_place_finder)
    return report


@transaction.atomic
def import_frr(path: Path, *, by: Actor) -> ImportReport:
    """Give communes their class « France ruralités revitalisation » from the official list (CSV or workbook).

    `path` holds code_insee and a column frr_2025 or « Classement FRR… ». Raises UnreadableFileError.
    """
    columns = columns_of(path)
    if not any(name == "frr_2025" or name.startswith("classement frr") for name in columns):
        raise UnreadableFileError(
            f"{path.name} : colonne « Classement FRR… » introuvable. Colonnes lues : {', '.join(columns)[:200]}."
        )
    return import_communes(path, by=by)


@transaction.atomic
def import_legal_categories(path: Path, *, by: Actor) -> ImportReport:
    """Load the legal categories of SIRENE: columns code and libelle. Raises UnreadableFileError."""
    file = legal_categories.read(path)
    _stage(legal_categories.COLUMNS)
    _copy_rows(legal_categories.COLUMNS, file.rows)
    updated = _merge(legal_categories.MERGE)
    report = _import_report(legal_categories.NAME, file, updated)
    _note_version(
        legal_categories.NAME,
        file.checksum,
        len(file.rows),
        legal_categories.SOURCE,
        legal_categories.LICENCE,
    )
    _record_import(report, by)
    return report


@transaction.atomic
def import_qpv(path: Path, *, by: Actor) -> ImportReport:
    """Load the perimeters of priority districts, and name them in their communes.

    `path` is the publisher's archive or a GeoJSON in degrees. Districts that a file does not name are kept:
    overseas perimeters may come in a file of their own. Raises UnreadableFileError.
    """
    file = priority_districts.read(path)
    _stage(DISTRICT_COLUMNS)
    _copy_rows(
        DISTRICT_COLUMNS,
        (
            (row.code, row.name, "|".join(row.communes), json.dumps(row.rings), *map(str, row.box))
            for row in file.rows
        ),
    )
    updated = _merge(DISTRICT_MERGE)
    _merge(DISTRICTS_OF_COMMUNES)
    report = _import_report(priority_districts.NAME, file, updated)
    _note_version(
        priority_districts.NAME,
        file.checksum,
        len(file.rows),
        priority_districts.SOURCE,
        priority_districts.LICENCE,
    )
    _record_import(report, by)
    return report


def _import_naf_links(path: Path, found: tuple[str, str], by: Actor) -> ImportReport:
    file = naf_links.read(path, found)
    _stage(naf_links.COLUMNS)
    _copy_rows(naf_links.COLUMNS, file.rows)
    updated = _merge(naf_links.MERGE)
    report = _import_report(naf_links.NAME, file, updated)
    _note_version(naf_links.NAME, file.checksum, len(file.rows), naf_links.SOURCE, naf_links.LICENCE)
    _record_import(report, by)
    return report


@transaction.atomic
def record_cpv_examples(*, lessons: Iterable[CpvLesson], source: str, by: Actor) -> int:
    """Learn from contracts: store each (subject, CPV, buyer) once. Returns how many were new.

    Lessons with an unknown CPV code or an empty subject are left out: they teach nothing.
    """
    columns = ("text", "cpv", "group_key")
    _stage(columns)
    _copy_rows(columns, ((lesson.text.strip(), lesson.cpv, lesson.group_key) for lesson in lessons))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO reference_cpvexample (text, cpv_id, source, group_key)
            SELECT staged.text, code.code, %s, staged.group_key
            FROM staged JOIN reference_cpvcode AS code ON code.code = staged.cpv
            WHERE staged.text <> ''
            ON CONFLICT DO NOTHING
            """,
            [source],
        )
        added = int(cursor.rowcount)
    if added:
        audit.record(by=by, verb="reference.learn_cpv", details={"source": source, "added": added})
    return added


def _load_table(table: PackagedTable) -> int:
    _stage(table.columns)
    with connection.cursor() as cursor:
        names = ", ".join(f'"{column}"' for column in table.columns)
        if table.before:
            cursor.execute(table.before)
        with cursor.copy(f"COPY staged ({names}) FROM STDIN (FORMAT csv, HEADER match, NULL '\\N')") as copy:
            copy.write(table.content)
        cursor.execute("SELECT count(*) FROM staged")
        (rows,) = cursor.fetchone()
    _merge(table.merge)
    _note_version(table.name, table.checksum, rows, table.source, table.licence)
    return int(rows)


def _stage(columns: Sequence[str]) -> None:
    """A fresh temporary table of text columns, gone with the transaction."""
    typed = ", ".join(f"\"{column}\" text NOT NULL DEFAULT ''" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged")
        cursor.execute(f"CREATE TEMPORARY TABLE staged ({typed}) ON COMMIT DROP")


def _copy_rows(columns: Sequence[str], rows: Iterable[tuple[str, ...]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY staged ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _merge(statements: str) -> int:
    """Run the statements; the count of the last one."""
    with connection.cursor() as cursor:
        for statement in statements.split(";"):
            cursor.execute(statement)
        return int(cursor.rowcount)


def _note_version(name: str, checksum: str, rows: int, source: str, licence: str) -> None:
    ReferenceTable.objects.update_or_create(
        name=name,
        defaults={
            "checksum": checksum,
            "rows": rows,
            "loaded_at": timezone.now(),
            "source": source,
            "licence": licence,
        },
    )


def _naf_labels() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, label FROM reference_nafcode WHERE nomenclature = 'naf_2025'")
        return dict(cursor.fetchall())


def _known_centres() -> dict[str, tuple[float, float]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, latitude, longitude FROM reference_commune")
        return {code: (latitude, longitude) for code, latitude, longitude in cursor.fetchall()}


def _import_report(name: str, file: ReadFile, updated: int) -> ImportReport:
    return ImportReport(name, file.read, updated, len(file.rows) - updated, file.rejections)


def _record_import(report: ImportReport, by: Actor) -> None:
    counts = {"read": report.read, "updated": report.updated, "rejected": report.rejected}
    audit.record(
        by=by, verb="reference.import", object_type="source", object_key=report.source, details=counts
    )
