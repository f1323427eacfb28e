"""The rules of national programmes (ANRU, SOLIDEO, Grand Paris Express) as sets of dated shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal

from levier.rulebook import parameters
from levier.rulebook.parameters import Parameter

Unit = Literal["hours", "jobs", "amounts"]
_FILE: Final = parameters.FOLDER / "programmes" / "rules.yaml"
_UNITS: Final = frozenset({"hours", "jobs", "amounts"})


class UnknownProgramme(LookupError):  # noqa: N818 - named for what happened, as the callers read it
    """No programme or no rule of that name, or none at that date; a French sentence says what exists."""


@dataclass(frozen=True, slots=True)
class ProgrammeRule:
    """One share asked by a programme.

    ``part`` names the contracts concerned (works, gup, amounts); ``unit`` what is counted: hours worked, jobs
    created or amounts. A share of jobs or of amounts is never turned into hours.
    """

    part: str
    label: str
    unit: Unit
    rate_key: str

    def rate(self, on: date | None = None) -> Parameter:
        """The dated share, between 0 and 1. Raises UnknownProgramme when none was in force that day."""
        try:
            return parameters.get("programme_rate", self.rate_key, on)
        except parameters.UnknownParameter as error:
            raise UnknownProgramme(f"La règle « {self.label} » ne vaut pas à cette date. {error}") from error


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme, the people it is meant for and its rules."""

    key: str
    label: str
    publics: str
    note: str
    rules: tuple[ProgrammeRule, ...]

    def rule(self, part: str = "works") -> ProgrammeRule:
        """The rule of that part. Raises UnknownProgramme when the programme has none."""
        for item in self.rules:
            if item.part == part:
                return item
        known = ", ".join(item.part for item in self.rules)
        raise UnknownProgramme(
            f"Le programme « {self.label} » n’a pas de règle « {part} » ; règles connues : {known}."
        )


def programme(key: str) -> Programme:
    """The programme of that key. Raises UnknownProgramme, with what exists, when there is none."""
    found = _programmes().get(key)
    if found is None:
        raise UnknownProgramme(
            f"Le programme « {key} » est inconnu ; programmes connus : {', '.join(_programmes())}."
        )
    return found


def all_programmes() -> tuple[Programme, ...]:
    """Every programme, in the order of the file."""
    return tuple(_programmes().values())


@lru_cache(maxsize=1)
def _programmes() -> dict[str, Programme]:
    rows = parameters.read_yaml(_FILE)["programmes"]
    return {row["key"]: _read(row) for row in rows}


def _read(row: dict[str, Any]) -> Programme:
    for rule in row["rules"]:
        if rule["unit"] not in _UNITS or not parameters.has("programme_rate", rule["rate"]):
            where = f"{_FILE.name}, ligne {rule['__line__']}"
            raise parameters.ParameterError(
                f"{where} : unité « {rule['unit']} » ou taux « {rule['rate']} » inconnu."
            )
    return Programme(
        key=row["key"],
        label=row["label"],
        publics=row["publics"],
        note=row.get("note", ""),
        rules=tuple(
            ProgrammeRule(rule["part"], rule["label"], rule["unit"], rule["rate"]) for rule in row["rules"]
        ),
    )
