"""The checks of a declared line of hours: named, sourced, switchable by contract, each with one clear sentence."""

from levier.rulebook.declaring.checking import ALWAYS_BLOCK, Finding, Switch, check, check_switches
from levier.rulebook.declaring.line import Around, Line
from levier.rulebook.declaring.registry import CHECKS, DeclaringError, Rule, rules

__all__ = [
    "ALWAYS_BLOCK",
    "CHECKS",
    "Around",
    "DeclaringError",
    "Finding",
    "Line",
    "Rule",
    "Switch",
    "check",
    "check_switches",
    "rules",
]
