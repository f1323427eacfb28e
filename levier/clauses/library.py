"""Owns the house's texts as files: reading them, and the version each one carries in the manifest."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(str(files("levier.clauses"))) / "texts"
MANIFEST = FOLDER / "manifest.yaml"


class UnknownText(LookupError):  # noqa: N818 - named for what happened, as the callers read it
    """No template of that name; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """The version of one template: its path, its number, its date, and what changed."""

    path: str
    version: int
    date: date
    change: str


@cache
def read(path: str) -> str:
    """The raw template `texts/<path>.md`. Raises UnknownText when there is none."""
    source = FOLDER / f"{path}.md"
    if path not in all_texts():
        raise UnknownText(f"Le texte « {path} » n’existe pas.")
    return source.read_text(encoding="utf-8")


def exists(path: str) -> bool:
    """Whether a template has that path."""
    return path in all_texts()


@cache
def all_texts() -> frozenset[str]:
    """The path of every template, shared paragraphs included."""
    return frozenset(
        entry.relative_to(FOLDER).as_posix().removesuffix(".md") for entry in FOLDER.rglob("*.md")
    )


def fingerprint(path: str) -> str:
    """What changes as soon as the text does: a short hash of the file."""
    return hashlib.sha256((FOLDER / f"{path}.md").read_bytes()).hexdigest()[:12]


@cache
def manifest() -> dict[str, dict[str, Any]]:
    """Path → the entry of the manifest: version, date, change, fingerprint."""
    entries: dict[str, dict[str, Any]] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return entries


def version_of(path: str) -> TextVersion:
    """The version in force of a template. Raises UnknownText when the manifest does not know it."""
    entry = manifest().get(path)
    if entry is None:
        raise UnknownText(f"Le texte « {path} » n’est pas au registre des versions.")
    return TextVersion(path, entry["version"], entry["date"], entry["change"])
