"""Owns the reading of values given as text: `penalty_hour=60`, `start=2027-03-01`, whatever the door."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any, get_type_hints

from levier.clauses.gaps import GAPS
from levier.clauses.values import ClauseError, ClauseValues

_TRUE, _FALSE = {"oui", "true", "1"}, {"non", "false", "0"}


def value_names() -> tuple[str, ...]:
    """The names of every value a text may be given."""
    return tuple(field.name for field in fields(ClauseValues))


def values_from(given: Mapping[str, Any]) -> ClauseValues:
    """The values of a text, from texts, numbers or lists. Raises ClauseError naming the value refused."""
    hints = get_type_hints(ClauseValues)
    made: dict[str, Any] = {}
    for name, value in given.items():
        if name not in hints:
            raise ClauseError(
                f"La valeur « {name} » n’existe pas. Valeurs admises : {', '.join(value_names())}."
            )
        if value is None or value == "":
            continue
        made[name] = _read(name, value, str(hints[name]))
    return ClauseValues(**made)


def _read(name: str, value: Any, kind: str) -> Any:
    label = GAPS.get(name.removesuffix("_ht"), name)
    try:
        if "date" in kind:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        if "bool" in kind:
            return _yes_or_no(value)
        if "tuple" in kind:
            parts = value if isinstance(value, (list, tuple)) else str(value).split(",")
            return tuple(str(part).strip() for part in parts)
        if "int" in kind:
            return int(value)
        if "float" in kind:
            return _number(str(value))
    except (ValueError, TypeError) as problem:
        expected = "une date comme 2027-03-12" if "date" in kind else "un nombre"
        expected = "oui ou non" if "bool" in kind else expected
        raise ClauseError(f"La valeur « {name} » ({label}) attend {expected}.") from problem
    return str(value)


def _number(text: str) -> float:
    """« 1 250,50 »; « 20 % » is 0.2."""
    digits = text.replace(",", ".").replace(" ", "").replace("\u202f", "").replace("\u00a0", "")
    return float(digits[:-1]) / 100 if digits.endswith("%") else float(digits.removesuffix("€"))


def _yes_or_no(value: Any) -> bool:
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        raise ValueError(text)
    return text in _TRUE
