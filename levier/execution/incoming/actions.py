"""Writes about files that bring hours, people and contracts: received, their columns said, read, written. Nothing is written before « written ».

A reading or a writing of many lines is a job; of a few, it is done at once. Both run the same function.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, kept_files
from levier.execution.actions.posting import locked
from levier.execution.declaring.actions import keep_cells, send
from levier.execution.declaring.book import load as load_book
from levier.execution.declaring.policies import Desk
from levier.execution.errors import RefusedError
from levier.execution.incoming import policies, shelf
from levier.execution.incoming.account import Account
from levier.execution.incoming.chosen import (
    NAMES_SAY,
    first_choice,
    said_by,
    said_of_sheets,
    sealed,
    tables_of,
)
from levier.execution.incoming.columns import (
    has_titles,
    is_known_title,
    title_weight,
)
from levier.execution.incoming.hours import understand_hours
from levier.execution.incoming.saying import Said
from levier.execution.incoming.sheets import folded, read_tables
from levier.execution.incoming.taking.known import load as load_known
from levier.execution.incoming.taking.understanding import understand
from levier.execution.incoming.taking.writing import write_plan
from levier.execution.models import (
    Commitment,
    Contract,
    Evidence,
    IncomingFile,
    IncomingKind,
    IncomingState,
    SavedColumns,
)
from levier.execution.people.scope import acting
from levier.organisations.identifiers import clean_digits, is_valid_siren
from levier.organisations.models import Organisation

# How a column without a title is called.
_NO_TITLE = re.compile(r"colonne \d+")
AT_ONCE = 1_500
MOST_TAKEN = 20_000
# Contracts whose dates are asked on screen.
MOST_UNDATED = 200
_CHANGED = (
    "Depuis ce bilan, quelque chose a changé (une ligne, un contrat, une personne) : rien n’est écrit. "
    "Relisez le bilan ci-dessous, puis recommencez."
)


def receive(
    *, by: User, organisation: Organisation, content: bytes, name: str, desk: Desk | None = None,
    commitment: Commitment | None = None, month: date | None = None,
) -> IncomingFile:  # fmt: skip
    """Keep the table of a file, its columns guessed, and read it: nothing is written. Raises RefusedError.

    A desk: a month of hours; none: a taking over.
    """
    clean = kept_files.shown(name, "document")
    tables = read_tables(content, clean, weight=title_weight)
    kind = IncomingKind.HOURS if desk else IncomingKind.TAKING_OVER
    most = max(len(table.rows) for table in tables)
    if kind == IncomingKind.TAKING_OVER and most > MOST_TAKEN:
        raise RefusedError(
            f"Plus de {MOST_TAKEN} lignes à reprendre : découpez le fichier, par année ou par contrat."
        )
    if not any(has_titles(table) for table in tables):
        raise RefusedError(
            "Aucun titre de colonne n’est reconnu : écrivez-les au-dessus des lignes (Nom, Prénom, Mois, Heures…)."
        )
    place = shelf.new_place()
    shelf.put_tables(place, tables)
    with transaction.atomic():
        made = IncomingFile.objects.create(
            kind=kind, organisation=organisation, contract=desk.contract if desk else None, commitment=commitment,
            by=by, name=clean[:200], sha256=hashlib.sha256(content).hexdigest(), stored_as=place,
            choices=first_choice(tables, kind=kind, name=clean, month=month),
        )  # fmt: skip
        audit.record(verb="execution.receive_file", **_about(by, made, {"sheets": len(tables)}))
        made.state = IncomingState.READING
        made.save(update_fields=["state"])
        _run(made)
    made.refresh_from_db()
    return made


def again(file: IncomingFile) -> IncomingFile | None:
    """The same file, written before and not undone."""
    return (
        IncomingFile.objects.filter(
            organisation=file.organisation_id, sha256=file.sha256, state=IncomingState.WRITTEN, contract=file.contract_id
        )
        .exclude(pk=file.pk)
        .select_related("by")
        .first()
    )  # fmt: skip


def _titles(file: IncomingFile, sheet: int) -> tuple[str, ...]:
    tables = shelf.tables_at(file.stored_as)
    return tables[min(sheet, len(tables) - 1)].titles


def choose(
    *, by: User, file: IncomingFile, sheet: int, roles: Mapping[str, str], year: int | None, month: date | None,
    contract: Contract | None, sirens: Mapping[str, str], sheets: Sequence[int] = (), names_say: str = "",
    dates: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Say how a file is read, keep it for the next one, and read it. `roles`: title → role of the columns of `sheet`; `sirens`: name → SIREN.

    `sheets`: those to read (none: `sheet` alone), by the same titles; `names_say`: the field that their names say, if any.
    `dates`: beginning and end (ISO, or empty) of contracts the table does not date, by key of the account.
    `contract`: the one of every line, already opened by a policy. Raises RefusedError.
    """
    wrong = [name for name, siren in sirens.items() if siren and not _siren(siren)]
    if wrong:
        raise RefusedError(
            f"Le SIREN donné pour « {wrong[0] or 'toutes les lignes'} » n’est pas valable : neuf chiffres."
        )
    # What stands as a title may be the name of somebody: of any other word than those of titles, this file keeps the place alone.
    known = {folded(title): role for title, role in roles.items() if is_known_title(title)}
    lasting = known | {
        sealed(title): role
        for title, role in roles.items()
        if role and folded(title) not in known and not _NO_TITLE.fullmatch(title)
    }
    said = known | {
        f"colonne {place}": role
        for place, title in enumerate(_titles(file, sheet), start=1)
        if (role := roles.get(title)) and not is_known_title(title)
    }
    numbers = {folded(name): clean_digits(siren)[:9] for name, siren in sirens.items() if siren}
    with transaction.atomic():
        own = _idle(file)
        saved, _ = SavedColumns.objects.get_or_create(organisation_id=own.organisation_id, kind=own.kind)
        saved.roles = saved.roles | lasting
        # « buyer » and « holder » are those of the lines of this file that name none.
        saved.sirens = saved.sirens | {
            name: siren for name, siren in numbers.items() if name not in ("buyer", "holder")
        }
        saved.save(update_fields=["roles", "sirens"])
        own.choices = {
            "sheet": sheet, "sheets": sorted(sheets) or [sheet], "roles": said,
            "names_say": names_say if names_say in NAMES_SAY[IncomingKind(own.kind)] else "",
            "year": year, "month": month.isoformat() if month else "",
            "sirens": numbers, "contract": contract.pk if contract else None,
            "dates": {key: list(both) for key, both in dates.items() if any(both)},
        }  # fmt: skip
        own.state, own.problem, own.by = IncomingState.READING, "", by
        own.save(update_fields=["choices", "state", "problem", "by"])
        _run(own)
    file.refresh_from_db()


def clean_saved_columns() -> int:
    """Take out of what was remembered the titles in clear that are not made of the words of titles (a first row of people). Gives how many."""
    gone = 0
    for saved in SavedColumns.objects.all():
        kept = {
            title: role
            for title, role in saved.roles.items()
            if title.startswith("#") or is_known_title(title)
        }
        gone += len(saved.roles) - len(kept)
        if kept != saved.roles:
            saved.roles = kept
            saved.save(update_fields=["roles"])
    return gone


def _siren(text: str) -> str:
    digits = clean_digits(text)[:9]
    is_known = is_valid_siren(digits) or Organisation.objects.filter(siren=digits).exists()
    return digits if len(digits) == 9 and is_known else ""


def confirm(
    *, by: User, file: IncomingFile, digest: str, is_statement_seen: bool, sends: bool = False
) -> None:
    """Write what was read, as it was read: `digest` is the one of the account shown. Raises RefusedError."""
    with transaction.atomic():
        own = _idle(file)
        if own.state != IncomingState.READ:
            raise RefusedError("Ce fichier est déjà écrit, ou n’est pas encore lu.")
        if digest != own.account.get("digest"):
            raise RefusedError(_CHANGED)
        if not own.account.get("understood"):
            raise RefusedError("Aucune ligne n’est comprise : il n’y a rien à écrire.")
        own.choices |= {"statement": is_statement_seen, "send": sends}
        own.state, own.problem, own.by = IncomingState.WRITING, "", by
        own.save(update_fields=["choices", "state", "problem", "by"])
        _run(own)
    file.refresh_from_db()


def _idle(file: IncomingFile) -> IncomingFile:
    own = IncomingFile.objects.select_for_update().get(pk=file.pk)
    if own.is_running:
        raise RefusedError("Ce fichier est en cours de lecture ou d’écriture : attendez qu’elle finisse.")
    if own.written_at:
        raise RefusedError("Ce fichier est déjà repris : donnez-le de nouveau pour le relire.")
    return own


def _run(file: IncomingFile) -> None:
    """At once for a few lines; a job, deferred in this transaction, for many."""
    from levier.execution.tasks import run_file

    count = sum(len(table.rows) for table in tables_of(file))
    if count > AT_ONCE:
        shelf.put_progress(file.stored_as, 0, count)
        run_file.defer(file_id=file.pk)
    else:
        run_started(file_id=file.pk)


def run_started(*, file_id: int) -> None:
    """Read or write a file, whichever was started; a second run finds nothing to do. What goes wrong is said on its page."""
    file = IncomingFile.objects.select_related("organisation", "by").filter(pk=file_id).first()
    if file is None or not file.is_running:
        return
    is_writing = file.state == IncomingState.WRITING
    try:
        with transaction.atomic():
            _write(file) if is_writing else _read(file)
    except RefusedError as refusal:
        file.refresh_from_db()
        file.state = IncomingState.READ if is_writing else IncomingState.RECEIVED
        file.problem = str(refusal)
        file.save(update_fields=["state", "problem"])
        if is_writing and str(refusal) == _CHANGED:
            file.state = IncomingState.READING
            _read(file, problem=_CHANGED)


def fail(*, file_id: int) -> None:
    """Say that a job stopped on something unforeseen: nothing was written."""
    IncomingFile.objects.filter(pk=file_id, written_at=None).update(
        state=IncomingState.FAILED,
        problem="La lecture s’est arrêtée sur une erreur de notre côté : rien n’est écrit. Relancez-la, ou écrivez-nous.",
    )


def _read(file: IncomingFile, *, problem: str = "") -> None:
    account, extra, _ = _understood(file)
    remarks = [(one.line, one.what, one.outcome, one.reason, one.sheet) for one in account.remarks]
    shelf.put_remarks(file.stored_as, remarks)
    file.account = account.figures() | extra
    file.state, file.problem = IncomingState.READ, problem
    file.save(update_fields=["account", "state", "problem"])


def _understood(file: IncomingFile) -> tuple[Account, dict[str, Any], Callable[[], None]]:
    """The account of a file as it stands today, what else its page says, and the writing of it."""
    assert file.by is not None
    _, desk = policies.get_file_for(file.by, file.pk)
    tables = tables_of(file)
    if desk is None and sum(len(table.rows) for table in tables) > MOST_TAKEN:
        raise RefusedError(
            f"Plus de {MOST_TAKEN} lignes à reprendre : cochez moins de feuilles, et reprenez les autres ensuite."
        )
    said = said_by(file, tables)
    account, extra, write = _taking(file, said) if desk is None else _hours(file, desk, said)
    return account, extra | said_of_sheets(tables, said), write


def _taking(file: IncomingFile, said: list[Said]) -> tuple[Account, dict[str, Any], Callable[[], None]]:
    saved = SavedColumns.objects.filter(organisation=file.organisation_id, kind=file.kind).first()
    sirens = (saved.sirens if saved else {}) | file.choices.get("sirens", {})
    contract = file.choices.get("contract")
    with acting(followers=[file.organisation_id]):
        known = load_known(file.organisation, sirens=sirens)
        plan = understand(
            said, known, today=timezone.localdate(),
            contract=next((one for one in known.contracts if one.pk == contract), None),
            buyer=known.firm(siren=sirens.get("buyer", ""), name=""),
            holder=known.firm(siren=sirens.get("holder", ""), name=""),
            totals_of=date.fromisoformat(month) if (month := file.choices.get("month")) else None,
            dates={key: (_iso(starts), _iso(ends)) for key, (starts, ends) in file.choices.get("dates", {}).items()},
        )  # fmt: skip
    evidence = Evidence.DOCUMENTED if file.choices.get("statement") else Evidence.DECLARED

    def write() -> None:
        assert file.by is not None
        with acting(followers=[file.organisation_id]):
            write_plan(by=file.by, file=file, plan=plan, evidence=evidence)

    return (
        plan.account,
        {
            "asked": list(plan.asked.values())[:40], "told": list(known.told.items())[:40],
            "undated": [(key, one.words, _day(one.first), _day(one.last)) for key, one in plan.undated.items()][:MOST_UNDATED],
        },
        write,
    )  # fmt: skip


def _iso(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _day(when: date | None) -> str:
    return when.isoformat() if when else ""


def _hours(
    file: IncomingFile, desk: Desk, said: list[Said]
) -> tuple[Account, dict[str, Any], Callable[[], None]]:
    assert file.commitment is not None
    commitment = file.commitment

    def progress(done: int) -> None:
        shelf.put_progress(file.stored_as, done, len(said))

    is_writing = file.state == IncomingState.WRITING
    if is_writing:
        # What is judged now is what is written: nobody types meanwhile.
        locked(commitment)
    with desk.scope():
        book = load_book(desk, commitment)
        account, cells = understand_hours(said, book, with_remarks=not is_writing, progress=progress)

    def write() -> None:
        assert file.by is not None
        with desk.scope():
            keep_cells(by=file.by, book=book, cells=cells, incoming=file)
        if file.choices.get("send") and not desk.is_facilitator:
            for month in sorted({when for _, when in cells}):
                send(by=file.by, desk=desk, commitment=commitment, month=month)

    return account, {}, write


def _write(file: IncomingFile) -> None:
    own = IncomingFile.objects.select_for_update().get(pk=file.pk)
    account, _, write = _understood(file)
    if account.figures()["digest"] != own.account.get("digest"):
        raise RefusedError(_CHANGED)
    write()
    assert file.by is not None
    file.state, file.written_at = IncomingState.WRITTEN, timezone.now()
    file.save(update_fields=["state", "written_at"])
    audit.record(verb="execution.write_file", **_about(file.by, file, {"lines": own.account["understood"]}))


def forget(*, by: User, file: IncomingFile) -> None:
    """Remove the lines kept of a file; what was written stays. Raises RefusedError while a job runs."""
    own = IncomingFile.objects.get(pk=file.pk)
    if own.is_running:
        raise RefusedError("Ce fichier est en cours de lecture ou d’écriture : attendez qu’elle finisse.")
    shelf.drop(own.stored_as)
    if own.written_at is None:
        own.delete()
    audit.record(verb="execution.forget_file", **_about(by, file, {}))


def _about(by: User, file: IncomingFile, details: dict[str, Any]) -> dict[str, Any]:
    """Who, which file, figures alone: the name of a file may be somebody's."""
    return {
        "by": by.as_actor(), "object_type": "incoming_file", "object_key": str(file.pk), "details": details,
    }  # fmt: skip
