"""The counting rules of a contract: window, places, CDI, training, coefficients; read from YAML, changed field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from levier.rulebook import parameters

Place = Literal["on_site", "off_site"]
Status = Literal["confirmed", "to_confirm"]
PLACES: Final = frozenset({"on_site", "off_site"})
WINDOWS: Final = frozenset({"lot", "operation"})
TRAININGS: Final = frozenset({"contract", "all", "none"})
_FILE: Final = Path(__file__).with_name("rule_sets.yaml")
_LINE: Final = "__line__"
_FIELDS: Final = frozenset(
    {"key", "label", "window", "places", "cdi", "training", "status", "source", "coefficients", _LINE}
)


class CountingError(ValueError):
    """Hours or rules that cannot be counted; the French sentence says what, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A local weight on the hours of some people: below 1 it sets hours aside, above 1 it adds a bonus shown apart.

    `tag` names who it is for (« cdi », « women »…), as `Share.tags` says. `cap_hours` bounds the bonus of one month.
    """

    name: str
    tag: str
    value: Decimal
    valid_from: date
    valid_to: date | None
    source: str
    cap_hours: Decimal | None = None

    def covers(self, month: date) -> bool:
        """Whether it is in force on the first day of that month."""
        return self.valid_from <= month and (self.valid_to is None or month <= self.valid_to)


@dataclass(frozen=True, slots=True)
class CountingRules:
    """What one contract counts. `cdi_months` is None for « until the end of the contract, at most the dated maximum »."""

    key: str
    label: str
    window: str
    places: frozenset[str]
    cdi_months: int | None
    training: str
    status: Status
    source: str
    coefficients: tuple[Coefficient, ...] = ()

    def __post_init__(self) -> None:
        if self.window not in WINDOWS or self.training not in TRAININGS or self.places - PLACES:
            raise CountingError(
                f"Règles de décompte « {self.key} » : fenêtre parmi {', '.join(sorted(WINDOWS))} ; formation parmi "
                f"{', '.join(sorted(TRAININGS))} ; lieux parmi {', '.join(sorted(PLACES))}."
            )
        if not self.places:
            raise CountingError(f"Règles de décompte « {self.key} » : dites où les heures comptent.")
        if self.cdi_months is not None and not 1 <= self.cdi_months <= 120:
            raise CountingError(f"Règles de décompte « {self.key} » : un CDI compte de 1 à 120 mois.")
        for one in self.coefficients:
            if not (one.value.is_finite() and Decimal(0) <= one.value <= Decimal(3)):
                raise CountingError(
                    f"Coefficient « {one.name} » : donnez une valeur de 0 à 3, pas {one.value}."
                )


@lru_cache(maxsize=1)
def _all() -> dict[str, CountingRules]:
    content = parameters.read_yaml(_FILE)
    return {row["key"]: _rules(row) for row in content["rule_sets"]}


def _rules(row: dict[str, Any]) -> CountingRules:
    where = f"rule_sets.yaml, ligne {row.get(_LINE, '?')}"
    if unknown := sorted(set(row) - _FIELDS):
        raise CountingError(f"{where} : le champ « {unknown[0]} » est inconnu.")
    for field in ("label", "window", "places", "cdi", "training", "status", "source"):
        if row.get(field) in (None, ""):
            raise CountingError(f"{where} : le champ « {field} » manque ; ajoutez-le.")
    return CountingRules(
        key=row["key"],
        label=row["label"],
        window=row["window"],
        places=frozenset(row["places"]),
        cdi_months=None if row["cdi"] == "contract_end" else int(row["cdi"]),
        training=row["training"],
        status=row["status"],
        source=row["source"],
    )


def counting_rules(key: str) -> CountingRules:
    """The shipped rules of that name. Raises CountingError saying what exists."""
    if key not in _all():
        raise CountingError(
            f"Les règles de décompte « {key} » n’existent pas ; règles connues : {', '.join(_all())}."
        )
    return _all()[key]


def counting_keys() -> tuple[str, ...]:
    """The names of the shipped rules."""
    return tuple(_all())


def counting_labels() -> tuple[tuple[str, str], ...]:
    """Key and name of each shipped set of rules."""
    return tuple((key, one.label) for key, one in _all().items())
