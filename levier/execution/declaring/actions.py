"""Writes of declared hours: typed, sent, accepted, questioned, rejected. Locks: the commitment, then the person-month.

Accepting posts in the ledger in the same transaction. A correction reverses what its old line posted, then posts anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.typography import figure
from levier.execution.actions.posting import locked, post_done, record_month, refuse_closed, reverse
from levier.execution.declaring import letters
from levier.execution.declaring.book import ZERO, Book, Key, load
from levier.execution.declaring.policies import Desk
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Commitment,
    Confirmation,
    ConfirmationState,
    Declaration,
    DeclarationLine,
    DeclarationLink,
    DeclarationState,
    Evidence,
    IncomingFile,
    LedgerPosting,
    LineReason,
    LineState,
    MonthAnswer,
    MonthWord,
    Reason,
)

# Who types: an account, or the link of a contact that has none.
Declarant = User | DeclarationLink
_GONE = "Cette ligne a changé ou vient d’être décidée : relisez-la avant de décider."


class CellsRefusedError(RefusedError):
    """Cells that cannot be kept, each with its sentence; nothing was written."""

    def __init__(self, problems: Mapping[Key, str]) -> None:
        super().__init__("Rien n’est enregistré : corrigez les cases signalées, votre saisie est gardée.")
        self.problems = dict(problems)


@transaction.atomic
def save_hours(
    *, by: Declarant, desk: Desk, commitment: Commitment, cells: Mapping[Key, Decimal | None]
) -> int:
    """Keep the hours of cells (entry, month), those that changed alone; gives how many. None empties a cell.

    An accepted cell gets a correction that waits. What is typed by the facilitator is sent at once, what a company types is a draft until
    `send`. Raises CellsRefusedError, and keeps nothing, when one cannot be kept.
    """
    own = locked(commitment)[commitment.pk]
    with desk.scope():
        book = load(desk, own)
        if any(entry not in book.entries for entry, _ in cells):
            raise RefusedError("Une personne de la grille n’est plus sur ce contrat : rouvrez la page.")
        changed = {key: hours for key, hours in cells.items() if book.cell(key).hours != hours}
        problems = {key: told for key, hours in changed.items() if (told := _problem(book, key, hours))}
        if problems:
            raise CellsRefusedError(problems)
        keep_cells(by=by, book=book, cells=changed)
    return len(changed)


@transaction.atomic
def keep_cells(
    *, by: Declarant, book: Book, cells: Mapping[Key, Decimal | None], incoming: IncomingFile | None = None
) -> None:
    """Write cells that were just judged and changed, in a book read in this transaction, under the lock of its commitment.

    `incoming`: the file they come from. Raises RefusedError on a contract that is closed, but for what it counts already.
    """
    if any(book.cell(key).current is None for key in cells):
        book.limits.refuse_new()
    sent: dict[tuple[int, date], Declaration] = {}
    new = [_keep(by, book, key, hours, sent, incoming) for key, hours in cells.items()]
    DeclarationLine.objects.bulk_create([line for line in new if line], batch_size=1000)
    if cells:
        audit.record(verb="execution.declare_hours", **_about(by, book.commitment, {"lines": len(cells)}))


@transaction.atomic
def send(*, by: Declarant, desk: Desk, commitment: Commitment, month: date) -> bool:
    """The company gives its month to the facilitator; whether there was one in preparation.

    A month already sent is no error: what is kept in it has reached the facilitator. Raises RefusedError on a closed contract.
    """
    locked(commitment)
    found = Declaration.objects.filter(
        commitment=commitment, company__in=desk.organisations, month=month, state=DeclarationState.DRAFT,
        lines__state=LineState.WAITING,
    ).first()  # fmt: skip
    if found is None:
        return False
    if found.lines.filter(state=LineState.WAITING, corrects=None).exists():
        refuse_closed(commitment)
    found.state, found.sent_at = DeclarationState.SENT, timezone.now()
    found.save(update_fields=["state", "sent_at"])
    audit.record(verb="execution.send_declaration", **_about(by, commitment, {"declaration": found.pk}))
    return True


@transaction.atomic
def accept(
    *, by: User, desk: Desk, line: DeclarationLine, seen: Decimal, counted: Decimal | None = None,
    worked: Decimal | None = None, reason: str = "", is_statement_seen: bool = False,
) -> DeclarationLine:  # fmt: skip
    """Accept a line as it was read (`seen` hours), all of it or the `counted` part, and post it. Raises RefusedError.

    A line that a check stops needs a `reason`, one that is only pointed out does not; `worked`: the hours of the whole month for the
    employer, when others count already.
    """
    own = locked(line.declaration.commitment)[line.declaration.commitment_id]
    with desk.scope():
        book = load(desk, own)
        fresh = _open_line(book, line, seen)
        judged = book.judge((fresh.entry_id, fresh.declaration.month), fresh.hours)
        if not judged.is_acceptable:
            told = judged.sentences[0] if judged.sentences else ""
            raise RefusedError(f"Cette ligne ne peut pas être acceptée. {told}")
        if (judged.is_blocked or _disputed([fresh])) and reason not in LineReason.values:
            raise RefusedError("Une remarque porte sur cette ligne : dites pourquoi vous l’acceptez.")
        return _accept(by, book, fresh, counted, worked, reason, is_statement_seen)


@transaction.atomic
def accept_green(
    *,
    by: User,
    desk: Desk,
    commitment: Commitment,
    seen: Mapping[int, Decimal],
    is_statement_seen: bool = False,
) -> int:
    """Accept every line of `seen` (key, hours as read) that still waits without any remark; gives how many."""
    own = locked(commitment)[commitment.pk]
    done = 0
    with desk.scope():
        now = load(desk, own)
        waiting = [
            (key, cell.open)
            for key, cell in sorted(now.cells.items(), key=lambda pair: (pair[0][1], pair[0][0]))
            if cell.open and seen.get(cell.open.pk) == cell.open.hours and is_decidable(cell.open)
        ]
        disputed, touched = _disputed([line for _, line in waiting]), set[UUID]()
        for key, line in waiting:
            person = now.entries[key[0]].participant_id
            # An acceptance changes the months of its person, and what is left for everybody.
            if person in touched:
                now = load(desk, own)
                touched.clear()
            if (
                line.state == LineState.WAITING
                and line.pk not in disputed
                and now.judge(key, line.hours).is_green
            ):
                _accept(by, now, line, None, None, "", is_statement_seen)
                done += 1
                now = replace(now, left=now.left + now.cell(key).own - line.hours)
                touched.add(person)
    return done


@transaction.atomic
def question(*, by: User, desk: Desk, line: DeclarationLine, seen: Decimal, reason: str) -> DeclarationLine:
    """Ask the company about a line; it stays open. Raises RefusedError."""
    asked = _answer(by, desk, line, seen, reason, LineState.QUESTIONED)
    audit.record(verb="execution.question_line", **_about(by, line.declaration.commitment, {"line": line.pk}))
    return asked


@transaction.atomic
def reject(*, by: User, desk: Desk, line: DeclarationLine, seen: Decimal, reason: str) -> DeclarationLine:
    """Refuse a line; what it would have corrected stays as it is. Raises RefusedError."""
    refused = _answer(by, desk, line, seen, reason, LineState.REJECTED)
    audit.record(verb="execution.reject_line", **_about(by, line.declaration.commitment, {"line": line.pk}))
    return refused


def is_decidable(line: DeclarationLine) -> bool:
    """Whether a facilitator may decide it: a month in preparation is the company's."""
    return line.is_open and line.declaration.state != DeclarationState.DRAFT


def _disputed(lines: Sequence[DeclarationLine]) -> set[int]:
    """Those of which another party says that these very hours are wrong, or the person that this month is. Two SQL queries."""
    by_party = Confirmation.objects.filter(
        line__in=lines, state=ConfirmationState.DISPUTED, hours=F("line__hours")
    ).values_list("line", flat=True)
    by_person = open_disputes({line.entry_id for line in lines})
    return {*by_party, *(one.pk for one in lines if (one.entry_id, one.declaration.month) in by_person)}


def open_disputes(entries: Iterable[int]) -> dict[Key, MonthAnswer]:
    """The months that people dispute and that nobody answered, by entry and month; inside the scope of a desk."""
    rows = MonthAnswer.objects.filter(line__entry__in=list(entries), word=MonthWord.DISPUTED, answer="")
    return {
        (one.line.entry_id, one.line.declaration.month): one
        for one in rows.select_related("line__declaration")
    }


def _problem(book: Book, key: Key, hours: Decimal | None) -> str:
    if hours is None:
        return "Ces heures sont acceptées : écrivez 0 pour les retirer." if book.cell(key).current else ""
    return book.refusal(key, hours)


def _keep(
    by: Declarant, book: Book, key: Key, hours: Decimal | None, sent: dict[tuple[int, date], Declaration],
    incoming: IncomingFile | None,
) -> DeclarationLine | None:  # fmt: skip
    """Changes the open line of a cell; gives the one to create when there is none. `sent`: the months already met."""
    cell, entry = book.cell(key), book.entries[key[0]]
    is_back = cell.current is not None and hours == cell.own
    if cell.open and (hours is None or is_back):
        cell.open.delete()
        _settle(cell.open.declaration)
        return None
    assert hours is not None
    place = (entry.company_id, key[1])
    declaration = sent.get(place) or sent.setdefault(place, _declaration(book, key))
    if cell.open:
        line = cell.open
        line.hours, line.state, line.reason = hours, LineState.WAITING, ""
        line.declared_at = timezone.now()
        who = typed_by(by)
        line.declared_by, line.declared_through = who["declared_by"], who["declared_through"]
        line.incoming = incoming
        line.save(
            update_fields=[
                "hours",
                "state",
                "reason",
                "declared_by",
                "declared_through",
                "declared_at",
                "incoming",
            ]
        )
        return None
    return DeclarationLine(
        declaration=declaration, entry=entry, hours=hours, modality=entry.modality,
        # Said here, not by the database: the lines of a file are then one array, not thousands of expressions.
        employer_id=entry.company_id, corrects=cell.current, incoming=incoming, declared_at=timezone.now(), **typed_by(by),
    )  # fmt: skip


def typed_by(by: Declarant) -> dict[str, Any]:
    """The two columns that say who typed a line: one of them."""
    is_account = isinstance(by, User)
    return {"declared_by": by if is_account else None, "declared_through": None if is_account else by}


def _declaration(book: Book, key: Key) -> Declaration:
    """The month of the company; what the facilitator types, or what comes after an answer, is sent at once."""
    found, _ = Declaration.objects.get_or_create(
        commitment=book.commitment, company_id=book.entries[key[0]].company_id, month=key[1]
    )
    is_draft = found.state == DeclarationState.DRAFT
    if book.desk.is_facilitator if is_draft else found.state == DeclarationState.ANSWERED:
        found.state, found.sent_at = DeclarationState.SENT, found.sent_at or timezone.now()
        found.save(update_fields=["state", "sent_at"])
    return found


def _open_line(book: Book, line: DeclarationLine, seen: Decimal) -> DeclarationLine:
    fresh = next((one.open for one in book.cells.values() if one.open and one.open.pk == line.pk), None)
    if fresh is None or fresh.hours != seen or not is_decidable(fresh):
        raise RefusedError(_GONE)
    return fresh


def _accept(
    by: User, book: Book, line: DeclarationLine, counted: Decimal | None, worked: Decimal | None, reason: str,
    is_statement_seen: bool,
) -> DeclarationLine:  # fmt: skip
    if book.cell((line.entry_id, line.declaration.month)).current is None:
        book.limits.refuse_new()
    hours = line.hours if counted is None else counted
    if not 0 <= hours <= line.hours:
        raise RefusedError(
            f"Cette ligne déclare {figure(line.hours, 2)} h : vous ne pouvez pas en accepter plus."
        )
    posting = _post(by, book, line, hours, worked, is_statement_seen)
    line.state, line.reason, line.counted, line.posting = LineState.ACCEPTED, reason, hours, posting
    line.decided_by, line.decided_at = by, timezone.now()
    if is_statement_seen:
        line.statement_seen_on, line.statement_seen_by = timezone.localdate(), by
    line.save()
    _settle(line.declaration)
    audit.record(verb="execution.accept_line", **_about(by, book.commitment, {"line": line.pk}))
    return line


def _post(
    by: User,
    book: Book,
    line: DeclarationLine,
    hours: Decimal,
    worked: Decimal | None,
    is_statement_seen: bool,
) -> LedgerPosting | None:
    """The reversal of the line it corrects, the hours of the month, then the posting; none for zero hours."""
    key = (line.entry_id, line.declaration.month)
    cell, entry = book.cell(key), book.entries[line.entry_id]
    total = book.worked_after(key, line.hours) if worked is None else worked
    free = total - book.others(key)
    if hours > free:
        raise RefusedError(
            f"Il ne reste que {figure(max(free, ZERO), 2)} h à compter sur ce mois : dites combien la personne a "
            "travaillé en tout chez cet employeur, ou acceptez moins d’heures."
        )
    if cell.own:
        assert cell.current is not None and cell.current.posting is not None
        reverse(by=by, posting=cell.current.posting, reason=Reason.MISTAKE)
    month = record_month(
        by=by, participant_id=entry.participant_id, employer=entry.company, month=key[1], worked=total
    )
    if not hours:
        return None
    evidence = Evidence.DOCUMENTED if is_statement_seen else Evidence.DECLARED
    if line.confirmations.filter(state=ConfirmationState.CONFIRMED, hours=line.hours).exists():
        evidence = Evidence.THIRD_PARTY
    return post_done(
        by=by, commitment=book.commitment, month=month, hours=hours, evidence=evidence,
        is_correction=cell.current is not None, limits=book.limits,
    )  # fmt: skip


def _answer(
    by: User, desk: Desk, line: DeclarationLine, seen: Decimal, reason: str, state: LineState
) -> DeclarationLine:
    if reason not in LineReason.values:
        raise RefusedError("Choisissez un motif : l’entreprise le lira.")
    own = locked(line.declaration.commitment)[line.declaration.commitment_id]
    with desk.scope():
        fresh = _open_line(load(desk, own), line, seen)
    fresh.state, fresh.reason = state, reason
    if state == LineState.REJECTED:
        fresh.decided_by, fresh.decided_at = by, timezone.now()
    fresh.save()
    _settle(fresh.declaration)
    letters.tell_answer(fresh.declaration, state)
    return fresh


def _settle(declaration: Declaration) -> None:
    """A sent month is answered once none of its lines is open."""
    is_open = declaration.lines.filter(state__in=[LineState.WAITING, LineState.QUESTIONED]).exists()
    if not is_open and declaration.state == DeclarationState.SENT:
        declaration.state = DeclarationState.ANSWERED
        declaration.save(update_fields=["state"])


def _about(by: Declarant, commitment: Commitment, details: dict[str, Any]) -> dict[str, Any]:
    """Who, which commitment, keys of rows; never a value nor a person."""
    return {
        "by": by.as_actor(), "object_type": "commitment", "object_key": str(commitment.pk), "details": details,
    }  # fmt: skip
