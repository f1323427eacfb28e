"""Owns the reading of a Markdown document sentence by sentence, each with the heading it stands under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A value nobody has given yet; the figures in its words are examples.
FIELD_TO_FILL = re.compile(r"\[à compléter[^\]]*\]")
_SPACES = ("\u202f", "\u00a0", "\u2009", "\t")
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>#|~^$])")
_EMPHASIS = re.compile(
    r"(?<!\\)\*\*|(?<![\\*_])\b_(?=[^\W_])|(?<=[^\W_])_\b(?!_)|(?<![\\\w*])\*(?=\w)|(?<=\w)\*(?![\w*])"
)
# A full stop after « M. », « art. », « L. 2112-2 » or an initial ends no sentence.
_END = re.compile(
    r"(?<=[.!?])(?<!\b[A-ZÀ-Ý]\.)(?<!\bMM\.)(?<!\b[Aa]rt\.)(?<!\bcf\.)(?<!\b[Rr]éf\.)(?<!\b[Tt]él\.)\s+(?=[A-ZÀ-Ý«\[*])"
)
_NUMBER = re.compile(r"^\s*(?:[-*>]|\d+[.)])\s+")
# What starts something new: a heading, a row, a note, an item of a list.
_START = re.compile(r"\s*(?:#|\||>|[-*+] |\d+[.)] )")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence (or one row of a table), and the heading above it."""

    text: str
    place: str
    is_note: bool = False


def plain(markdown: str) -> str:
    """The text as a reader sees it: ordinary spaces, no marks of emphasis, escapes undone."""
    text = markdown
    for space in _SPACES:
        text = text.replace(space, " ")
    return _ESCAPE.sub(r"\1", _EMPHASIS.sub("", text) if "*" in text or "_" in text else text)


def sentences(markdown: str) -> Iterator[Sentence]:
    """The sentences of a document in order, headings left aside; a note to the buyer says so."""
    place = ""
    for text in _blocks(plain(markdown)):
        if text.startswith("#"):
            place = text.lstrip("#").strip()
            continue
        is_note = text.startswith(">")
        text = _NUMBER.sub("", text)
        for part in [text] if text.startswith("|") else _END.split(text):
            yield Sentence(part.strip("* ") if not part.startswith("|") else part, place, is_note)


def _blocks(text: str) -> Iterator[str]:
    """Headings, rows and paragraphs: the lines of one paragraph, as a PDF cuts them, are one."""
    held = ""
    for line in (*text.splitlines(), ""):
        bare = line.strip()
        if held.startswith(">") and bare.startswith(">"):
            bare = bare.lstrip("> ")
        elif held and (not bare or _START.match(line) or held.startswith(("#", "|"))):
            yield held
            held = ""
        held = f"{held} {bare}".strip()
        if not held.strip("|:-= "):
            held = ""
