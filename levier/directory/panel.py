"""A buyer's own panel of suppliers, matched by SIRET or SIREN: who of them is in the directory, and as what."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from pathlib import PurePath
from typing import IO, Literal
from zipfile import BadZipFile

from python_calamine import CalamineError

from levier.core.workbooks import HeavyWorkbookError, open_workbook
from levier.directory.exports import harmless
from levier.directory.kinds import FAMILY_LABELS
from levier.directory.models import Supplier
from levier.directory.queries import SupplierCard, supplier_cards
from levier.organisations.identifiers import clean_digits, is_valid_siren, is_valid_siret

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
SPREADSHEETS = {".xlsx", ".xls", ".ods"}
_TITLES = re.compile(r"\bsire[tn]\b", re.I)
_NUMBER = re.compile(r"\d[\d  .]{7,30}\d")
# « FR12 332 303 999 »: the SIREN of a VAT number stands after its key.
_VAT = re.compile(r"\bFR[\s.]?\d{2}[\s.]?(?=\d{3})", re.I)

Outcome = Literal["establishment", "legal_unit", "absent", "wrong"]
OUTCOME_LABELS: dict[Outcome, str] = {
    "establishment": "dans l’annuaire",
    "legal_unit": "même entreprise, autre établissement",
    "absent": "pas dans l’annuaire",
    "wrong": "numéro faux",
}


class UnreadablePanelError(ValueError):
    """The panel cannot be read; the message is one French sentence."""


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One line of the panel: the number found in it (digits only, may be wrong) and what else it says."""

    line: int
    number: str
    label: str


@dataclass(frozen=True, slots=True)
class PanelMatch:
    """One number, its first line and the suppliers of the directory that answer to it.

    `again`: the other lines that give this very number. `same_firm`: lines that give another number of the same company.
    """

    line: PanelLine
    outcome: Outcome
    cards: tuple[SupplierCard, ...]
    again: tuple[PanelLine, ...] = ()
    same_firm: tuple[int, ...] = ()

    @property
    def firm(self) -> str:
        """What a company is counted by: its SIREN; a number nobody knows stands for itself."""
        return self.line.number if self.outcome == "wrong" else self.line.number[:9]

    @property
    def lines(self) -> tuple[PanelLine, ...]:
        """Every line that gives this number."""
        return (self.line, *self.again)

    @property
    def outcome_label(self) -> str:
        return OUTCOME_LABELS[self.outcome]


@dataclass(frozen=True, slots=True)
class PanelReport:
    """The whole panel. ``families``: (label, companies) of those found, the most frequent first.

    ``repeated``: lines that give a number given before.
    """

    matches: tuple[PanelMatch, ...]
    without_number: tuple[PanelLine, ...]
    repeated: int
    families: tuple[tuple[str, int], ...]

    @property
    def firms(self) -> int:
        """Companies given, each once, however many lines and numbers speak of it."""
        return len({match.firm for match in self.matches})

    @property
    def known(self) -> int:
        """Companies that are in the directory, at the address given or at another."""
        return len({match.firm for match in self.matches if match.cards})

    @property
    def told_again(self) -> int:
        """Lines that speak of a company an earlier line speaks of."""
        return sum(len(match.lines) for match in self.matches) - self.firms


def read_text(text: str, *, needs_numbers: bool = True) -> list[PanelLine]:
    """The lines of a pasted text or of a CSV, whatever its separator. Raises UnreadablePanelError.

    `needs_numbers`: a text that holds none is refused.
    """
    return _lines(([line] for line in text.splitlines()), needs_numbers)


def read_file(stream: IO[bytes], name: str, *, needs_numbers: bool = True) -> list[PanelLine]:
    """The lines of an uploaded CSV or workbook, as `read_text`. Raises UnreadablePanelError.

    Of a workbook, the sheet that holds most numbers: the first often says where the others come from.
    """
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UnreadablePanelError("Ce fichier dépasse 5 Mo : gardez la colonne des SIRET seulement.")
    if PurePath(name).suffix.lower() in SPREADSHEETS:
        return _lines_of_workbook(content, name, needs_numbers)
    if b"\x00" in content:
        raise UnreadablePanelError(f"« {name} » n’est pas un tableau : donnez un CSV, un XLSX ou un ODS.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return read_text(text, needs_numbers=needs_numbers)


def _lines_of_workbook(content: bytes, name: str, needs_numbers: bool) -> list[PanelLine]:
    try:
        book = open_workbook(content)
        sheets = [
            _lines(map(_texts, book.get_sheet_by_index(rank).iter_rows()), needs_numbers=False)
            for rank in range(len(book.sheet_names))
        ]
    except HeavyWorkbookError as problem:
        raise UnreadablePanelError(str(problem)) from problem
    except (CalamineError, BadZipFile, IndexError, OSError, ValueError) as problem:
        if isinstance(problem, UnreadablePanelError):
            raise
        raise UnreadablePanelError(
            f"« {name} » ne s’ouvre pas : enregistrez-le de nouveau en XLSX ou en CSV."
        ) from problem
    # The first of those that hold as many.
    found = max(sheets, key=lambda lines: sum(1 for line in lines if line.number), default=[])
    return _with_numbers(found) if needs_numbers else found


def _texts(row: Sequence[object]) -> list[str]:
    """A spreadsheet keeps a SIRET as a number: 12345678900012.0."""
    return [f"{cell:.0f}" if isinstance(cell, float) else str(cell) for cell in row]


def _lines(rows: Iterable[Sequence[str]], needs_numbers: bool) -> list[PanelLine]:
    """Lines that hold a number; a line of words only keeps an empty one, the titles of columns are left out."""
    found: list[PanelLine] = []
    for position, cells in enumerate(rows, start=1):
        text = " ; ".join(cells).strip()
        if not re.search(r"\w", text):
            continue
        if len(found) == MOST_LINES:
            raise UnreadablePanelError("Au plus 20 000 lignes à la fois : coupez le fichier en plusieurs.")
        number, written = _number_in(text)
        # Above them, a workbook often has the name of the list.
        if not number and _TITLES.search(text) and not any(line.number for line in found):
            continue
        label = " ".join(_without(text, written).split())
        found.append(PanelLine(position, number, label[:120]))
    return _with_numbers(found) if needs_numbers else found


def _with_numbers(lines: list[PanelLine]) -> list[PanelLine]:
    if not any(line.number for line in lines):
        raise UnreadablePanelError(
            "Aucun SIRET (14 chiffres) ni SIREN (9 chiffres) dans ce que vous avez donné."
        )
    return lines


def _number_in(text: str) -> tuple[str, str]:
    """(digits, as written) of the likeliest number: a valid SIRET, else a valid SIREN, else one of their length."""
    candidates = [
        one for match in _NUMBER.finditer(_VAT.sub(" ; ", text)) for one in _numbers_of(match.group())
    ]
    if not candidates:
        return "", ""
    _, _, digits, written = max(candidates, key=lambda one: one[:2])
    return digits, written


def _numbers_of(written: str) -> Iterator[tuple[bool, int, str, str]]:
    """(is right, length, digits, as written) of a run of digits: the whole, or a right number beside a postal code.

    A spreadsheet takes the first zeros of a SIRET away.
    """
    whole = clean_digits(written)
    if len(whole) in {12, 13} and is_valid_siret(whole.zfill(14)):
        yield True, 14, whole.zfill(14), written
    if len(whole) in {9, 14}:
        yield is_valid_siret(whole) or is_valid_siren(whole), len(whole), whole, written
    groups = list(re.finditer(r"\d+", written))
    for first, last in combinations_with_replacement(range(len(groups)), 2):
        part = written[groups[first].start() : groups[last].end()]
        digits = clean_digits(part)
        if len(digits) in {9, 14} and digits != whole and (is_valid_siret(digits) or is_valid_siren(digits)):
            yield True, len(digits), digits, part


def _without(text: str, written: str) -> str:
    """What a line says beside its number, separators gone: a comma is one when nothing else is (« 1200,50 »)."""
    rest = text.replace(written, " ") if written else text
    separators = r'[;\t|"]+' if re.search(r"[;\t|]", rest) else r'[,"]+'
    # A town is read between commas: « Le Relais, Lens, 62300 ».
    return ", ".join(part.strip() for part in re.split(separators, rest) if part.strip())


def match_panel(lines: Sequence[PanelLine]) -> PanelReport:
    """Who of these is in the directory, ESS bodies included. Two SQL queries, whatever the number of lines."""
    numbers: dict[str, list[PanelLine]] = {}
    for line in lines:
        if line.number:
            numbers.setdefault(line.number, []).append(line)
    by_siret, by_siren = _cards_by_number({number[:9] for number in numbers})
    matches = _beside_their_firm(
        replace(_match(first, by_siret, by_siren), again=tuple(again)) for first, *again in numbers.values()
    )
    families = Counter(
        family
        for _, family in {
            (one.firm, FAMILY_LABELS[card.kind.family]) for one in matches for card in one.cards
        }
    )
    without = tuple(line for line in lines if not line.number)
    repeated = sum(len(match.again) for match in matches)
    return PanelReport(matches, without, repeated, tuple(families.most_common()))


def _beside_their_firm(matches: Iterable[PanelMatch]) -> tuple[PanelMatch, ...]:
    """Each knows the lines that give another number of its company (a SIREN and a SIRET, two SIRET)."""
    by_firm: dict[str, list[PanelMatch]] = {}
    found = tuple(matches)
    for match in found:
        by_firm.setdefault(match.firm, []).append(match)
    return tuple(
        replace(
            match,
            same_firm=tuple(
                sorted(
                    line.line for other in by_firm[match.firm] if other is not match for line in other.lines
                )
            ),
        )
        for match in found
    )


def _match(
    line: PanelLine, by_siret: dict[str, list[SupplierCard]], by_siren: dict[str, list[SupplierCard]]
) -> PanelMatch:
    # What the directory knows is right, whatever its key: the demonstration's numbers are wrong on purpose.
    if here := by_siret.get(line.number):
        return PanelMatch(line, "establishment", tuple(here))
    is_right = is_valid_siret(line.number) or is_valid_siren(line.number)
    elsewhere = by_siren.get(line.number[:9], []) if is_right or len(line.number) == 9 else []
    if not elsewhere:
        return PanelMatch(line, "absent" if is_right else "wrong", ())
    # A SIREN alone names the whole company: its establishments are what was asked.
    outcome: Outcome = "establishment" if len(line.number) == 9 else "legal_unit"
    return PanelMatch(line, outcome, tuple(elsewhere))


def _cards_by_number(
    sirens: set[str],
) -> tuple[dict[str, list[SupplierCard]], dict[str, list[SupplierCard]]]:
    listed = Supplier.objects.filter(siren__in=sirens, is_listed=True).order_by("name", "key")
    by_siret: dict[str, list[SupplierCard]] = {}
    by_siren: dict[str, list[SupplierCard]] = {}
    for card in supplier_cards(list(listed.values_list("id", flat=True))):
        by_siren.setdefault(card.siren or "", []).append(card)
        if card.siret:
            by_siret.setdefault(card.siret, []).append(card)
    return by_siret, by_siren


COLUMNS = (
    "Ligne", "Numéro", "Votre libellé", "Résultat", "Même entreprise que", "Type", "Nom", "SIRET", "Commune",
    "Activités",
)  # fmt: skip


def rows(report: PanelReport) -> Iterator[tuple[str, ...]]:
    """The report as a table, under COLUMNS: a line for each supplier found, one for each line without any."""
    lines = ((line, match) for match in report.matches for line in match.lines)
    for line, match in sorted(lines, key=lambda pair: pair[0].line):
        others = sorted({*match.same_firm, *(one.line for one in match.lines)} - {line.line})
        same = f"ligne{'s' if len(others) > 1 else ''} {', '.join(map(str, others))}" if others else ""
        head = (str(line.line), line.number, line.label, match.outcome_label, same)
        if not match.cards:
            yield (*head, "", "", "", "", "")
        for card in match.cards:
            activities = ", ".join(tag.label for tag in card.sectors)
            yield (
                *head, card.kind.name, card.display_name, card.siret or "", card.place_label, activities,
            )  # fmt: skip


def as_csv(report: PanelReport) -> str:
    """UTF-8 with its mark and semicolons, as a French spreadsheet opens it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in row] for row in rows(report))
    return "\ufeff" + out.getvalue()
