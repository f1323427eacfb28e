"""Brings the sources that have a public address up to date: fetch what changed, then import it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from levier.core.audit import Actor
from levier.core.downloads import Downloaded, DownloadError, download
from levier.core.pages import fetch_pages
from levier.core.typography import figure
from levier.directory.actions import ImportRefusedError, import_source, locate_suppliers
from levier.directory.sources import ALIASES, SOURCES
from levier.directory.sources.definition import SourceDefinition
from levier.reference.actions import import_qpv
from levier.reference.sources.csv_rows import UnreadableFileError

# Not suppliers, but what tells where they stand: name → (address, file name).
REFERENCES = {
    "qpv": ("https://www.data.gouv.fr/api/1/datasets/r/942d4ee8-8142-4556-8ea1-335537ce1119", "qpv.zip"),
}
State = Literal["done", "unchanged", "skipped", "failed"]


@dataclass(frozen=True)
class SyncResult:
    """What happened to one source; ``sentence`` is French. After a failure yesterday's data stay."""

    source: str
    state: State
    sentence: str
    report: Any = None


def downloadable(*, heavy: bool = True) -> list[str]:
    """Names of what has a public address; without ``heavy``, those of reasonable size."""
    sources = [slug for slug, one in SOURCES.items() if one.download_name and (heavy or not one.is_heavy)]
    return [*REFERENCES, *sources]


def synchronise(
    *, name: str, by: Actor, force: bool = False, progress: Callable[[int], None] | None = None
) -> SyncResult:
    """Fetch one source and import it when it changed, or with ``force``. Never raises for a network or a file."""
    slug = ALIASES.get(name, name)
    try:
        if slug in REFERENCES:
            return _reference(slug, by, force)
        source = SOURCES[slug]
        missing = _missing_token(source)
        if missing:
            return SyncResult(slug, "skipped", missing)
        file, is_new = _fetched(source)
        # A file that came but whose import failed is imported the next time, changed or not.
        if not (is_new or force or _last_import_failed(slug)):
            return SyncResult(slug, "unchanged", "le fichier n’a pas changé.")
        report = import_source(source=slug, path=file.path, by=by, progress=progress)
    except (DownloadError, ImportRefusedError, UnreadableFileError) as problem:
        return SyncResult(slug, "failed", str(problem))
    return SyncResult(slug, "done", _sentence(report), report)


def _last_import_failed(slug: str) -> bool:
    from levier.directory.models import SourceRun

    last = SourceRun.objects.filter(source_id=slug).order_by("-started_at", "-id").first()
    return last is None or last.state != SourceRun.State.DONE


def _missing_token(source: SourceDefinition) -> str:
    wanted = source.pages.signed_by if source.pages else ""
    if not wanted or getattr(settings, wanted):
        return ""
    return (
        f"pas de jeton : demandez-en un au producteur ({source.publisher}), donnez-le dans LEVIER_{wanted}, "
        "puis relancez. Les données d’hier restent en place."
    )


def _fetched(source: SourceDefinition) -> tuple[Downloaded, bool]:
    folder = Path(settings.LEVIER_HOME) / "downloads"
    target = folder / source.download_name
    if source.pages:
        pages = source.pages
        file = fetch_pages(
            source.url,
            target,
            records=pages.records,
            following=pages.following,
            size=pages.size,
            size_parameter=pages.size_parameter,
            bearer=getattr(settings, pages.signed_by) if pages.signed_by else "",
        )
        return file, file.is_new
    others = [download(url, folder / name) for url, name in source.beside]
    file = download(source.url, target)
    return file, file.is_new or any(other.is_new for other in others)


def _reference(name: str, by: Actor, force: bool) -> SyncResult:
    url, file_name = REFERENCES[name]
    file = download(url, Path(settings.LEVIER_HOME) / "downloads" / file_name)
    if not file.is_new and not force:
        return SyncResult(name, "unchanged", "le fichier n’a pas changé.")
    report = import_qpv(file.path, by=by)
    moved = locate_suppliers(by=by)
    sentence = (
        f"{figure(report.read)} quartiers lus, {figure(report.updated)} nouveaux ou modifiés, "
        f"{figure(report.rejected)} rejetés ; {figure(moved)} fournisseurs situés de nouveau."
    )
    return SyncResult(name, "done", sentence, report)


def _sentence(report: Any) -> str:
    return (
        f"{figure(report.read)} lignes lues, {figure(report.created)} créées, {figure(report.updated)} modifiées, "
        f"{figure(report.rejected)} rejetées."
    )
