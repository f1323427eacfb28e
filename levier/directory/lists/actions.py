"""Writes about lists that are brought: receive, correct the correspondence, try, publish, forget."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.directory.actions import ImportRefusedError, ImportReport, import_definition
from levier.directory.kinds import CODES
from levier.directory.lists.proposing import COLUMN_LABELS, propose
from levier.directory.models import ListImport, SavedMapping
from levier.directory.sources.errors import UnreadableFileError
from levier.directory.sources.mapped.source import COLUMNS, definition_of
from levier.organisations.models import Organisation

DAYS_KEPT = 30
LARGEST_FILE = 20 * 1024 * 1024
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods", ".gz")
_RUNNING = (ListImport.State.CHECKING, ListImport.State.PUBLISHING)


class ListRefusedError(ValueError):
    """The list or its correspondence cannot be used; the message is one French sentence."""


@transaction.atomic
def save_mapping(
    *,
    name: str,
    label: str,
    columns: Mapping[str, str],
    kind: str,
    by: Actor,
    organisation: Organisation | None = None,
    owner: User | None = None,
) -> SavedMapping:
    """Keep a correspondence under ``name``, or correct the one of that name. Raises ListRefusedError."""
    wanted = {column: columns[column].strip() for column in COLUMNS if columns.get(column, "").strip()}
    _refuse_incomplete(wanted, kind)
    slug = slugify(name)[:60] or "liste"
    mapping, is_new = SavedMapping.objects.update_or_create(
        organisation=organisation,
        name=slug,
        defaults={"label": label.strip()[:150] or slug, "columns": wanted, "kind": kind},
        create_defaults={
            "label": label.strip()[:150] or slug, "columns": wanted, "kind": kind, "owner": owner,
        },
    )  # fmt: skip
    audit.record(
        by=by, verb="directory.save_mapping", object_type="mapping", object_key=str(mapping.pk),
        details={"columns": sorted(wanted), "kind": kind, "is_new": is_new},
    )  # fmt: skip
    return mapping


def _refuse_incomplete(columns: Mapping[str, str], kind: str) -> None:
    for column in ("siret", "nom"):
        if column not in columns:
            raise ListRefusedError(
                f"Indiquez la colonne « {COLUMN_LABELS[column]} » : sans elle aucune ligne n’entre."
            )
    if kind and kind not in CODES:
        raise ListRefusedError(f"Le type « {kind} » est inconnu : choisissez-en un dans la liste.")
    if not kind and "type" not in columns:
        raise ListRefusedError("Indiquez la colonne du type de structure, ou le type de toutes les lignes.")
    twice = [title for title in columns.values() if list(columns.values()).count(title) > 1]
    if twice:
        raise ListRefusedError(f"La colonne « {twice[0]} » est choisie deux fois : une colonne, un usage.")


def import_mapped(
    *,
    mapping: SavedMapping,
    path: Path,
    by: Actor,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    sheet: str = "",
    is_whole: bool = False,
) -> ImportReport:
    """Read a list through its correspondence and publish it, or only try it. Raises ImportRefusedError.

    ``sheet``: the one to read of a workbook; empty for the one that holds the titles of the correspondence.
    ``is_whole``: whoever the list no longer names is gone from it, were they most of it.
    """
    organisation = mapping.organisation
    definition = definition_of(
        slug=mapping.source_slug,
        label=mapping.label,
        publisher=organisation.name if organisation else "Levier",
        columns=mapping.columns,
        kind=mapping.kind,
        sheet=sheet,
    )
    if is_whole:
        definition = replace(definition, largest_loss=1.0)
    return import_definition(definition=definition, path=path, by=by, dry_run=dry_run, progress=progress)


def receive_list(
    *,
    file_name: str,
    chunks: Iterable[bytes],
    label: str,
    by: User,
    organisation: Organisation | None,
) -> ListImport:
    """Store the file, propose a correspondence (or take the one of that name again). Raises ListRefusedError."""
    clean_name = Path(file_name).name[:200]
    if not clean_name.lower().endswith(ENDINGS):
        raise ListRefusedError(
            f"« {clean_name} » n’est pas un tableau : un CSV ou un classeur (xlsx, ods) est attendu."
        )
    stored = f"{secrets.token_urlsafe(24)}{''.join(Path(clean_name).suffixes[-2:])[-20:]}"
    path = upload_path(stored)
    try:
        _store(path, chunks, clean_name)
        proposal = propose(path)
        return _received(clean_name, stored, label, proposal.columns, by, organisation)
    except BaseException as problem:
        path.unlink(missing_ok=True)
        if isinstance(problem, UnreadableFileError):
            raise ListRefusedError(str(problem).replace(stored, clean_name)) from None
        raise


@transaction.atomic
def _received(
    file_name: str,
    stored: str,
    label: str,
    columns: dict[str, str],
    by: User,
    organisation: Organisation | None,
) -> ListImport:
    mapping, _ = SavedMapping.objects.get_or_create(
        organisation=organisation,
        name=slugify(label)[:60] or "liste",
        defaults={"label": label.strip()[:150], "columns": columns, "owner": by},
    )
    former = mapping.imports.order_by("-id").first()
    received = ListImport.objects.create(
        mapping=mapping, by=by, file_name=file_name, stored_as=stored, sheet=former.sheet if former else ""
    )
    audit.record(
        by=by.as_actor(), verb="directory.receive_list", object_type="list", object_key=str(received.pk),
        details={"columns": sorted(columns)},
    )  # fmt: skip
    return received


def _store(path: Path, chunks: Iterable[bytes], name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = 0
    with path.open("wb") as out:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_FILE:
                raise ListRefusedError(
                    f"« {name} » dépasse {LARGEST_FILE // 1024**2} Mo : retirez des colonnes, ou demandez un import "
                    "en ligne de commande."
                )
            out.write(chunk)
    if not size:
        raise ListRefusedError(f"« {name} » est vide : enregistrez le fichier, puis renvoyez-le.")


def upload_path(stored_as: str) -> Path:
    """Where a received file lies."""
    return Path(settings.LEVIER_HOME) / "uploads" / Path(stored_as).name


@transaction.atomic
def try_list(
    *, received: ListImport, columns: Mapping[str, str], kind: str, label: str, by: User
) -> ListImport:
    """Keep the corrected correspondence and start a trial that publishes nothing. Raises ListRefusedError."""
    mapping = received.mapping
    _refuse_running(received)
    saved = save_mapping(
        name=mapping.name, label=label, columns=columns, kind=kind, by=by.as_actor(),
        organisation=mapping.organisation, owner=mapping.owner,
    )  # fmt: skip
    return _start(received, saved, ListImport.State.CHECKING, by)


@transaction.atomic
def choose_sheet(*, received: ListImport, sheet: str, by: User) -> ListImport:
    """Read another sheet of the workbook; what a trial of the former one gave is forgotten. Raises ListRefusedError."""
    _refuse_running(received)
    try:
        known = propose(upload_path(received.stored_as)).sheets
    except UnreadableFileError as problem:
        raise ListRefusedError(str(problem).replace(received.stored_as, received.file_name)) from None
    if sheet not in known:
        raise ListRefusedError("Cette feuille n’est pas dans le classeur : choisissez-en une de la liste.")
    received.sheet, received.state, received.problem, received.outcome = (
        sheet, ListImport.State.RECEIVED, "", {},
    )  # fmt: skip
    received.save(update_fields=["sheet", "state", "problem", "outcome"])
    audit.record(
        by=by.as_actor(), verb="directory.choose_sheet", object_type="list", object_key=str(received.pk),
        details={"sheets": len(known)},
    )  # fmt: skip
    return received


@transaction.atomic
def publish_list(*, received: ListImport, by: User) -> ListImport:
    """Start the publication of a list whose trial went well. Raises ListRefusedError."""
    locked = ListImport.objects.select_for_update().get(pk=received.pk)
    if locked.state != ListImport.State.CHECKED:
        raise ListRefusedError("Essayez d’abord la liste : on ne publie que ce qu’un essai a montré.")
    return _start(locked, locked.mapping, ListImport.State.PUBLISHING, by)


def _refuse_running(received: ListImport) -> None:
    locked = ListImport.objects.select_for_update().get(pk=received.pk)
    if locked.state in _RUNNING:
        raise ListRefusedError("Un essai est en cours : attendez son bilan.")


def _start(received: ListImport, mapping: SavedMapping, state: ListImport.State, by: User) -> ListImport:
    from levier.directory.tasks import run_list

    received.mapping, received.state, received.problem, received.outcome = mapping, state, "", {}
    received.save(update_fields=["mapping", "state", "problem", "outcome"])
    audit.record(
        by=by.as_actor(), verb="directory.start_list", object_type="list", object_key=str(received.pk),
        details={"state": str(state)},
    )  # fmt: skip
    run_list.defer(list_id=received.pk)
    return received


def run_started(*, list_id: int, by: Actor) -> ListImport | None:
    """Do what was started: a trial or a publication; nothing when it is done already. The job's own work."""
    received = ListImport.objects.select_related("mapping__organisation").filter(pk=list_id).first()
    if received is None or received.state not in _RUNNING:
        return received
    is_trial = received.state == ListImport.State.CHECKING
    try:
        report = import_mapped(
            mapping=received.mapping, path=upload_path(received.stored_as), by=by, dry_run=is_trial,
            sheet=received.sheet,
        )  # fmt: skip
    except ImportRefusedError as problem:
        received.state = ListImport.State.FAILED
        received.problem = str(problem).replace(received.stored_as, received.file_name)
    else:
        received.state = ListImport.State.CHECKED if is_trial else ListImport.State.PUBLISHED
        received.outcome = _outcome(report)
    received.save(update_fields=["state", "problem", "outcome"])
    return received


def _outcome(report: ImportReport) -> dict[str, Any]:
    said = asdict(report)
    wanted = (
        "read",
        "created",
        "updated",
        "unchanged",
        "rejected",
        "gone",
        "anomalies",
        "reasons",
        "rejects_path",
    )
    return {name: said[name] for name in wanted}


@transaction.atomic
def forget_list(*, received: ListImport, by: User) -> None:
    """Remove a received file and its row; what was published stays."""
    path, key = upload_path(received.stored_as), str(received.pk)
    received.delete()
    audit.record(by=by.as_actor(), verb="directory.forget_list", object_type="list", object_key=key)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


@transaction.atomic
def forget_old_lists(*, by: Actor) -> int:
    """Remove the files received more than a month ago; what they published and their mappings stay."""
    old = ListImport.objects.filter(created_at__lt=timezone.now() - timedelta(days=DAYS_KEPT)).exclude(
        state__in=_RUNNING
    )
    paths = [upload_path(stored) for stored in old.values_list("stored_as", flat=True)]
    old.delete()
    if paths:
        audit.record(by=by, verb="directory.forget_old_lists", details={"lists": len(paths)})
    transaction.on_commit(lambda: [path.unlink(missing_ok=True) for path in paths])
    return len(paths)
