"""What the pages of declared hours show: the grid, the lines to decide, the month of a company."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F

from levier.core.typography import figure
from levier.execution.declaring.actions import is_decidable, open_disputes
from levier.execution.declaring.book import ZERO, Book, Cell, Judged, Key, is_away
from levier.execution.declaring.reading import field_name
from levier.execution.models import (
    Confirmation,
    ConfirmationState,
    DeclarationLine,
    DeclarationState,
    Entry,
    HoursStatement,
    LineState,
    MonthAnswer,
)
from levier.rulebook.months import add_months, first_of

SHOWN_MONTHS = 6


@dataclass(frozen=True, slots=True)
class Square:
    """One cell as a page shows it: the name and text of its field, what it held before, its state in a word, what is wrong.

    `tone`: ok (counted), check (waits), danger (refused), away (outside of the entry), empty.
    """

    name: str
    month: date
    label: str
    value: str
    before: str
    word: str
    tone: str = ""
    told: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One person; `before`: its hours of the month before, `leaving_on`: a departure that waits, `departure`: the day typed, for a company."""

    name: str
    until: str
    squares: tuple[Square, ...]
    total: Decimal
    before: Decimal | None = None
    told: str = ""
    entry: int = 0
    leaving_on: date | None = None
    departure: str = ""
    # The key of its sheet, for who follows it.
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ToDecide:
    """An open line with what the rules say of it. `was`: what counts now, when it corrects."""

    line: DeclarationLine
    person: str
    judged: Judged
    was: Decimal | None
    free: Decimal
    is_green: bool
    # Stopped by a check or by what somebody says: accepting asks why.
    needs_reason: bool
    # What other parties say of these very hours: « Bati Nord : confirmée ».
    said: tuple[str, ...] = ()
    # Proposed to who decides: a statement of this month was seen, and the line is not a correction written since.
    is_statement_seen: bool = False

    @property
    def is_part(self) -> bool:
        """Whether only a part of its hours counts by the rules."""
        return 0 < self.judged.counted < self.line.hours

    @property
    def asks_total(self) -> bool:
        """Whether hours of the month are missing: the whole worked month must be said."""
        return self.line.hours > self.free


def shown_months(book: Book, last: date | None) -> tuple[date, ...]:
    """The months of the grid, six at most, up to the one asked for or to now; never outside the contract."""
    contract = book.desk.contract
    newest = min(first_of(book.today), first_of(contract.ends_on))
    end = min(last or newest, newest)
    months = (add_months(end, -back) for back in reversed(range(SHOWN_MONTHS)))
    return tuple(one for one in months if one >= first_of(contract.starts_on))


def rows(
    book: Book, months: tuple[date, ...], *, typed: Mapping[str, str] | None = None,
    problems: Mapping[Key, str] | None = None,
) -> tuple[Row, ...]:  # fmt: skip
    """The people of the grid by name, each with its months; what was typed is shown again beside what is wrong."""
    return tuple(
        Row(
            name=entry.participant.full_name,
            until=_until(entry),
            squares=tuple(
                _square(book, (entry.pk, month), entry.participant.full_name, typed or {}, problems or {})
                for month in months
            ),
            total=sum((book.cell((entry.pk, month)).own for month in months), ZERO),
            sheet=str(entry.participant_id),
        )
        for entry in book.entries.values()
    )


def company_rows(
    book: Book, month: date, *, typed: Mapping[str, str] | None = None,
    problems: Mapping[Key, str] | None = None, leaving: Mapping[int, date] | None = None,
) -> tuple[Row, ...]:  # fmt: skip
    """The people a company declares for a month, by first name and initial, with their hours of the month before."""
    found = []
    for entry in book.entries.values():
        cell = book.cell((entry.pk, month))
        if cell == Cell() and is_away(entry, month):
            continue
        name = f"{entry.participant.given_name} {entry.participant.family_name[:1]}.".strip()
        square = _square(book, (entry.pk, month), name, typed or {}, problems or {})
        line = cell.open or cell.rejected
        found.append(
            Row(
                name=name,
                until=_until(entry),
                squares=(square,),
                total=cell.own,
                before=book.cell((entry.pk, add_months(month, -1))).hours,
                told=line.get_reason_display() if line and line.reason else "",
                entry=entry.pk,
                leaving_on=(leaving or {}).get(entry.pk),
                departure=(typed or {}).get(f"depart-{entry.pk}", ""),
            )
        )
    return tuple(found)


def to_decide(book: Book) -> tuple[ToDecide, ...]:
    """The open lines that were sent, those without a remark first, then by month."""
    found = []
    others: dict[int, list[Confirmation]] = defaultdict(list)
    open_lines = [cell.open.pk for cell in book.cells.values() if cell.open]
    disputed = open_disputes({key[0] for key, cell in book.cells.items() if cell.open})
    for one in Confirmation.objects.filter(line__in=open_lines, hours=F("line__hours")).select_related(
        "organisation"
    ):
        others[one.line_id].append(one)
    seen = set(
        HoursStatement.objects.filter(
            declaration__commitment=book.commitment, seen_on__isnull=False, is_payslip=False
        ).values_list("declaration", flat=True)
    )
    for key, cell in book.cells.items():
        line = cell.open
        if line is None or not is_decidable(line):
            continue
        judged = book.judge(key, line.hours)
        dispute = disputed.get(key)
        is_disputed = dispute is not None or any(
            one.state == ConfirmationState.DISPUTED for one in others[line.pk]
        )
        found.append(
            ToDecide(
                line=line,
                person=book.entries[key[0]].participant.full_name,
                judged=judged,
                was=cell.own if cell.current else None,
                free=max(book.worked_after(key, line.hours) - book.others(key), ZERO),
                is_green=judged.is_green and line.state == LineState.WAITING and not is_disputed,
                needs_reason=judged.is_blocked or is_disputed,
                said=(
                    *(
                        f"{one.organisation.name} : {one.get_state_display().lower()}"
                        for one in others[line.pk]
                    ),
                    *([_disputed(dispute)] if dispute else []),
                ),
                is_statement_seen=line.corrects_id is None and line.declaration_id in seen,
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.is_green, one.line.declaration.month, one.person)))


def _disputed(said: MonthAnswer) -> str:
    """« La personne conteste ce mois depuis sa carte : … »."""
    claimed = "" if said.claimed is None else f", elle dit {figure(said.claimed, 2)} h"
    return f"La personne conteste ce mois depuis sa carte ({said.get_reason_display().lower()}{claimed}) : répondez-lui d’abord"


def _until(entry: Entry) -> str:
    """« éligible jusqu’au », all a company learns; nothing while the entry waits."""
    if entry.eligible_until is None or entry.decided_at is None:
        return "entrée à valider par le facilitateur"
    left = f", sortie le {entry.left_on:%d/%m/%Y}" if entry.left_on else ""
    return f"éligible jusqu’au {entry.eligible_until:%d/%m/%Y}{left}"


def _square(
    book: Book, key: Key, person: str, typed: Mapping[str, str], problems: Mapping[Key, str]
) -> Square:
    cell, name = book.cell(key), field_name(key)
    before = "" if cell.hours is None else _plain(cell.hours)
    is_linked = book.desk.is_facilitator and cell.open is not None and is_decidable(cell.open)
    return Square(
        name=name,
        month=key[1],
        label=f"{person}, {key[1]:%m/%Y}",
        value=typed.get(name, before),
        before=before,
        word=_state(cell),
        tone=_tone(cell) or ("away" if is_away(book.entries[key[0]], key[1]) else ""),
        told=problems.get(key, ""),
        line=cell.open.pk if is_linked and cell.open else None,
    )


def _plain(hours: Decimal) -> str:
    """A figure as a field holds it: 35,5."""
    return f"{hours:f}".rstrip("0").rstrip(".").replace(".", ",") if hours else "0"


def _state(cell: Cell) -> str:
    if cell.open:
        if cell.open.declaration.state == DeclarationState.DRAFT:
            return "en préparation"
        if cell.open.state == LineState.QUESTIONED:
            return "question posée"
        was = f", {figure(cell.own, 2)} h comptent" if cell.current else ""
        return f"à décider{was}"
    if cell.current:
        part = f", sur {figure(cell.current.hours, 2)} h" if cell.own < cell.current.hours else ""
        seen = cell.current.statement_seen_on
        return f"comptées{part}" + (", relevé vu" if seen else "")
    return "refusées" if cell.rejected else ""


def _tone(cell: Cell) -> str:
    if cell.open:
        return "check"
    if cell.current:
        return "ok"
    return "danger" if cell.rejected else ""
