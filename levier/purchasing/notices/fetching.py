"""`levier sync boamp`: the notices of the BOAMP, one day of publication after another, since the last day brought."""

from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings

from levier.core.audit import Actor
from levier.core.downloads import DownloadError, download
from levier.core.typography import day as day_in_words
from levier.core.typography import figure
from levier.directory.synchronising import SyncResult
from levier.purchasing.actions.notices import NoticeReport, import_notices
from levier.purchasing.contracts.formats import UnreadableFileError
from levier.purchasing.models import NoticeRun
from levier.purchasing.notices import BOAMP, BOAMP_ADDRESS

# What is read of a record (levier/purchasing/notices/README.md says what of it was verified).
FIELDS = (
    "idweb,donnees,url_avis,dateparution,etat,nature,objet,nomacheteur,datelimitereponse,"
    "code_departement,code_departement_prestation,annonce_lie"
)
# The first time: what may still be open.
FIRST_DAYS = 45
# A day is brought again the next time: the BOAMP appears twice a day.
AGAIN_DAYS = 2
LARGEST_DAY = 500_000_000


def fetch_boamp(*, by: Actor, today: date, force: bool = False) -> SyncResult:
    """Bring the days of publication not brought yet. Never raises for a network or a file: the days brought before it stay."""
    reports: list[NoticeReport] = []
    first = _first_day(today)
    try:
        for number in range((today - first).days + 1):
            report = _one_day(first + timedelta(days=number), by, force=force)
            reports += [report] if report is not None else []
    except (DownloadError, UnreadableFileError) as problem:
        before = f" Avant cela : {_sentence(reports)}" if reports else ""
        return SyncResult(BOAMP, "failed", f"{problem}{before}", _sum(reports))
    _forget_files(today)
    if not reports:
        return SyncResult(BOAMP, "unchanged", f"rien de nouveau depuis le {day_in_words(first)}.")
    return SyncResult(BOAMP, "done", _sentence(reports), _sum(reports))


def _first_day(today: date) -> date:
    last = NoticeRun.objects.exclude(day=None).order_by("-day").values_list("day", flat=True).first()
    oldest = today - timedelta(days=FIRST_DAYS)
    return oldest if last is None else max(oldest, min(last, today) - timedelta(days=AGAIN_DAYS))


def _one_day(day: date, by: Actor, *, force: bool) -> NoticeReport | None:
    """None when the file of that day has not changed since it was imported."""
    target = Path(settings.LEVIER_HOME) / "downloads" / f"boamp-{day:%Y-%m-%d}.jsonl"
    query = urlencode({"where": f"dateparution=date'{day:%Y-%m-%d}'", "select": FIELDS})
    file = download(f"{BOAMP_ADDRESS}?{query}", target, largest=LARGEST_DAY)
    is_known = NoticeRun.objects.filter(day=day).exists()
    if not (file.is_new or force) and is_known:
        return None
    if not file.path.stat().st_size:
        # No notice that day, a Sunday for instance.
        return None
    return import_notices(path=file.path, by=by, source="BOAMP", day=day)


def _forget_files(today: date) -> None:
    """The files of days that will not be asked again."""
    oldest = f"boamp-{today - timedelta(days=2 * AGAIN_DAYS + 1):%Y-%m-%d}"
    for path in (Path(settings.LEVIER_HOME) / "downloads").glob("boamp-*.jsonl*"):
        if path.name < oldest:
            path.unlink()


def _sum(reports: list[NoticeReport]) -> NoticeReport | None:
    if not reports:
        return None
    names = ("read", "created", "updated", "unchanged", "skipped", "rejected")
    return NoticeReport(
        file_name=BOAMP,
        is_dry_run=False,
        **{name: sum(getattr(one, name) for one in reports) for name in names},
    )


def _sentence(reports: list[NoticeReport]) -> str:
    whole = _sum(reports)
    if whole is None:
        return ""
    return (
        f"{figure(len(reports))} jours de parution, {figure(whole.read)} avis lus, {figure(whole.created)} nouveaux, "
        f"{figure(whole.updated)} modifiés, {figure(whole.skipped)} sans lot à montrer, {figure(whole.rejected)} rejetés."
    )
