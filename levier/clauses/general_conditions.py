"""Owns what is known of the general conditions (CCAG) a contract refers to: their name, their article on insertion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import yaml

# What a buyer says of a contract that refers to none.
NONE = "aucun"


@dataclass(frozen=True, slots=True)
class GeneralConditions:
    """One CCAG of 2021. `insertion`: the number of its article on social insertion; empty while nobody has read it.

    `termination`: its article on termination for fault, read in two copies. `proposed`: numbers read in one text
    only, by the names of ClauseValues: shown, never written unasked.
    """

    key: str
    label: str
    insertion: str
    source: str
    termination: str = ""
    proposed: Mapping[str, str] = field(default_factory=dict)


@cache
def general_conditions() -> dict[str, GeneralConditions]:
    """Key → CCAG."""
    rows = yaml.safe_load((files("levier.clauses") / "general_conditions.yaml").read_text(encoding="utf-8"))
    return {row["key"]: GeneralConditions(**row) for row in rows}
