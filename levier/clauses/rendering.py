"""Owns the small syntax of the clause texts: slots filled from other files, then `{field}` from values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from levier.clauses.library import exists, read
from levier.clauses.rules import MARK
from levier.clauses.trades import FRAMEWORK
from levier.rulebook.levers.wording import spaced

_FIELD = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"\{((?:part|trade|programme|lever)_\w+)\}")
_LONE_SLOT = re.compile(r"^[ \t]*\{((?:part|trade|programme|lever)_\w+)\}[ \t]*$")
_SLOT_NAME = re.compile(r"(?:part|trade|programme|lever)_\w+")
# What would turn a buyer's own words into Markdown or HTML.
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~^$])")
_BLANKS = re.compile(r"[ \t\r\n\f\v\x1c-\x1f\x85\u2028\u2029]+")
_NUMBERED = re.compile(r"^(#{2,3}) (?:(\d+)\. )?", re.MULTILINE)
_DEEPEST = 4


class TemplateError(ValueError):
    """A clause text that names an unknown field, an unknown part, or holds a stray brace."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What fills the slots of a template.

    `parts` gives the file of a part: {"hours": "hours_per_amount"}; None leaves the part out. By default the
    part `x` is the file `parts/x`. `trades` and `programme` name the folders that may add a paragraph;
    `lever` the folder that must give its own. `is_unsplit`: no lots, hence no other lot to work for;
    `is_upkeep`: the upkeep of a district, which a programme may word apart.
    """

    parts: Mapping[str, str | None] = field(default_factory=dict)
    trades: tuple[str, ...] = ()
    programme: str = ""
    lever: str = ""
    is_unsplit: bool = False
    is_upkeep: bool = False

    def paths(self, slot: str) -> tuple[str, ...]:
        """The templates that fill a slot, in order; none when nothing has to be said there."""
        kind, name = slot.split("_", 1)
        if kind == "part":
            chosen = self.parts.get(name, name)
            return () if chosen is None else (f"parts/{chosen}",)
        if kind == "trade":
            return tuple(path for one in self.trades if (path := self._of_trade(one, name)))
        if kind == "programme":
            path = f"programmes/{self.programme}/{name}"
            if self.is_upkeep and exists(f"{path}_upkeep"):
                path = f"{path}_upkeep"
            return (path,) if self.programme and exists(path) else ()
        return (f"{self.lever}/{name}",)

    def _of_trade(self, trade: str, name: str) -> str:
        """What a trade adds; inside a framework, or without lots, its own words if it has some: no last day, no other lot."""
        if FRAMEWORK in self.trades and exists(inside := f"trades/{trade}/{name}_in_framework"):
            return inside
        if self.is_unsplit and exists(alone := f"trades/{trade}/{name}_unsplit"):
            return alone
        return path if exists(path := f"trades/{trade}/{name}") else ""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A template with its slots filled, and the path of every file it is made of."""

    text: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with its fields filled, and the names left to fill in the order they appear."""

    markdown: str
    missing: tuple[str, ...]


def assemble(text: str, choice: Choice, *, kept: frozenset[str] = frozenset()) -> Assembled:
    """Put the paragraphs of a template in place; a line that is only an empty slot disappears.

    The slots in `kept` stay as they are. Raises TemplateError when a file does not exist.
    """
    used: dict[str, None] = {}
    filled = _fill(text, choice, kept, used, depth=0)
    return Assembled(re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n", tuple(used))


def _fill(text: str, choice: Choice, kept: frozenset[str], used: dict[str, None], depth: int) -> str:
    if depth > _DEEPEST:
        raise TemplateError("Ce texte appelle des paragraphes qui s’appellent en boucle.")

    def content(slot: str) -> str:
        if slot in kept:
            return f"{{{slot}}}"
        paths = choice.paths(slot)
        used.update(dict.fromkeys(paths))
        return "\n\n".join(_fill(_read(path), choice, kept, used, depth + 1).strip() for path in paths)

    lines = []
    for line in text.split("\n"):
        lone = _LONE_SLOT.match(line)
        if lone:
            if found := content(lone.group(1)):
                lines.append(found)
        else:
            lines.append(_SLOT.sub(lambda match: content(match.group(1)), line))
    return "\n".join(lines)


def numbered(text: str) -> str:
    """The text with its « ### 4. » counted on: a part of a trade comes in the middle of those of a lever.

    A number that goes forward is kept as it is; each « ## » starts again.
    """
    last = 0

    def count(match: re.Match[str]) -> str:
        nonlocal last
        level, number = match.groups()
        if level == "##":
            last = 0
        if level == "##" or number is None:
            return match.group(0)
        last = max(last + 1, int(number))
        return f"### {last}. "

    return _NUMBERED.sub(count, text)


def _read(path: str) -> str:
    try:
        return read(path)
    except LookupError as problem:
        raise TemplateError(str(problem)) from problem


def render(text: str, values: Mapping[str, str], gaps: Mapping[str, str], *, name: str = "texte") -> Rendered:
    """Fill `{field}` from `values`; a field without a value becomes « [à compléter : …] » from `gaps`.

    Every field of the text must be in `gaps`, the list of the fields that exist. Values go in as plain text
    on one line: they cannot add a field, a heading or a tag. Raises TemplateError naming the text.
    """
    missing: list[str] = []

    def fill(match: re.Match[str]) -> str:
        field_name = match.group(1)
        if field_name not in gaps:
            raise TemplateError(f"Le texte « {name} » demande le champ « {field_name} », qui n’existe pas.")
        # Ordinary blanks only: the no-break ones of figures and dates are wanted.
        value = _BLANKS.sub(" ", values.get(field_name, "")).strip()
        if value:
            return _MARKUP.sub(r"\\\1", value).replace(rf"\[{MARK[1:-1]}\]", MARK)
        if field_name not in missing:
            missing.append(field_name)
        return f"[à compléter : {gaps[field_name]}]"

    if _FIELD.sub("", text).count("{") or _FIELD.sub("", text).count("}"):
        raise TemplateError(f"Le texte « {name} » contient une accolade isolée.")
    return Rendered(spaced(_FIELD.sub(fill, text)), tuple(missing))


def fields_of(text: str) -> tuple[str, ...]:
    """The fields a text asks for, slots left aside."""
    return tuple(name for name in _FIELD.findall(text) if not _SLOT_NAME.fullmatch(name))


def slots_of(text: str) -> tuple[str, ...]:
    """The slots a text calls."""
    return tuple(_SLOT.findall(text))
