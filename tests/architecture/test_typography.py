"""The sentences of the rule book and of the clauses that people read: a French apostrophe is « ’ »."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.architecture.repository import room_files, room_of, syntax_tree

ROOT = Path(__file__).parents[2] / "levier"
# A letter and an apostrophe, written as it is or as an escape: what holds none holds no straight apostrophe.
MAY_HOLD_ONE = r"[^\W\d_]\\?'|\\x27|\\u0027"
_STRAIGHT = re.compile(r"[^\W\d_]'[^\W\d_]")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def _literals(path: Path) -> Iterator[str]:
    """The texts of a module, its docstrings and patterns left out."""
    tree = syntax_tree(path)
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def _manifest(path: Path) -> bool:
    return path.name == "manifest.yaml"


FILES = [
    one
    for room in ("rulebook", "clauses")
    for one in sorted((ROOT / room).rglob("*.yaml"))
    if not _manifest(one)
]


def test_there_are_files_to_read() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("room", ["rulebook", "clauses"])
def test_no_sentence_of_a_yaml_file_holds_a_straight_apostrophe(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} : {text[:80]}"
        for path in FILES
        if path.is_relative_to(ROOT / room)
        for text in _texts(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
        if _STRAIGHT.search(text)
    ]
    assert wrong == []


# The keys a foreign file is read by are written as that file writes them.
AS_FOREIGN_FILES = {"purchasing/contracts/mapping.py", "purchasing/consultation/decp.py"}


# Folded words are read without accents; the comments of a table are English.
NOT_SENTENCES = {"reference/cpv/text.py", "directory/models/suppliers.py"}
ROOMS = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_of_a_room_holds_one_either(room: str) -> None:
    wrong = [
        f"{name} : {text[:80]}"
        for path in room_files(MAY_HOLD_ONE)
        if room_of(path) == room
        and (name := str(path.relative_to(ROOT))) not in AS_FOREIGN_FILES | NOT_SENTENCES
        for text in _literals(path)
        if _STRAIGHT.search(text) and "\\" not in text and "(?" not in text
    ]
    assert wrong == []


def test_no_help_of_a_command_holds_one() -> None:
    """What `levier --help` shows is the docstring of a command, in French."""
    commands = {
        f"{path.name} : {node.name}": ast.get_docstring(node) or ""
        for path in sorted((ROOT / "cli").glob("*.py"))
        for node in syntax_tree(path).body
        if isinstance(node, ast.FunctionDef)
        and any("command" in ast.unparse(one) for one in node.decorator_list)
    }
    assert len(commands) > 20
    assert [name for name, words in commands.items() if _STRAIGHT.search(words)] == []


@pytest.mark.parametrize("room", ["clauses", "facilitators", "purchasing", "dossier"])
def test_no_text_template_holds_one(room: str) -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / room).rglob("*.md"))
        if path.name != "README.md" and _STRAIGHT.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []
