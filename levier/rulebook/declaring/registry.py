"""The table of the checks and their registration: a name, a French sentence, a severity, a source; one function for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from levier.rulebook import parameters
from levier.rulebook.declaring.line import Around, Line
from levier.rulebook.figures import french_number

Severity = Literal["warn", "block"]
Status = Literal["confirmed", "to_confirm"]
# The words that fill the sentence when the rule has something to say; None when it has not.
Words = dict[str, str] | None
Check = Callable[[Line, Around], Words]

_FILE: Final = Path(__file__).with_name("rules.yaml")
_FIELDS: Final = frozenset({"name", "label", "severity", "status", "source", "sentence"})
CHECKS: Final[dict[str, Check]] = {}
_MONTHS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


class DeclaringError(ValueError):
    """A table or a switch of the checks that cannot be read; a French sentence says what and where."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: `label` names it on screen; `sentence` holds {words} filled by its function.

    `severity` is what holds unless a contract says otherwise.
    """

    name: str
    label: str
    severity: Severity
    status: Status
    source: str
    sentence: str


def rule(check: Check) -> Check:
    """Register a check under the name of its function."""
    CHECKS[check.__name__] = check
    return check


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Every check of the table, in the order it is written: that of the remarks."""
    found: dict[str, Rule] = {}
    for row in parameters.read_yaml(_FILE)["rules"]:
        line = row.pop("__line__", "?")
        if set(row) != _FIELDS or row["severity"] not in ("warn", "block"):
            raise DeclaringError(
                f"rules.yaml, ligne {line} : champs attendus : {', '.join(sorted(_FIELDS))}."
            )
        found[row["name"]] = Rule(**row)
    return found


def limit(key: str, line: Line, around: Around) -> float:
    """A dated limit of the checks, on the month of the line; on the day of the check when that month has none."""
    return dated("declaring_limit", line, around, key)


def dated(name: str, line: Line, around: Around, key: str = "") -> float:
    """A dated parameter on the month of the line, else on the day of the check: a month of 1926 is a slip, not an error."""
    return _dated(name, key, line.month or around.today, around.today)


@lru_cache(maxsize=4096)
def _dated(name: str, key: str, month: date, today: date) -> float:
    try:
        return parameters.get(name, key, month).value
    except parameters.UnknownParameter:
        return parameters.get(name, key, today).value


def full_line(line: Line) -> bool:
    """Whether the line has a month and a figure above zero."""
    return line.month is not None and line.amount is not None and line.amount > 0


def h(hours: Decimal | float | None, decimals: int = 2) -> str:
    """Hours as a sentence writes them."""
    return french_number(float(hours or 0), decimals)


def month_words(month: date) -> str:
    """« mars 2026 »."""
    return f"{_MONTHS[month.month - 1]} {month.year}"
