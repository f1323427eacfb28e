"""Sizes: files, functions and classes stay small enough to be read at once."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.repository import nodes, python_files, relative, source_text, tracked_files

# The first of these tests to run parses every source.
pytestmark = pytest.mark.slow

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_CLASS = 400, 50, 300

# What is too long today, with its length: a line may only shrink, and goes when it fits.
EXCEPTIONS: dict[str, int] = {
    "levier/purchasing/contracts/mapping.py::parse": 55,
}


def _sizes() -> Iterator[tuple[str, int, int]]:
    """Name, number of lines, and the most there may be."""
    for path in python_files():
        name = relative(path)
        yield name, len(source_text(path).splitlines()), LONGEST_FILE
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                most = LONGEST_CLASS if isinstance(node, ast.ClassDef) else LONGEST_FUNCTION
                yield f"{name}::{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1, most


def test_python_files_functions_and_classes_keep_their_budget() -> None:
    too_long = {name: lines for name, lines, most in _sizes() if lines > EXCEPTIONS.get(name, most)}
    assert not too_long, f"split these (lines): {too_long}"


def test_exceptions_only_shrink() -> None:
    found: dict[str, int] = {}
    budgets: dict[str, int] = {}
    for name, lines, most in _sizes():
        found[name] = max(lines, found.get(name, 0))
        budgets[name] = most
    gone = [name for name in EXCEPTIONS if name not in found or found[name] <= budgets[name]]
    assert not gone, f"these fit now: take them out of EXCEPTIONS: {gone}"


def test_templates_styles_and_scripts_keep_the_same_budget() -> None:
    ours = [path for path in tracked_files() if path.suffix in {".html", ".css", ".js", ".sql", ".typ"}]
    assert ours
    too_long = {
        relative(path): lines
        for path in ours
        if (lines := len(source_text(path).splitlines())) > LONGEST_FILE
    }
    assert not too_long
