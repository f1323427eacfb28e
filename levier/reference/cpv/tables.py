"""Packaged CPV facts: the nomenclature with its hierarchy, and our lexicon of how buyers speak."""

from __future__ import annotations

import csv
import gzip
import io
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from levier.reference.cpv.text import fold

# First digits of the codes of buildings themselves, and of the trades that work in them: roofs and special trades, installations,
# finishing works.
BUILDINGS = "4521"
BUILDING_TRADES = ("4526", "453", "454")
_WORD = re.compile(r"[a-z]+")
_DATA = resources.files("levier.reference") / "data" / "cpv"


@dataclass(frozen=True, slots=True)
class CpvEntry:
    """One CPV code: 8 digits, official French label, parent code (empty for a division), level from 1."""

    code: str
    label: str
    parent: str
    level: int


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """One expression a buyer would use, and the CPV code it means."""

    expression: str
    code: str


@cache
def cpv_entries() -> tuple[CpvEntry, ...]:
    """Return the 9,454 codes of CPV 2008 in order of code."""
    text = gzip.decompress((_DATA / "cpv.csv.gz").read_bytes()).decode("utf-8")
    rows = csv.DictReader(io.StringIO(text))
    found = [
        CpvEntry(row["code"], row["label"].replace("'", "’"), row["parent"] or "", int(row["level"]))
        for row in rows
    ]
    return tuple(sorted(found, key=lambda entry: entry.code))


@cache
def cpv_labels() -> dict[str, str]:
    """Return the official French label of each 8-digit code."""
    return {entry.code: entry.label for entry in cpv_entries()}


@cache
def lexicon_entries() -> tuple[LexiconEntry, ...]:
    """Return our lexicon, in the order of the file."""
    rows = csv.DictReader(io.StringIO((_DATA / "lexicon.csv").read_text(encoding="utf-8")))
    return tuple(LexiconEntry(row["expression"], row["cpv"]) for row in rows)


@cache
def facilities() -> tuple[str, ...]:
    """Return the folded names of the places where something is done (« ecole », « salle des fetes »), the longest first."""
    names = (_DATA / "facilities.txt").read_text(encoding="utf-8").split("\n")
    return tuple(sorted({fold(name) for name in names if name.strip()}, key=lambda name: (-len(name), name)))


@cache
def place_words() -> frozenset[str]:
    """Return the folded words of the names of places: « Lille » is not a mistake for « bille »."""
    folder = resources.files("levier.reference") / "data" / "territories"
    texts = [gzip.decompress((folder / "communes.csv.gz").read_bytes()).decode("utf-8")]
    texts += [(folder / name).read_text(encoding="utf-8") for name in ("departements.csv", "regions.csv")]
    names = (row["name"] for text in texts for row in csv.DictReader(io.StringIO(text)))
    return frozenset(_WORD.findall(fold(" ".join(names))))


def repair_code(raw: str) -> str | None:
    """Return a CPV code read from data as 8 known digits, or None.

    Check digits are dropped (« 45214210-4 »), a lost leading zero is put back (« 9310000 »), and a code that
    does not exist falls back on its nearest known ancestor.
    """
    digits = "".join(char for char in str(raw).partition("-")[0] if char.isdigit())
    if len(digits) == 7:
        digits = f"0{digits}"
    if len(digits) != 8:
        return None
    known = cpv_labels()
    for length in range(8, 1, -1):
        candidate = digits[:length].ljust(8, "0")
        if candidate in known:
            return candidate
    return None
