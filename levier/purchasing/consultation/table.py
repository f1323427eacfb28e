"""A table of lots, one row each, whatever its titles: each row becomes a lot or is refused with the reason."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from levier.purchasing.actions import LotValues, PlaceValues
from levier.purchasing.consultation.columns import COLUMNS, factors, folded, recognise
from levier.purchasing.consultation.draft import (
    ConsultationDraft,
    ReadLot,
    RefusedLine,
    UnreadableConsultationError,
)
from levier.purchasing.contracts import values as published
from levier.purchasing.contracts.anomalies import LABELS, Anomaly
from levier.purchasing.cpv_hint import proposed_cpv
from levier.purchasing.errors import RefusedError
from levier.purchasing.figures import NotANumberError, read_months, read_number
from levier.purchasing.places import place_values
from levier.reference.cpv.tables import cpv_labels
from levier.reference.queries import place_finder

Cell = int | float | str | bool | time | date | datetime | timedelta
HEADER_WITHIN = 20
_YES = frozenset({"oui", "x", "1", "vrai", "true", "o", "yes", "accord cadre", "bons de commande"})
_NO = frozenset({"non", "0", "sans", "aucun", "aucune", "n", "faux", "false", "neant", "sans objet"})
_TOTALS = ("total", "sous total", "montant total", "ensemble")
_NUMBERS = {
    "amount_ht": (True, 2), "max_amount_ht": (True, 2), "months": (False, 1), "posts": (False, 1),
    "weeks": (False, 1), "headcount": (False, 1),
}  # fmt: skip


class _BadCellError(ValueError):
    """One cell cannot be read; the message is the reason shown on its line."""


def read_table(rows: Sequence[Sequence[Cell]], name: str) -> ConsultationDraft:
    """The lots of a table. Raises UnreadableConsultationError when no row of titles is found."""
    header, columns, ignored = _header(rows, name)
    units = factors([_text(cell) for cell in rows[header]], columns)
    lots: list[ReadLot] = []
    refused: list[RefusedLine] = []
    purchase: dict[str, Any] = {}
    for position, row in enumerate(rows[header + 1 :], start=header + 2):
        cells = {part: row[place] for part, place in columns.items() if place < len(row)}
        label = _text(cells.get("title", ""))[:120]
        where = f"ligne {position}"
        if not any(_text(cell) for cell in row):
            continue
        for part, target in (("purchase", "title"), ("reference", "reference")):
            if _text(cells.get(part, "")):
                purchase.setdefault(target, _text(cells[part])[:200])
        try:
            values, notes = _lot(cells, units)
        except (_BadCellError, RefusedError) as problem:
            refused.append(RefusedLine(where, label, str(problem)))
        else:
            lots.append(ReadLot(where, values, notes))
    if not lots and not refused:
        raise UnreadableConsultationError(f"« {name} » a des titres, mais aucune ligne en dessous.")
    warned: list[str] = []
    if any("ttc" in folded(title).split() for title in ignored):
        warned.append("Les montants TTC ne sont pas repris : Levier calcule hors taxes.")
    if units.get("amount_ht", units.get("max_amount_ht", 1)) != 1:
        warned.append(
            "Les montants sont multipliés par l’unité que dit le titre de leur colonne : relisez-les."
        )
    purchase.setdefault("title", _title_of_file(name))
    return ConsultationDraft("tableau", purchase, tuple(lots), tuple(refused), tuple(warned), ignored)


def _header(rows: Sequence[Sequence[Cell]], name: str) -> tuple[int, dict[str, int], tuple[str, ...]]:
    """The row of titles: the one that names the most parts, the object of the lot among them."""
    best: tuple[int, dict[str, int], tuple[str, ...]] | None = None
    for position, row in enumerate(rows[:HEADER_WITHIN]):
        columns, ignored = recognise([_text(cell) for cell in row])
        if "title" in columns and len(columns) > (len(best[1]) if best else 1):
            best = position, columns, ignored
    if best is None:
        known = ", ".join(title for title, _ in list(COLUMNS.values())[:6])
        raise UnreadableConsultationError(
            f"« {name} » n’a pas de ligne de titres reconnue. Il faut au moins « Objet du lot » et une autre "
            f"colonne parmi : {known}… Le modèle à télécharger les donne toutes."
        )
    return best


def _lot(cells: dict[str, Cell], units: Mapping[str, int]) -> tuple[LotValues, tuple[str, ...]]:
    title = _text(cells.get("title", ""))
    if not title:
        raise _BadCellError("L’objet du lot est vide.")
    if folded(title).startswith(_TOTALS) or folded(_text(cells.get("number", ""))).startswith(_TOTALS):
        raise _BadCellError("C’est une ligne de total, pas un lot.")
    notes: list[str] = []
    numbers: dict[str, Any] = {
        part: _number(cells, part, *how, unit=units.get(part, 1)) for part, how in _NUMBERS.items()
    }
    is_framework = _is_yes(cells, "is_framework") or numbers["max_amount_ht"] is not None
    known, hours = _takeover(cells, notes)
    values = LotValues(
        title=title[:200],
        text=_text(cells.get("text", ""))[:5000],
        cpv=_cpv(cells, notes),
        is_framework=is_framework,
        starts_on=_day(cells),
        place=_place(cells, notes),
        takeover_known=known,
        takeover_hours=hours,
        **numbers,
    )
    values.check()
    values, hint = proposed_cpv(values)
    return values, (*notes, *([hint] if hint else []))


def _text(cell: Cell) -> str:
    """A cell as text: a spreadsheet keeps whole numbers as 12.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).replace("\x00", "").split())


def _number(
    cells: dict[str, Cell], part: str, is_amount: bool, decimals: int, *, unit: int = 1
) -> Decimal | None:
    """The number of a cell. `unit`: of its column; a cell that says its own (« 45 k€ », « 18 mois ») keeps it."""
    cell = cells.get(part, "")
    try:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return round(Decimal(str(cell)) * unit, decimals)
        said = _text(cell)
        if unit != 1 and not re.search(r"[a-zA-Z€]", said):
            return None if (bare := read_number(said)) is None else round(bare * unit, decimals)
        found = read_months(said) if part == "months" else read_number(said, is_amount=is_amount)
    except (NotANumberError, ArithmeticError) as problem:
        raise _BadCellError(f"« {_text(cell)[:40]} » n’est pas un nombre ({COLUMNS[part][0]}).") from problem
    return None if found is None else round(found, decimals)


def _is_yes(cells: dict[str, Cell], part: str) -> bool:
    said = folded(_text(cells.get(part, "")))
    return said in _YES or said.startswith("accord cadre")


def _takeover(cells: dict[str, Cell], notes: list[str]) -> tuple[bool, Decimal | None]:
    """(whether the question was answered, hours a month)."""
    said = _text(cells.get("takeover", ""))
    if not said:
        return False, None
    if folded(said) in _NO:
        return True, None
    if folded(said) in _YES - {"1"}:
        notes.append("Personnel à reprendre : donnez les heures par mois.")
        return False, None
    hours = _number(cells, "takeover", False, 2)
    return True, hours or None


def _day(cells: dict[str, Cell]) -> date | None:
    cell = cells.get("starts_on", "")
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    said = _text(cell)
    found = published.day(said, []) if said else None
    if said and found is None:
        raise _BadCellError(f"« {said[:40]} » n’est pas une date : écrivez 12/03/2027.")
    return found


def _cpv(cells: dict[str, Cell], notes: list[str]) -> str:
    said = _text(cells.get("cpv", ""))
    if not said:
        return ""
    anomalies: list[str] = []
    found = published.cpv(said, cpv_labels(), anomalies)
    if not found:
        raise _BadCellError(f"« {said[:40]} » n’est pas un code CPV : huit chiffres, par exemple 90919200.")
    notes += [LABELS[name] for name in anomalies if name != Anomaly.CPV_EMPTY]
    return found


def _place(cells: dict[str, Cell], notes: list[str]) -> PlaceValues:
    said = _text(cells.get("place", ""))
    found = place_finder().find(said, limit=1) if said else []
    if said and not found:
        notes.append(f"Lieu « {said[:60]} » inconnu, laissé vide.")
    return place_values(found[0].place) if found else PlaceValues()


def _title_of_file(name: str) -> str:
    return name.rsplit(".", 1)[0].replace("_", " ").strip()[:200]
