"""Which column says what: guessed from the titles French facilitators and payrolls write, corrected on screen, remembered.

Pure. A column is a field, a month (« janv. 2026 », « 03/2026 »), or nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import yaml

from levier.execution.declaring.reading import read_hours
from levier.execution.errors import RefusedError
from levier.execution.incoming.sheets import Table, folded

_TITLES = yaml.safe_load(Path(__file__).with_name("titles.yaml").read_text(encoding="utf-8"))
# Field → its label on screen, then the titles people give it, folded.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    field: (one["label"], tuple(one["titles"])) for field, one in _TITLES.items()
}
_KNOWN = frozenset(title for _, titles in FIELDS.values() for title in titles)
# « Salarié(e) » begins by a title we know.
_LONGER = tuple(f"{title} " for title in sorted(_KNOWN) if len(title) > 3)
_A_DAY = re.compile(r"\d{1,2} \d{1,2} \d{2,4}|\d{4} \d{2} (?!01$)\d{2}")
LABELS = {field: label for field, (label, _) in FIELDS.items()}
PERSON_FIELDS = (
    "full_name",
    "family_name",
    "given_name",
    "birth_on",
    "sex",
    "entered_on",
    "left_on",
    "eligible_until",
    "modality",
)
CONTRACT_FIELDS = ("reference", "title", "buyer", "buyer_siren", "holder", "holder_siren", "holder_email", "hours_due", "hours_done",
                   "notified_on", "starts_on", "ends_on", "departement")  # fmt: skip
HOURS_FIELDS = ("month", "year", "hours")
# A payroll says nothing of the contract itself.
PAYROLL_FIELDS = ("full_name", "family_name", "given_name", "birth_on", *HOURS_FIELDS)
TAKING_FIELDS = (*CONTRACT_FIELDS, *PERSON_FIELDS, *HOURS_FIELDS)
NOTHING = ""
MONTH_COLUMN = "mois"  # what a column is said to be when its title is a month

_MONTHS = {
    "jan": 1, "janv": 1, "janvier": 1, "fev": 2, "fevr": 2, "fevrier": 2, "mar": 3, "mars": 3, "avr": 4, "avril": 4, "mai": 5,
    "jun": 6, "juin": 6, "jui": 7, "juil": 7, "juillet": 7, "aou": 8, "aout": 8, "sep": 9, "sept": 9, "septembre": 9,
    "oct": 10, "octobre": 10, "nov": 11, "novembre": 11, "dec": 12, "decembre": 12,
}  # fmt: skip
# What people write of a way of doing the hours → its key, the first that is found in the cell.
MODALITIES = (
    ("etti", "etti"), ("interim", "etti"), ("mission", "etti"), ("geiq", "geiq"), ("apprenti", "alternance"),
    ("alternan", "alternance"), ("professionnalisation", "alternance"), ("association intermediaire", "ai"),
    ("mise a disposition", "ai"), ("sous trait", "sous-traitance"), ("cotrait", "cotraitance"),
)  # fmt: skip
# What stands inside or before a family name without its capitals.
_SMALL_WORDS = frozenset(
    (
        "al", "ben", "bin", "da", "de", "del", "den", "der", "des", "di", "dit", "dite", "do", "dos", "du", "ep", "epouse", "épouse", "el",
        "et", "la", "le", "les", "nee", "née", "van", "veuve", "von",
    )
)  # fmt: skip
_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Columns:
    """What each column says, by place: a field, `MONTH_COLUMN`, or nothing. `year`: of the months that do not say theirs."""

    roles: tuple[str, ...]
    year: int | None = None

    def place(self, field: str) -> int | None:
        """Where a field is read; None when no column says it."""
        return self.roles.index(field) if field in self.roles else None

    def has(self, *fields: str) -> bool:
        """Whether one of these fields has its column."""
        return any(field in self.roles for field in fields)

    def months(self, titles: Sequence[str]) -> dict[int, date]:
        """Place → month, of the columns whose title is one and has a year."""
        found = {}
        for place, role in enumerate(self.roles):
            if role == MONTH_COLUMN and (month := read_month(titles[place], self.year)):
                found[place] = month
        return found

    def problem(self, *, is_payroll: bool = False, told: frozenset[str] = frozenset()) -> str:
        """What is missing to read anything (of a payroll: people and hours); empty when nothing is. `told`: fields said by the sheet's name."""
        if not self.has(*TAKING_FIELDS, MONTH_COLUMN):
            return (
                "Aucune colonne n’est reconnue : dites au moins laquelle porte le nom, ou l’objet du contrat."
            )
        twice = {
            role for role in self.roles if role not in (NOTHING, MONTH_COLUMN) and self.roles.count(role) > 1
        }
        if twice:
            return f"Deux colonnes disent « {LABELS[min(twice)]} » : gardez-en une."
        if is_payroll and not (told & {"full_name"} or self.has("full_name", "family_name", "given_name")):
            return "Aucune colonne ne nomme les personnes : dites laquelle ci-dessous, puis relisez."
        if is_payroll and not self.has("hours", MONTH_COLUMN):
            return f"Aucune colonne ne dit les heures : dites laquelle ci-dessous (« {LABELS['hours']} »), puis relisez."
        return ""


def title_weight(fields: Sequence[str]) -> int:
    """How much a line looks like titles we know; what `read_tables` finds the titles by."""
    return sum(_weight(cell) for cell in fields if cell)


def _weight(cell: str) -> int:
    name = folded(cell)
    if name in _KNOWN:
        return 2
    # A figure or a day is what stands under titles: « 10 » hours are no October, a birth is no month.
    if name.isdigit() or _A_DAY.fullmatch(name):
        return 0
    return int(read_month(cell, 2000) is not None or any(name.startswith(one) for one in _LONGER))


def is_known_title(title: str) -> bool:
    """Whether a title is made of the words of titles alone: no name, no date."""
    words = {word for _, names in FIELDS.values() for name in names for word in name.split()}
    return bool(said := folded(title)) and words.issuperset(said.split())


def stated(table: Table) -> dict[str, str]:
    """What is said of the contract over the titles, for every line: field → value."""
    found: dict[str, str] = {}
    for label, value in table.above:
        field = next((one for one in CONTRACT_FIELDS if folded(label) in FIELDS[one][1]), None)
        if field:
            found.setdefault(field, value)
    return found


def has_titles(table: Table) -> bool:
    """Whether a first line names a field we know; a month alone may be the birth of somebody."""
    return guess(table, known={}, fields=TAKING_FIELDS).has(*TAKING_FIELDS)


def guess(table: Table, *, known: Mapping[str, str], fields: Sequence[str]) -> Columns:
    """The role of each column: as said last time (`known`: folded title → role), else by its title. Each field once."""
    names = [folded(title) for title in table.titles]
    roles = [NOTHING] * len(names)
    free = set(fields)
    for place, name in enumerate(names):
        role = known.get(name)
        if role == MONTH_COLUMN or role in free:
            roles[place] = role or NOTHING
            free.discard(role or "")
    for place, name in enumerate(names):
        if not roles[place] and name not in known and _names_a_month(table.titles[place]):
            roles[place] = MONTH_COLUMN
    # Said over the titles, it is not guessed of a column: « Contrat » is then the person's.
    told = stated(table)
    for is_exact in (True, False):
        for field in fields:
            for title in FIELDS[field][1]:
                found = (
                    _place_of(title, names, roles, known, is_exact=is_exact)
                    if field in free and field not in told
                    else None
                )
                if found is not None:
                    roles[found] = field
                    free.discard(field)
    if "full_name" not in free and "given_name" not in free and "family_name" in free:
        # « Salarié » beside « Prénom » is the family name.
        roles[roles.index("full_name")] = "family_name"
    if "family_name" not in free and "given_name" in free and "full_name" in free:
        roles[roles.index("family_name")] = "full_name"
    return Columns(tuple(roles))


def _place_of(
    title: str, names: Sequence[str], roles: Sequence[str], known: Mapping[str, str], *, is_exact: bool
) -> int | None:
    for place, name in enumerate(names):
        if roles[place] or name in known:
            continue
        if name == title or (not is_exact and len(title) > 3 and name.startswith(f"{title} ")):
            return place
    return None


def _names_a_month(title: str) -> bool:
    return read_month(title, 2000) is not None


@lru_cache(maxsize=1024)
def read_month(text: str, year: int | None = None) -> date | None:
    """« mars 2026 », « 03/2026 », « 2026-03 », « mars-26 », a day of it, « mars » with `year`; None for anything else."""
    if found := re.fullmatch(r"(\d{4})-(\d{2})(?:-\d{2})?", text.strip()):
        return _first(int(found[1]), int(found[2]))
    name = folded(text)
    if found := re.fullmatch(r"(?:\d{1,2} )?(\d{1,2}) (\d{4})", name):
        return _first(int(found[2]), int(found[1]))
    if found := re.fullmatch(r"(\d{4}) ?(\d{2})", name):
        return _first(int(found[1]), int(found[2]))
    if found := re.fullmatch(r"(?:heures |h |total )?([a-z]+) ?(\d{2}|\d{4})?(?: heures| h)?", name):
        month, said = _MONTHS.get(found[1]), found[2]
        if month and (said or year):
            whole: int | None = int(said) + (2000 if len(said) == 2 else 0) if said else year
            return _first(whole or 0, month)
    if year and re.fullmatch(r"\d{1,2}", name):
        return _first(year, int(name))
    return None


def _first(year: int, month: int) -> date | None:
    return date(year, month, 1) if 2000 <= year <= 2100 and 1 <= month <= 12 else None


def read_day(text: str) -> date | None:
    """A day as written in France, in ISO, or as a spreadsheet counts it; None when empty. Raises RefusedError."""
    plain = text.strip()
    if not plain:
        return None
    try:
        if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?", plain):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})", plain):
            year = int(found[3])
            if year < 100:
                # « 85 » is a birth, « 26 » a contract.
                year += 1900 if year > 40 else 2000
            return date(year, int(found[2]), int(found[1]))
        if found := re.fullmatch(r"(\d{1,2})(?: ?er)? ([a-z]+) (\d{4})", folded(plain)):
            return date(int(found[3]), _MONTHS.get(found[2], 0), int(found[1]))
        if re.fullmatch(r"\d{5}", plain) and 10_000 <= int(plain) <= 73_000:
            return _EXCEL_EPOCH + timedelta(days=int(plain))
    except ValueError:
        pass
    raise RefusedError(f"« {plain[:20]} » n’est pas une date : écrivez-la comme 31/03/2026.")


def read_amount_of_hours(text: str) -> Decimal | None:
    """Hours of a cell, rounded to the hundredth as spreadsheets keep more. Raises RefusedError."""
    plain = text.strip()
    if plain in ("-", "–", "/"):
        return None
    found = read_hours(plain.replace("heures", "").replace("hrs", ""))
    return None if found is None else found.quantize(Decimal("0.01"))


def read_total(text: str) -> Decimal | None:
    """« 1 250,5 h », « 312h30 »; None for anything that is no plain number of hours."""
    plain = "".join(text.lower().split()).removesuffix("heures").removesuffix("h").replace(",", ".")
    if found := re.fullmatch(r"(\d{1,5})[h:]([0-5]\d)(?::[0-5]\d)?", plain):
        return (Decimal(found[1]) + Decimal(found[2]) / 60).quantize(Decimal("0.01"))
    return Decimal(plain).quantize(Decimal("0.01")) if re.fullmatch(r"\d+(\.\d+)?", plain) else None


def _is_capital(word: str) -> bool:
    """« DUPONT », « O’BRIEN », « d’ALMEIDA »; no initial."""
    bare = re.sub(r"^[dl]['’]", "", word)
    return len(bare) > 1 and bare == bare.upper() and any(letter.isalpha() for letter in bare)


def split_name(text: str, *, family_first: bool) -> tuple[str, str]:
    """(family name, given name) of « DUPONT Zoé » or « Zoé Dupont »; capitals say which is the family name."""
    words = text.replace(",", " ").split()
    capitals = {place for place, word in enumerate(words) if _is_capital(word)}
    # « PETIT dit LENOIR Marc », « Maria de SOUSA »: a small word goes with the name it stands before.
    for place in range(len(words) - 2, -1, -1):
        if words[place].lower() in _SMALL_WORDS and place + 1 in capitals:
            capitals.add(place)
    if capitals and len(capitals) < len(words):
        family = " ".join(words[place] for place in sorted(capitals))
        return family, " ".join(word for place, word in enumerate(words) if place not in capitals)
    if len(words) < 2:
        return text.strip(), ""
    return (words[0], " ".join(words[1:])) if family_first else (" ".join(words[1:]), words[0])
