"""What the page of a file shows: its account, its columns with an example, its lines as a file; an empty month to fill."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from levier.core.typography import counted
from levier.execution.declaring.book import load
from levier.execution.declaring.policies import Desk
from levier.execution.errors import RefusedError
from levier.execution.exports import columns_file
from levier.execution.incoming import shelf
from levier.execution.incoming.account import OUTCOMES, Remark
from levier.execution.incoming.chosen import NAMES_SAY, columns_of, ranks_of, remembered, tables_of
from levier.execution.incoming.columns import (
    LABELS,
    MONTH_COLUMN,
    PAYROLL_FIELDS,
    TAKING_FIELDS,
    Columns,
    guess,
    stated,
)
from levier.execution.incoming.taking.writing import TakenBack
from levier.execution.models import Commitment, IncomingFile, IncomingKind
from levier.rulebook.months import add_months, last_of

SHOWN = 60
NAMES = {
    "month": "Le mois de ses lignes",
    "full_name": "La personne de ses lignes",
    "reference": "Le numéro du contrat",
    "title": "L’objet du contrat",
}


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """The account of a file. `reasons`: (sentence, lines) of what is not understood, the most frequent first."""

    figures: dict[str, Any]
    hours: Decimal
    unsettled: tuple[Remark, ...]
    unsettled_count: int
    taken: tuple[Remark, ...]
    taken_count: int
    reasons: tuple[tuple[str, int], ...]
    is_kept: bool
    # When several are read.
    sheets: tuple["ShownSheet", ...] = ()
    # Lines of totals that are the sum of their lines, and that are not.
    right_totals: int = 0
    wrong_totals: int = 0


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """What one sheet among several gave: hours read in it, lines of it by outcome."""

    name: str
    hours: Decimal
    lines: int
    taken: int
    unsettled: int


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column with two of its cells and what it is said to be."""

    place: int
    title: str
    examples: str
    role: str


@dataclass(frozen=True, slots=True)
class ShownMapping:
    """The sheets of a file (rank, name, whether it is read), the columns of one, what was stripped of it."""

    sheets: tuple[tuple[int, str, bool], ...]
    sheet: int
    # What the names of sheets may say, and what they are said to say.
    names: tuple[tuple[str, str], ...]
    names_say: str
    columns: tuple[ShownColumn, ...]
    roles: tuple[tuple[str, str], ...]
    stripped: tuple[str, ...]
    blanked: int
    needs_year: bool
    has_total: bool
    year: str
    month: str
    contract: str
    buyer: str
    holder: str
    asked: tuple[str, ...]
    told: tuple[tuple[str, str], ...]
    # What is said over the titles, as label and value.
    stated: tuple[tuple[str, str], ...]
    # Unfolded while something is left to settle.
    is_open: bool


def account_of(file: IncomingFile) -> ShownAccount | None:
    """The last account of a file; None before its first reading. Without its lines once they are gone."""
    if not file.account:
        return None
    try:
        remarks = tuple(Remark(*one) for one in shelf.remarks_at(file.stored_as))  # type: ignore[arg-type]
    except RefusedError:
        remarks = ()
    unsettled = [one for one in remarks if one.outcome in ("questioned", "refused")]
    taken = [one for one in remarks if one.outcome in ("understood", "known")]
    reasons = Counter(one.reason for one in unsettled)
    return ShownAccount(
        file.account, Decimal(file.account["hours"]), tuple(unsettled[:SHOWN]), len(unsettled), tuple(taken[:SHOWN]), len(taken),
        tuple(reasons.most_common(6)) if len(unsettled) > SHOWN else (), bool(remarks),
        _sheets_of(file, remarks) if remarks and file.account.get("sheet_hours") else (),
        *file.account.get("totals", (0, 0)),
    )  # fmt: skip


def _sheets_of(file: IncomingFile, remarks: Iterable[Remark]) -> tuple[ShownSheet, ...]:
    counts = Counter((one.sheet, one.outcome in ("understood", "known")) for one in remarks)
    tables = tables_of(file)
    return tuple(
        ShownSheet(
            one.name, Decimal(hours), counts[one.name, True] + counts[one.name, False], counts[one.name, True],
            counts[one.name, False],
        )
        for one, hours in zip(tables, file.account["sheet_hours"], strict=False)
    )  # fmt: skip


def mapping_of(file: IncomingFile, *, sheet: int | None = None) -> ShownMapping | None:
    """The columns of a file as its page shows them; `sheet`: another one than the one that is read. None once its lines are gone."""
    try:
        tables = shelf.tables_at(file.stored_as)
    except RefusedError:
        return None
    is_hours = file.kind == IncomingKind.HOURS
    read = min(int(file.choices.get("sheet", 0)), len(tables) - 1)
    ranks = ranks_of(file, len(tables))
    place = read if sheet is None or sheet >= len(tables) else sheet
    table = tables[place]
    if place in ranks:
        columns = columns_of(file, table)
    else:
        fields = PAYROLL_FIELDS if is_hours else TAKING_FIELDS
        columns = guess(table, known=remembered(file, table.titles), fields=fields)
    year, sirens = file.choices.get("year"), file.choices.get("sirens", {})
    fields = PAYROLL_FIELDS if is_hours else TAKING_FIELDS
    return ShownMapping(
        # Another sheet that is looked at is read alone, unless others are ticked with it.
        sheets=tuple(
            (rank, one.name, rank in ranks if place in ranks else rank == place) for rank, one in enumerate(tables)
        ),
        sheet=place,
        names=tuple((one, NAMES[one]) for one in NAMES_SAY[IncomingKind(file.kind)]),
        names_say=file.choices.get("names_say", ""),
        columns=tuple(
            ShownColumn(rank, title, _examples(cells[rank] for _, cells in table.rows), columns.roles[rank])
            for rank, title in enumerate(table.titles)
            if title not in table.stripped
        ),
        roles=(("", "Ne sert pas"), *((one, LABELS[one]) for one in fields), (MONTH_COLUMN, "Heures du mois de son titre")),
        stripped=table.stripped,
        blanked=table.blanked,
        needs_year=_needs_year(columns, table.titles) or file.choices.get("names_say") == "month",
        has_total=columns.has("hours_done"),
        year=str(year or ""),
        month=str(file.choices.get("month") or "")[:7],
        contract=str(file.choices.get("contract") or ""),
        buyer=sirens.get("buyer", ""),
        holder=sirens.get("holder", ""),
        asked=tuple(file.account.get("asked", ())),
        told=tuple((name, siren) for name, siren in file.account.get("told", ())),
        stated=() if is_hours else tuple((LABELS[field], value) for field, value in stated(table).items()),
        is_open=place not in ranks or not file.account.get("understood") or bool(file.account.get("questioned")),
    )  # fmt: skip


def _examples(cells: Iterable[str]) -> str:
    found: list[str] = []
    for cell in cells:
        if cell and cell not in found:
            found.append(cell[:40])
        if len(found) == 2:
            break
    return ", ".join(found)


def _needs_year(columns: Columns, titles: tuple[str, ...]) -> bool:
    without = Columns(columns.roles).months(titles)
    return len(without) < columns.roles.count(MONTH_COLUMN)


def remarks_file(file: IncomingFile, form: str) -> bytes:
    """Every line with what becomes of it. Raises RefusedError once the lines are gone."""
    rows = [
        [sheet, line, what, OUTCOMES.get(outcome, ""), reason]  # type: ignore[call-overload]
        for line, what, outcome, reason, sheet in shelf.remarks_at(file.stored_as)
    ]
    return columns_file("Bilan", ("Feuille", "Ligne", "Ce qu’elle dit", "Résultat", "Motif"), rows, form)


def template_file(desk: Desk, commitment: Commitment, month: date) -> bytes:
    """An XLSX to fill: the people present that month, their hours of the month before beside."""
    rows: list[list[Any]] = []
    with desk.scope():
        book = load(desk, commitment)
        for entry in book.entries.values():
            if entry.entered_on > last_of(month) or (entry.left_on and entry.left_on < month):
                continue
            before = book.cell((entry.pk, add_months(month, -1))).hours
            who = entry.participant
            rows.append(
                [
                    who.family_name,
                    who.given_name,
                    f"{month:%m/%Y}",
                    "" if before is None else float(before),
                    "",
                ]
            )
    titles = ("Nom", "Prénom", "Mois", "Le mois d’avant", "Heures du mois")
    return columns_file("Heures", titles, rows, "xlsx")


def undone_sentence(done: TakenBack) -> str:
    """What an undoing did, in words."""

    parts = [
        counted(done.reversed, "écriture inverse passée", plural="écritures inverses passées"),
        counted(done.people, "fiche retirée", plural="fiches retirées"),
        counted(done.contracts, "contrat retiré", plural="contrats retirés"),
    ]
    kept = ""
    if done.kept_contracts:
        verb = "restent" if done.kept_contracts > 1 else "reste"
        kept = f" {counted(done.kept_contracts, 'contrat')} {verb} : autre chose y est rattaché depuis."
    return f"La reprise est annulée : {', '.join(parts)}.{kept}"
