"""Owns the small template syntax of the clause texts: `{name}` is replaced, anything unknown is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from levier.rulebook.levers.wording import spaced

_FIELD = re.compile(r"\{([^{}]*)\}")
_PART = "part_"
# What would turn a buyer's own words into Markdown or HTML.
_MARKUP = re.compile(r"([\\`*_\[\]<>#|])")


class TemplateError(ValueError):
    """A clause text that names an unknown field, an unknown part, or holds a stray brace."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with its fields filled, and the names left to fill in the order they appear."""

    markdown: str
    missing: tuple[str, ...]


def render(text: str, values: Mapping[str, str], gaps: Mapping[str, str], *, name: str = "texte") -> Rendered:
    """Fill `{field}` from `values`; a field without a value becomes « [à compléter : …] » from `gaps`.

    Every field of the text must be in `gaps`, the list of the fields that exist. Values go in as plain text
    on one line: they cannot add a field, a heading or a tag. Raises TemplateError naming the text.
    """
    missing: list[str] = []

    def fill(match: re.Match[str]) -> str:
        field = match.group(1)
        if field not in gaps:
            raise TemplateError(f"Le texte « {name} » demande le champ « {field} », qui n'existe pas.")
        value = " ".join(values.get(field, "").split())
        if value:
            return _MARKUP.sub(r"\\\1", value)
        if field not in missing:
            missing.append(field)
        return f"[à compléter : {gaps[field]}]"

    if _FIELD.sub("", text).count("{") or _FIELD.sub("", text).count("}"):
        raise TemplateError(f"Le texte « {name} » contient une accolade isolée.")
    return Rendered(spaced(_FIELD.sub(fill, text)), tuple(missing))


def assemble(path: str, parts: Mapping[str, str]) -> str:
    """Return the template `path` (e.g. « L2112-2/ccap ») with its shared parts put in place.

    `parts` chooses the file of a part, e.g. {"hours": "hours_per_amount"}; by default the part `x` is the
    file `parts/x`. Raises TemplateError when a file does not exist.
    """

    def put(match: re.Match[str]) -> str:
        field = match.group(1)
        if not field.startswith(_PART):
            return match.group(0)
        part = field.removeprefix(_PART)
        return read(f"parts/{parts.get(part, part)}").strip()

    return _FIELD.sub(put, read(path))


@cache
def read(path: str) -> str:
    """Return the raw template `texts/<path>.md`. Raises TemplateError when there is none."""
    source = files("levier.clauses") / "texts" / f"{path}.md"
    if not source.is_file():
        raise TemplateError(f"Le texte « {path} » n'existe pas.")
    return source.read_text(encoding="utf-8")


@cache
def all_texts() -> tuple[str, ...]:
    """Return the path of every template, shared parts included, in alphabetical order."""
    root = files("levier.clauses") / "texts"
    return tuple(
        sorted(
            f"{folder.name}/{entry.name.removesuffix('.md')}"
            for folder in root.iterdir()
            if folder.is_dir()
            for entry in folder.iterdir()
            if entry.name.endswith(".md")
        )
    )


def fields_of(text: str) -> tuple[str, ...]:
    """Return the names of the fields a text asks for, parts left aside."""
    return tuple(name for name in _FIELD.findall(text) if not name.startswith(_PART))
