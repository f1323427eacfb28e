"""Reads a structure's own record of lots that are over: a CSV or a workbook, its titles written as people do."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from zipfile import BadZipFile

from python_calamine import CalamineError

from levier.core.workbooks import HeavyWorkbookError, open_workbook
from levier.purchasing.figures import NotANumberError, read_number
from levier.rulebook.calibration import CalibrationError, Trade, all_trades, trade_for_cpv

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
_SPREADSHEETS = {".xlsx", ".xls", ".ods"}
# Field → the titles people give it, folded. The first of a list that a file has is taken.
TITLES: dict[str, tuple[str, ...]] = {
    "key": ("reference", "numero", "numero de marche", "marche", "id"),
    "title": ("objet", "intitule", "libelle", "lot", "operation"),
    "trade": ("metier", "cpv", "code cpv", "corps d etat", "activite"),
    "departement_code": ("departement", "dep", "territoire"),
    "amount_ht": ("montant ht", "montant", "montant du lot"),
    "months": ("duree", "duree mois", "duree en mois"),
    "planned_hours": (
        "heures prevues",
        "heures a realiser",
        "objectif",
        "objectif heures",
        "heures demandees",
    ),
    "done_hours": ("heures realisees", "heures faites", "heures validees", "realise"),
    "worked_hours": ("heures travaillees", "heures totales", "total heures travaillees"),
    "ended_on": ("fin", "date de fin", "termine le", "annee"),
}
REQUIRED = ("title", "trade", "amount_ht", "planned_hours", "done_hours", "ended_on")
LABELS = {
    "title": "objet", "trade": "métier (ou code CPV)", "amount_ht": "montant HT", "planned_hours": "heures prévues",
    "done_hours": "heures réalisées", "ended_on": "date de fin",
}  # fmt: skip


class UnreadableRecordError(ValueError):
    """The file cannot be read as a record of lots; the message is one French sentence."""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was not kept: its number as a spreadsheet gives it, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class RealisedRecord:
    """The file as understood: the values of each lot, and the lines refused. Kept + refused = read."""

    rows: tuple[dict[str, Any], ...]
    refused: tuple[RefusedLine, ...]

    @property
    def read(self) -> int:
        """Lines of the file under its titles, empty ones left out."""
        return len(self.rows) + len(self.refused)


def read_record(content: bytes, name: str) -> RealisedRecord:
    """The lots of a file. Raises UnreadableRecordError for a file without the columns that decide."""
    if len(content) > MOST_BYTES:
        raise UnreadableRecordError("Ce fichier dépasse 5 Mo : gardez les colonnes utiles seulement.")
    lines = [line for line in _lines(content, name) if any(str(cell).strip() for cell in line[1])]
    if not lines:
        raise UnreadableRecordError(f"« {name} » est vide.")
    columns = _columns(lines[0][1])
    absent = [LABELS[field] for field in REQUIRED if field not in columns]
    if absent:
        raise UnreadableRecordError(
            f"Il manque {'la colonne' if len(absent) == 1 else 'les colonnes'} « {' », « '.join(absent)} » : "
            "donnez-leur ce titre dans la première ligne."
        )
    if len(lines) > MOST_ROWS:
        raise UnreadableRecordError("Plus de 20 000 lignes : découpez le fichier par année.")
    rows: list[dict[str, Any]] = []
    refused: list[RefusedLine] = []
    seen: set[str] = set()
    for number, cells in lines[1:]:
        try:
            row = _row(cells, columns)
            if row["key"] in seen:
                raise ValueError("même référence, ou même objet et même date, qu’une ligne plus haut")
        except ValueError as problem:
            refused.append(RefusedLine(number, str(problem)))
        else:
            seen.add(row["key"])
            rows.append(row)
    return RealisedRecord(tuple(rows), tuple(refused))


def _lines(content: bytes, name: str) -> Iterable[tuple[int, Sequence[Any]]]:
    if PurePath(name).suffix.lower() in _SPREADSHEETS:
        try:
            table = open_workbook(content).get_sheet_by_index(0).to_python()
        except HeavyWorkbookError as problem:
            raise UnreadableRecordError(str(problem)) from None
        except (CalamineError, BadZipFile, OSError, IndexError, ValueError):
            raise UnreadableRecordError(f"« {name} » ne s’ouvre pas : enregistrez-le en CSV.") from None
        return list(enumerate(table, start=1))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise UnreadableRecordError(f"« {name} » n’est pas un tableau : un CSV ou un classeur est attendu.")
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    return list(enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1))


def _folded(text: Any) -> str:
    plain = unicodedata.normalize("NFKD", str(text).casefold())
    return re.sub(r"[^a-z0-9]+", " ", "".join(one for one in plain if not unicodedata.combining(one))).strip()


def _columns(titles: Sequence[Any]) -> dict[str, int]:
    folded = [_folded(title) for title in titles]
    found: dict[str, int] = {}
    for field, names in TITLES.items():
        for name in names:
            if name in folded and folded.index(name) not in found.values():
                found[field] = folded.index(name)
                break
    return found


def _row(cells: Sequence[Any], columns: dict[str, int]) -> dict[str, Any]:
    """The values of one line. Raises ValueError with the reason, in French."""
    said = {field: cells[place] if place < len(cells) else "" for field, place in columns.items()}
    title = " ".join(str(said["title"]).split())[:200]
    if not title:
        raise ValueError("objet absent")
    ended = _day(said["ended_on"])
    row: dict[str, Any] = {
        "title": title,
        "trade": _trade(said["trade"]).key,
        "departement_code": _departement(said.get("departement_code", "")),
        "amount_ht": _number(said["amount_ht"], "montant HT", least=1),
        "planned_hours": _number(said["planned_hours"], "heures prévues", least=1),
        "done_hours": _number(said["done_hours"], "heures réalisées", least=0),
        "months": _number(said.get("months", ""), "durée", least=0, is_optional=True) or None,
        "worked_hours": _number(said.get("worked_hours", ""), "heures travaillées", least=0, is_optional=True)
        or None,
        "ended_on": ended,
    }
    if row["worked_hours"] is not None and row["worked_hours"] < row["done_hours"]:
        raise ValueError("moins d’heures travaillées que d’heures d’insertion réalisées")
    key = " ".join(str(said.get("key", "")).split())
    row["key"] = (key or f"{_folded(title)} {ended.isoformat()}")[:120]
    return row


def _number(cell: Any, label: str, *, least: int, is_optional: bool = False) -> Decimal | None:
    text = str(cell).strip()
    if not text and is_optional:
        return None
    try:
        number = Decimal(str(cell)) if isinstance(cell, int | float) else read_number(text, is_amount=True)
    except NotANumberError:
        raise ValueError(f"{label} : « {text[:40]} » n’est pas un nombre") from None
    if number is None:
        raise ValueError(f"{label} absent")
    if not least <= number < Decimal("1e9"):
        raise ValueError(f"{label} : {text[:40]} est hors de ce qui se peut")
    return round(number, 2)


def _trade(cell: Any) -> Trade:
    text = str(cell).strip()
    digits = re.sub(r"\D", "", text.partition("-")[0])
    wanted = _folded(text)
    for one in all_trades():
        if wanted and wanted in {_folded(one.key), _folded(one.label)}:
            found = one
            break
    else:
        if len(digits) < 2:
            raise ValueError(f"métier inconnu : « {text[:60]} » (un métier de la table, ou un code CPV)")
        try:
            found = trade_for_cpv(digits[:8].ljust(8, "0"))
        except CalibrationError as problem:
            raise ValueError(str(problem)) from None
    if found.is_goods:
        raise ValueError(f"{found.label} : pas d’heures d’insertion à comparer")
    return found


def _departement(cell: Any) -> str:
    text = str(cell).strip().upper().removesuffix(".0")
    return text.zfill(2)[:3] if re.fullmatch(r"\d{1,3}|2[AB]", text) else ""


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell).strip().removesuffix(".0")
    if re.fullmatch(r"(19|20)\d\d", text):
        return date(int(text), 12, 31)
    for shape in ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"):
        try:
            return datetime.strptime(text[:10], shape).date()  # noqa: DTZ007 - a civil day
        except ValueError:
            continue
    raise ValueError(f"date de fin : « {text[:20]} » n’est pas une date (31/12/2025)")
