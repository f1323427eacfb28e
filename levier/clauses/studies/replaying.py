"""A saved study, made again: the same figures, or the list of what changed."""

from dataclasses import dataclass
from typing import Any

from levier.clauses.models import StudyVersion
from levier.clauses.studies.calculating import CHOSEN, OWN, replayed
from levier.rulebook import parameters
from levier.rulebook.calibration import CalibrationError
from levier.rulebook.parameters import UnknownParameter

# The words of a result may be written better later; its figures may not move.
FIGURES = (
    "method", "method_version", "hours", "range", "plausible_range", "hours_per_100k", "slice", "verdict", "labour_hours",
    "person_weeks", "fte", "fte_base",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the study and what the same calculation gives now."""

    what: str
    saved: Any
    found: Any


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """A value read by the study that the rule book now says otherwise (`now` None: no longer there)."""

    label: str
    then: float
    now: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Replay:
    """`differences` is empty when the study gives the same figures; `changed_values`: what a study made today
    would read otherwise."""

    version: StudyVersion
    differences: tuple[Difference, ...]
    changed_values: tuple[ChangedValue, ...]

    @property
    def is_same(self) -> bool:
        """Whether every figure is the saved one."""
        return not self.differences


def replay(version: StudyVersion) -> Replay:
    """Make a study again with the values it kept, and say what a study made today would read otherwise."""
    try:
        found = replayed(version).as_dict()
    except CalibrationError as problem:
        differences: tuple[Difference, ...] = (Difference("calcul", "possible", str(problem)),)
    else:
        differences = tuple(_differences(version.result, found))
    return Replay(version, differences, tuple(_changed_values(version)))


def _differences(saved: dict[str, Any], found: dict[str, Any]) -> list[Difference]:
    told = [
        Difference(name, saved.get(name), found.get(name))
        for name in FIGURES
        if saved.get(name) != found.get(name)
    ]
    before, after = saved.get("trace", []), found.get("trace", [])
    labels = {line["label"] for line in before}
    if labels <= {line["label"] for line in after}:
        # A line shown since then is not a figure that moved.
        after = [line for line in after if line["label"] in labels]
    if len(before) != len(after):
        told.append(Difference("lignes du calcul", len(before), len(after)))
    for one, other in zip(before, after, strict=False):
        if [one[part] for part in ("value", "low", "high")] != [
            other[part] for part in ("value", "low", "high")
        ]:
            told.append(Difference(one["label"], one["value"], other["value"]))
    return told


def _changed_values(version: StudyVersion) -> list[ChangedValue]:
    changed = []
    for row in version.readings:
        if row["domain"] in {CHOSEN, OWN}:
            continue
        try:
            now = parameters.get(row["name"], row["key"]).value
        except UnknownParameter:
            changed.append(ChangedValue(row["label"], row["value"], None, row["unit"]))
            continue
        if now != row["value"]:
            changed.append(ChangedValue(row["label"], row["value"], now, row["unit"]))
    return changed
