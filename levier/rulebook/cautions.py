"""What a facilitator would add for this trade, this place and this size: practice, read from a table."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from levier.rulebook.levers.facts import OVERSEAS, PACIFIC

_CONDITIONS = {"cpv", "kind", "territory", "min_amount_ht", "max_amount_ht", "is_framework"}


@dataclass(frozen=True, slots=True)
class Caution:
    """One piece of advice and where it comes from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class _Row:
    caution: Caution
    conditions: tuple[tuple[str, Any], ...]


def cautions_for(
    *, cpv: str, kind: str | None, territory: str, amount_ht: float | None, is_framework: bool
) -> tuple[Caution, ...]:
    """The advice that fits: CPV digits, works/supplies/services, département code, euros excluding tax.

    A row that speaks of an amount stays silent while the amount is unknown.
    """
    facts = {
        "cpv": cpv,
        "kind": kind,
        "territory": _territory(territory),
        "min_amount_ht": amount_ht,
        "max_amount_ht": amount_ht,
        "is_framework": is_framework,
    }
    return tuple(
        row.caution for row in _rows() if all(_holds(name, value, facts) for name, value in row.conditions)
    )


def _territory(departement: str) -> str:
    if departement in PACIFIC:
        return "pacific"
    return "overseas" if departement in OVERSEAS else "mainland"


def _holds(name: str, wanted: Any, facts: dict[str, Any]) -> bool:
    found = facts[name]
    if name == "cpv":
        return any(found.startswith(prefix) for prefix in wanted)
    if name == "min_amount_ht":
        return found is not None and bool(found >= wanted)
    if name == "max_amount_ht":
        return found is not None and bool(found < wanted)
    return bool(found == wanted)


@cache
def _rows() -> tuple[_Row, ...]:
    text = (resources.files("levier.rulebook") / "cautions.yaml").read_text(encoding="utf-8")
    rows = []
    for number, entry in enumerate(yaml.safe_load(text), start=1):
        unknown = set(entry) - _CONDITIONS - {"text", "source"}
        if unknown or not entry.get("text") or not entry.get("source") or not entry.get("cpv"):
            raise ValueError(
                f"cautions.yaml, ligne {number} : champs inconnus ou manquants ({sorted(unknown)})."
            )
        conditions = tuple((name, entry[name]) for name in sorted(_CONDITIONS & set(entry)))
        rows.append(_Row(Caution(entry["text"], entry["source"]), conditions))
    return tuple(rows)
