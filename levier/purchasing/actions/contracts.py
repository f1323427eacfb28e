"""Import published contracts, teach the need reader from them."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from levier.core import audit
from levier.core.audit import Actor
from levier.core.changes import record_changes
from levier.purchasing import learning
from levier.purchasing.contracts import loading
from levier.purchasing.contracts.anomalies import Anomaly
from levier.purchasing.contracts.formats import UnreadableFileError, file_format, read_records
from levier.purchasing.contracts.mapping import ParsedContract, RejectedRecordError, parse
from levier.purchasing.contracts.report import ContractReport, Rejects
from levier.purchasing.models import ContractRun
from levier.reference.models import CpvCode

__all__ = ["UnreadableFileError", "import_contracts", "push_activity_evidence", "train_cpv_model"]

TOPIC = "contract"
_BATCH = 5_000


def import_contracts(
    *,
    path: Path,
    by: Actor,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    retrain: bool = True,
) -> ContractReport:
    """Import a file of essential public procurement data (DECP), whatever its format and its year.

    Importing the same file twice changes nothing. `dry_run` counts exactly what would change and writes only
    the rejects file. `progress` is called with the number of records read. `retrain`: teach the CPV model
    when something changed; the directory is then told who won what. Raises UnreadableFileError (a French sentence)
    when the file as a whole cannot be read; then nothing is written.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    path = Path(path)
    rejects = Rejects(settings.LEVIER_HOME / "rejects", started)
    try:
        with transaction.atomic():
            reading = _Reading(path, rejects, started.date(), progress)
            loading.open_staging()
            for batch in reading.batches():
                loading.stage(batch)
            result = loading.merge(today=started.date())
            kept = reading.read - reading.rejected
            report = ContractReport(
                file_name=path.name,
                file_format=file_format(path),
                is_dry_run=dry_run,
                read=reading.read,
                created=len(result.created),
                updated=len(result.updated),
                unchanged=kept - result.repeated - len(result.created) - len(result.updated),
                repeated=result.repeated,
                rejected=reading.rejected,
                anomalies=dict(reading.anomalies.most_common()),
                rejects_file=rejects.path,
            )
            if dry_run:
                transaction.set_rollback(True)
            else:
                record_changes(TOPIC, [*result.created, *result.updated])
                _record_run(report, by, started)
    finally:
        rejects.close()
    has_changed = bool(report.created or report.updated)
    lesson = _teach(by, retrain=retrain) if has_changed and not dry_run else ""
    return _finished(report, time.perf_counter() - clock, lesson)


def train_cpv_model(*, by: Actor) -> str:
    """Push the contracts' subjects to the reference room and train its CPV model on them.

    Returns one French sentence on what was learnt, or on why nothing could be.
    """
    return learning.teach(by=by)


def _teach(by: Actor, *, retrain: bool) -> str:
    push_activity_evidence(by=by)
    return train_cpv_model(by=by) if retrain else ""


def push_activity_evidence(*, by: Actor) -> int:
    """Tell the directory who won contracts of which trades. Returns how many suppliers changed."""
    return learning.push_activity_evidence(by=by, today=timezone.localdate())


class _Reading:
    """Reads, cleans and counts; keeps one number per identifier to tell reuse from repetition."""

    def __init__(
        self, path: Path, rejects: Rejects, today: date, progress: Callable[[int], None] | None
    ) -> None:
        self._path = path
        self._rejects = rejects
        self._today = today
        self._progress = progress
        self._known_cpv = frozenset(CpvCode.objects.values_list("code", flat=True))
        self._subjects: dict[str, int] = {}
        self.read = 0
        self.rejected = 0
        self.anomalies: Counter[str] = Counter()

    def batches(self) -> Iterator[list[tuple[int, ParsedContract]]]:
        """Batches of (position, contract), ready to stage."""
        batch: list[tuple[int, ParsedContract]] = []
        for record in read_records(self._path):
            self.read += 1
            try:
                contract = parse(
                    record.content,
                    source=self._path.name[:60],
                    known_cpv=self._known_cpv,
                    today=self._today,
                    is_typed=record.is_typed,
                )
            except RejectedRecordError as reason:
                self.rejected += 1
                self._rejects.add(record.position, str(reason), record.content)
                continue
            contract = self._told_apart(contract)
            self.anomalies.update(contract.anomalies)
            batch.append((self.read, contract))
            if len(batch) >= _BATCH:
                yield batch
                batch = []
                if self._progress:
                    self._progress(self.read)
        yield batch
        if self._progress:
            self._progress(self.read)

    def _told_apart(self, contract: ParsedContract) -> ParsedContract:
        """Some buyers give all the lots of a consultation one number: other object, other contract."""
        digest = hashlib.blake2b(contract.object.casefold().encode(), digest_size=6).hexdigest()
        first = self._subjects.setdefault(contract.uid, int(digest, 16))
        if first == int(digest, 16):
            return contract
        return contract.renamed(f"{contract.uid}#{digest}"[:120], Anomaly.UID_REUSED)


def _record_run(report: ContractReport, by: Actor, started: datetime) -> None:
    counts = {
        name: getattr(report, name)
        for name in ("read", "created", "updated", "unchanged", "repeated", "rejected")
    }
    run = ContractRun.objects.create(
        file_name=report.file_name[:255],
        file_format=report.file_format,
        actor_label=by.label[:120],
        started_at=started,
        anomalies=dict(report.anomalies),
        **counts,
    )
    audit.record(
        by=by,
        verb="purchasing.import_contracts",
        object_type="ContractRun",
        object_key=str(run.pk),
        details=counts,
    )


def _finished(report: ContractReport, seconds: float, lesson: str) -> ContractReport:
    return ContractReport(**{**vars(report), "seconds": seconds, "learning": lesson})
