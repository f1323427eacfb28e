"""Runs the checks on a declared line, with the switches of its contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

# Importing them registers their checks.
from levier.rulebook.declaring import checks, crossings  # noqa: F401
from levier.rulebook.declaring.line import Around, Line
from levier.rulebook.declaring.registry import CHECKS, DeclaringError, Rule, Severity, rules

Switch = Literal["off", "warn", "block"]
# Without a figure or a month there is nothing to post: a contract cannot let these through.
ALWAYS_BLOCK = frozenset(
    {"hours_missing", "hours_negative", "hours_too_precise", "month_missing", "number_of_a_person"}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says of one line: the rule, its severity for this contract, and the whole sentence."""

    rule: Rule
    severity: Severity
    sentence: str

    @property
    def is_blocking(self) -> bool:
        """Whether the line waits for a correction or for the facilitator."""
        return self.severity == "block"


def check_switches(switches: Mapping[str, str]) -> dict[str, Switch]:
    """The switches of a contract, checked. Raises DeclaringError for an unknown rule or word, or one that must block."""
    found: dict[str, Switch] = {}
    for name, value in switches.items():
        if name not in rules():
            raise DeclaringError(
                f"Le contrôle « {name} » n’existe pas ; contrôles connus : {', '.join(rules())}."
            )
        if value == "off":
            found[name] = "off"
        elif value == "warn":
            found[name] = "warn"
        elif value == "block":
            found[name] = "block"
        else:
            raise DeclaringError(f"Contrôle « {name} » : choisissez off, warn ou block, pas « {value} ».")
        if name in ALWAYS_BLOCK and value != "block":
            raise DeclaringError(
                f"Contrôle « {name} » : une ligne sans cela ne peut être gardée, il bloque toujours."
            )
    return found


def check(
    line: Line,
    around: Around,
    switches: Mapping[str, str] | None = None,
    *,
    only: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """Every remark on a line, in the order of the table; nothing when it is clean. The line itself is never changed.

    `only`: the names of the checks to run; all of them by default.
    """
    chosen = check_switches(switches) if switches else {}
    found = []
    for name, rule in rules().items():
        if only is not None and name not in only:
            continue
        severity = chosen.get(name, rule.severity)
        if severity == "off":
            continue
        words = CHECKS[name](line, around)
        if words is not None:
            found.append(Finding(rule, severity, rule.sentence.format(**words)))
    return tuple(found)
