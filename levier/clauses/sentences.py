"""Owns the reading of a Markdown document sentence by sentence, each with the heading it stands under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A value nobody has given yet; the figures in its words are examples.
FIELD_TO_FILL = re.compile(r"\[à compléter[^\]]*\]")
_SPACES = str.maketrans({"\u202f": " ", "\u00a0": " "})
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>#|~^$])")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý«\[*])")
_NUMBER = re.compile(r"^\s*(?:[-*>]|\d+[.)])\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence (or one row of a table), and the heading above it."""

    text: str
    place: str
    is_note: bool = False


def plain(markdown: str) -> str:
    """The text as a reader sees it: ordinary spaces, escapes undone."""
    return _ESCAPE.sub(r"\1", markdown.translate(_SPACES))


def sentences(markdown: str) -> Iterator[Sentence]:
    """The sentences of a document in order, headings left aside; a note to the buyer says so."""
    place = ""
    for line in plain(markdown).splitlines():
        text = line.strip()
        if not text.strip("|:-= "):
            continue
        if text.startswith("#"):
            place = text.lstrip("#").strip()
            continue
        is_note = text.startswith(">")
        text = _NUMBER.sub("", text)
        for part in [text] if text.startswith("|") else _END.split(text):
            yield Sentence(part.strip("* ") if not part.startswith("|") else part, place, is_note)
