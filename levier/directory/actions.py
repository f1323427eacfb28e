"""Writes of the directory: import a source, load and clear the demonstration."""

import csv
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from levier.accounts.models import Membership
from levier.core import audit
from levier.core.audit import Actor
from levier.core.changes import record_changes
from levier.directory.demo.generator import write_demo_csv
from levier.directory.demo.living import load_living
from levier.directory.demo.own_sheet import load_own_sheet
from levier.directory.evidence.queries import won_by_siret
from levier.directory.models import ReviewingNetwork, Source, SourceRecord, SourceRun, Supplier
from levier.directory.sources import ALIASES, SOURCES
from levier.directory.sources.definition import SourceDefinition
from levier.directory.sources.errors import UnreadableFileError
from levier.directory.sources.judging import judge_rows
from levier.directory.sources.publishing import TOPIC, Publication, Publisher
from levier.directory.sources.reading import ReadSource, checksum_of, read_source
from levier.directory.sources.unchanged import leave_unchanged, rules_fingerprint
from levier.directory.territory import locate
from levier.organisations.models import Organisation
from levier.reference.queries import naf_links

Progress = Callable[[int], None]
SET_ASIDE = (
    "lignes du fichier laissées de côté : elles ne concernent pas cette source, ou complètent une autre ligne"
)
KILLED = "Arrêté avant la fin : l’annuaire est resté comme avant."
SECONDS_A_DAY = 86_400
DAYS_OF_REJECTS = 90
PARTIAL_FILE = "fichier partiel (plus d’un cinquième de ce que la source donnait n’y est plus) : rien n’a été marqué comme disparu"


class ImportRefusedError(ValueError):
    """The import cannot start or was given up; the message is one French sentence."""


@dataclass(frozen=True)
class ImportReport:
    """Outcome of an import, in rows of the file: read = created + updated + unchanged + rejected.

    ``gone``: records the source gave before and no longer gives (kept, marked). ``suppliers``: suppliers to
    index again. ``rejects_path``: CSV of the rejected rows with their reason, or None. ``anomalies``: French
    sentence → number of rows that were accepted all the same.
    """

    source: str
    file_name: str
    is_dry_run: bool
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    gone: int
    suppliers: int
    rejects_path: str | None
    anomalies: dict[str, int]
    reasons: dict[str, int]
    seconds: float


@dataclass
class _Rejects:
    """The rows refused so far, with their reason; written once the reading is over."""

    rows: list[tuple[int, str, list[str]]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, line: int, reason: str, cells: list[str]) -> None:
        self.rows.append((line, reason, cells))
        # « SIRET faux : « 123 » … » is counted as « SIRET faux ».
        self.reasons[reason.partition(" : ")[0]] += 1


def import_source(
    *, source: str, path: Path, by: Actor, dry_run: bool = False, progress: Progress | None = None,
    is_whole: bool = False,
) -> ImportReport:  # fmt: skip
    """Read a file of ``source`` (a slug of SOURCES), publish it in one transaction, and report.

    Importing the same file twice changes nothing. With ``dry_run`` all is done and rolled back. ``progress``
    is called with numbers of rows. ``is_whole``: whatever the file lacks is gone, were it most of the source.
    Raises ImportRefusedError, with one French sentence, for an unknown source or a file that is not one of its
    layouts; the directory is then as before.
    """
    definition = SOURCES.get(ALIASES.get(source, source))
    if definition is None:
        raise ImportRefusedError(
            f"La source « {source} » est inconnue : les sources sont {', '.join(SOURCES)}."
        )
    if is_whole:
        definition = replace(definition, largest_loss=1.0)
    return import_definition(definition=definition, path=path, by=by, dry_run=dry_run, progress=progress)


def import_definition(
    *,
    definition: SourceDefinition,
    path: Path,
    by: Actor,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """The same for a source that is described elsewhere than in SOURCES (a saved mapping)."""
    started = timezone.now()
    row = _refresh_source(definition)
    run = (
        None
        if dry_run
        else SourceRun.objects.create(source=row, file_name=path.name, by_label=by.label[:120])
    )
    try:
        report = _import(definition, path, by, run, dry_run, progress or (lambda rows: None), started)
    except UnreadableFileError as problem:
        _fail(run, str(problem))
        raise ImportRefusedError(str(problem)) from None
    except BaseException as problem:
        _fail(run, f"Erreur imprévue ({type(problem).__name__}) : l’annuaire est resté comme avant.")
        raise
    return report


def load_demo(*, by: Actor) -> ImportReport:
    """Publish the demonstration directory; it is searched only while no real source is published."""
    with tempfile.TemporaryDirectory(prefix="levier-demo-") as work:
        path = Path(work) / "demonstration.csv"
        write_demo_csv(path)
        report = import_source(source="demo", path=path, by=by)
    load_own_sheet(by=by)
    load_living(by=by)
    return report


@transaction.atomic
def locate_suppliers(*, by: Actor) -> int:
    """Tell again which suppliers stand in a QPV or in a commune of FRR, after new perimeters or a new list."""
    changed = locate()
    record_changes(TOPIC, changed)
    if changed:
        audit.record(by=by, verb="directory.locate_suppliers", details={"suppliers": len(changed)})
    return len(changed)


@transaction.atomic
def clear_demo(*, by: Actor) -> int:
    """Remove the demonstration suppliers, what was said of them, their legal units. Returns how many went.

    A legal unit that a demonstration account belongs to stays: its room removes it.
    """
    ids = list(Supplier.objects.filter(is_demo=True).values_list("id", flat=True))
    sirens = set(Supplier.objects.filter(is_demo=True, siren__isnull=False).values_list("siren", flat=True))
    readers = ReviewingNetwork.objects.filter(organisation__is_demo=True, organisation__siren__isnull=False)
    sirens |= set(readers.values_list("organisation__siren", flat=True))
    SourceRecord.objects.filter(Q(source__is_demo=True) | Q(supplier__is_demo=True)).delete()
    Supplier.objects.filter(id__in=ids).delete()
    free = Organisation.objects.filter(is_demo=True, siren__in=sirens).exclude(
        id__in=Membership.objects.values("organisation_id")
    )
    try:
        with transaction.atomic():
            free.delete()
    except ProtectedError:
        # Another room still shows one of them: they go with that room's own demonstration data.
        pass
    record_changes(TOPIC, ids, is_deletion=True)
    audit.record(by=by, verb="directory.clear_demo", object_type="source", object_key="demo",
                 details={"suppliers": len(ids)})  # fmt: skip
    return len(ids)


def _refresh_source(definition: SourceDefinition) -> Source:
    row, _ = Source.objects.update_or_create(
        slug=definition.slug,
        defaults={
            "label": definition.label, "publisher": definition.publisher, "licence": definition.licence,
            "url": definition.url, "frequency": definition.frequency, "rank": definition.rank,
            "is_demo": definition.is_demo,
        },
    )  # fmt: skip
    return row


def _fail(run: SourceRun | None, sentence: str) -> None:
    if run is not None:
        SourceRun.objects.filter(pk=run.pk).update(
            state=SourceRun.State.FAILED, finished_at=timezone.now(), problem=sentence
        )


def _import(
    definition: SourceDefinition, path: Path, by: Actor, run: SourceRun | None, dry_run: bool,
    progress: Progress, started: Any,
) -> ImportReport:  # fmt: skip
    with _work_folder() as work, ThreadPoolExecutor(1) as beside, transaction.atomic():
        reading = read_source(definition, path, Path(work))
        publisher = Publisher(definition, timezone.localdate())
        links, won = naf_links(), {} if definition.only_completes else won_by_siret()
        rules = rules_fingerprint(definition, links)
        unchanged = leave_unchanged(reading, definition, rules, won, Path(work))
        progress(unchanged.count)
        judged = judge_rows(reading, definition, Path(work), naf_links=links, won=won)
        rejects = _Rejects()
        for unreadable in reading.unreadable:
            rejects.add(unreadable.line, "ligne illisible (guillemet ou colonne en trop)", [unreadable.text])
        for line, reason in judged.refused:
            rejects.add(line, reason, [])
        for part in judged.parts:
            publisher.take_file(part)
        progress(judged.count + len(judged.refused))
        anomalies = unchanged.anomalies + judged.anomalies
        checksum = beside.submit(checksum_of, path)  # while PostgreSQL works
        publication = publisher.publish(unchanged)
        if reading.set_aside:
            anomalies[SET_ASIDE] += reading.set_aside
        if publication.is_partial:
            anomalies[PARTIAL_FILE] += 1
        rejects_path = _write_rejects(definition.slug, started, reading, rejects)
        report = _report(
            definition, path, dry_run, publication, rejects, rejects_path, anomalies, started, reading.read
        )
        if run is None:
            transaction.set_rollback(True)
        else:
            _finish(run, report, checksum.result(), by)
    return report


def _work_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for what is converted; those a killed import left, gigabytes at times, go after a day."""
    base = Path(settings.LEVIER_HOME) / "work"
    base.mkdir(parents=True, exist_ok=True)
    for left in base.iterdir():
        if left.is_dir() and time.time() - left.stat().st_mtime > SECONDS_A_DAY:
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix="import-", dir=base)


def _write_rejects(slug: str, started: Any, reading: ReadSource, rejects: _Rejects) -> str | None:
    """« ligne » is the row as a spreadsheet numbers it, the header being row 1."""
    if not rejects.rows:
        return None
    folder = Path(settings.LEVIER_HOME) / "rejects"
    folder.mkdir(parents=True, exist_ok=True)
    # They hold contacts at times: those of a former quarter go once the source has new ones.
    for left in folder.glob(f"{slug}-[0-9]*.csv"):
        if time.time() - left.stat().st_mtime > DAYS_OF_REJECTS * SECONDS_A_DAY:
            left.unlink(missing_ok=True)
    path = folder / f"{slug}-{started:%Y%m%d-%H%M%S-%f}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(["ligne", "motif", *reading.columns])
        for line, reason, cells in sorted(rejects.rows):
            writer.writerow([line, reason, *(cells or reading.raw_line(line))])
    return str(path)


def _report(
    definition: SourceDefinition, path: Path, dry_run: bool, publication: Publication, rejects: _Rejects,
    rejects_path: str | None, anomalies: Counter[str], started: Any, read: int,
) -> ImportReport:  # fmt: skip
    return ImportReport(
        source=definition.slug,
        file_name=path.name,
        is_dry_run=dry_run,
        read=read,
        created=publication.created,
        updated=publication.updated,
        unchanged=publication.unchanged,
        rejected=len(rejects.rows),
        gone=publication.gone,
        suppliers=len(publication.supplier_ids),
        rejects_path=rejects_path,
        anomalies=dict(anomalies.most_common()),
        reasons=dict(rejects.reasons.most_common()),
        seconds=round((timezone.now() - started).total_seconds(), 2),
    )


def _finish(run: SourceRun, report: ImportReport, checksum: str, by: Actor) -> None:
    now = timezone.now()
    SourceRun.objects.filter(pk=run.pk).update(
        state=SourceRun.State.DONE, finished_at=now, checksum=checksum, read=report.read,
        created=report.created, updated=report.updated, unchanged=report.unchanged, rejected=report.rejected,
        gone=report.gone, anomalies=report.anomalies, rejects_path=report.rejects_path or "", problem="",
    )  # fmt: skip
    # A run that never said its end was killed; one that still waits for its turn says it later.
    SourceRun.objects.filter(source_id=run.source_id, state=SourceRun.State.RUNNING, pk__lt=run.pk).update(
        state=SourceRun.State.FAILED, finished_at=now, problem=KILLED
    )
    Source.objects.filter(pk=run.source_id).update(last_success=now)
    audit.record(
        by=by, verb="directory.import_source", object_type="source", object_key=report.source,
        details={"read": report.read, "created": report.created, "updated": report.updated,
                 "rejected": report.rejected, "gone": report.gone, "run": run.pk},
    )  # fmt: skip
    if report.created or report.updated:
        _look_for_duplicates()


def _look_for_duplicates() -> None:
    """One run waits, however many imports follow one another; it leaves with this transaction."""
    name = "directory.resolve_duplicates"
    try:
        with transaction.atomic():
            jobs.configure_task(name, queue="maintenance", queueing_lock=name).defer()
    except AlreadyEnqueued:
        pass
