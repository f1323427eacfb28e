"""The versions of a convention's text: which ones a reader sees, and what changed from one to the next."""

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from levier.facilitators.models import Convention, ConventionVersion

_MARKS = re.compile(r"^(?:#+|-|\d+\.)\s+|\*\*|\\(?=[^\w\s])")
_RULES = re.compile(r"^[|:\s-]+$")


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that went out of the text, or came into it."""

    kind: Literal["gone", "new"]
    text: str


def versions_seen(convention: Convention, *, sees_drafts: bool) -> list[ConventionVersion]:
    """The newest first: those that were proposed, and for the structure those it kept for itself."""
    found = convention.versions.prefetch_related("signatures")
    return list(found if sees_drafts else found.exclude(proposed_at=None))


def before(version: ConventionVersion, seen: list[ConventionVersion]) -> ConventionVersion | None:
    """The one its reader saw before this one."""
    return next((one for one in seen if one.number < version.number), None)


def changes(old: ConventionVersion, new: ConventionVersion) -> tuple[Change, ...]:
    """What changed from one version to another, paragraph by paragraph, in the order of the text."""
    ours, theirs = _paragraphs(old.text), _paragraphs(new.text)
    found: list[Change] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            found += [Change("gone", text) for text in ours[i1:i2]]
            found += [Change("new", text) for text in theirs[j1:j2]]
    return tuple(found)


def _paragraphs(text: str) -> list[str]:
    """The lines a person reads: without marks, empty lines nor the rules of tables."""
    lines = (line.strip() for line in text.splitlines())
    plain = (
        _MARKS.sub("", line).strip("| ").replace(" | ", " · ") for line in lines if not _RULES.match(line)
    )
    return [line for line in plain if line]
