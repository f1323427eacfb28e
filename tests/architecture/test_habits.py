"""The habits of the house: names of files, opening sentences, READMEs of the rooms, audit verbs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.repository import (
    PACKAGE,
    floor_of,
    nodes,
    python_files,
    relative,
    room_files,
    room_of,
    rooms,
    source_text,
    tracked_files,
)

NAMELESS = {"utils", "util", "helpers", "helper", "misc", "common_utils", "tools"}


def test_no_file_is_a_drawer_for_everything() -> None:
    drawers = [relative(path) for path in tracked_files() if path.stem in NAMELESS]
    assert not drawers, "if code has no home, it has no name yet"


def test_no_test_reads_the_day_while_it_is_imported() -> None:
    """A run that crosses midnight would compare yesterday with what the application says of today."""
    read_early = [
        f"{relative(path)}: {line}"
        for path in tracked_files()
        if path.suffix == ".py" and relative(path).startswith("tests/") and "journeys" not in path.parts
        for line in re.findall(r"^[A-Z_]+ = .*(?:localdate|today|now)\(.*", source_text(path), flags=re.M)
    ]
    assert not read_early, "read the day inside the test, with localdate()"


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        relative(path)
        for path in python_files()
        if source_text(path).strip() and not re.match(r"(?:#.*\n|\s)*r?\"\"\"\S", source_text(path))
    ]
    assert not silent


@pytest.mark.parametrize("room", rooms())
def test_every_room_stands_on_a_floor_and_says_what_it_owns(room: str) -> None:
    floor_of(room)
    readme = PACKAGE / room / "README.md"
    assert readme.exists(), f"levier/{room}/README.md is missing: a few lines on what the room owns"
    assert readme.read_text(encoding="utf-8").startswith("# ")


def test_every_source_folder_has_its_readme() -> None:
    definitions = [path for path in tracked_files() if relative(path).startswith("levier/directory/sources/")]
    folders = {path.parent for path in definitions if path.name == "source.py"}
    assert folders
    assert not [relative(folder) for folder in folders if not (folder / "README.md").exists()]


def _audit_verbs() -> Iterator[tuple[Path, str]]:
    for path in room_files(r"\bverb="):
        for node in nodes(path):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "verb" and isinstance(keyword.value, ast.Constant):
                        yield path, str(keyword.value.value)


@pytest.mark.slow
def test_every_audit_verb_is_room_dot_action() -> None:
    verbs = list(_audit_verbs())
    assert verbs
    wrong = [
        f"{relative(path)}: {verb}"
        for path, verb in verbs
        if not re.fullmatch(rf"{room_of(path)}\.[a-z]+(_[a-z]+)*", verb)
    ]
    assert not wrong, "a verb names the room that writes, then the action"


def test_every_audit_call_gives_a_literal_verb() -> None:
    unnamed = []
    for path in room_files(r"\baudit\.record\b"):
        for node in nodes(path):
            is_record = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "record"
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "audit"
            )
            if is_record:
                verbs = [one.value for one in node.keywords if one.arg == "verb"]  # type: ignore[attr-defined]
                if not verbs or not isinstance(verbs[0], ast.Constant):
                    unnamed.append(f"{relative(path)}:{node.lineno}")  # type: ignore[attr-defined]
    assert not unnamed
