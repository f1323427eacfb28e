"""Floors: no hidden way up, by a name in a string, a relation between tables, a template or a migration."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from tests.architecture.repository import (
    may_import,
    nodes,
    relative,
    room_files,
    room_of,
    rooms,
    source_text,
    tracked_files,
)

# « levier.room.something » or "levier.room" as a whole string: what import_string and Django settings take.
DOTTED = re.compile(r"levier\.([a-z_]+)(?:\.[A-Za-z_.:]+)?")
# The command line names what starts the process, without importing it.
START_UP = {"levier.config.settings", "levier.config.wsgi:application"}


def _imported_rooms(path: Path) -> set[str]:
    """Rooms named by import statements anywhere in the file, functions included."""
    found: set[str] = set()
    for node in nodes(path):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "levier" and len(parts) > 1 and parts[1] in rooms():
                found.add(parts[1])
    return found


def _dotted_strings(path: Path) -> set[str]:
    """Strings that are nothing but the dotted path of something in a room."""
    return {
        node.value
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if (match := DOTTED.fullmatch(node.value)) and match.group(1) in rooms()
    }


def _files_naming_above() -> list[Path]:
    """The files whose text names a room that theirs may not import: nothing in the others can go up."""
    found = []
    for path in room_files(r"\blevier(\.[a-z]| import)", migrations=True):
        # Empty for « from levier import … ».
        named = set(re.findall(r"\blevier(?:\.([a-z_]+)| import)", source_text(path)))
        if any(not may_import(str(room_of(path)), room) for room in named & set(rooms())) or "" in named:
            found.append(path)
    return found


@pytest.mark.slow
def test_imports_inside_functions_go_down_too() -> None:
    upward = {
        f"{relative(path)} → {room}"
        for path in _files_naming_above()
        for room in _imported_rooms(path)
        if not may_import(str(room_of(path)), room)
    }
    assert not upward


def test_imports_by_a_string_go_down_too() -> None:
    upward = {
        f"{relative(path)} → {name}"
        for path in _files_naming_above()
        for name in _dotted_strings(path) - START_UP
        if not may_import(str(room_of(path)), name.split(".")[1])
    }
    assert not upward


def test_relations_between_tables_go_down() -> None:
    ours = {
        config.label: config.name.split(".")[1]
        for config in apps.get_app_configs()
        if config.name.startswith("levier.")
    }
    assert ours
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for label in ours
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields(include_parents=False)
        if field.is_relation and not field.auto_created and field.related_model is not None
        if (target := field.related_model._meta.app_label) in ours
        and not may_import(ours[label], ours[target])
    ]
    assert not upward


def test_migrations_depend_on_rooms_below() -> None:
    upward = []
    for path in room_files(r'\("[a-z_]+", "\d{4}_|\(\'[a-z_]+\', \'\d{4}_', migrations=True):
        above = [room for room in rooms() if not may_import(str(room_of(path)), room)]
        if not any(re.search(rf"[\"']{room}[\"']", source_text(path)) for room in above):
            continue
        for node in nodes(path):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                values = [one.value for one in node.elts if isinstance(one, ast.Constant)]
                if len(values) == 2 and values[0] in rooms() and re.match(r"\d{4}_", str(values[1])):
                    upward += (
                        []
                        if may_import(str(room_of(path)), values[0])
                        else [f"{relative(path)} → {values[0]}"]
                    )
    assert not upward


def test_templates_use_templates_of_rooms_below() -> None:
    """A template names those of its own room, of a room below, or a slot that a room above fills."""
    upward = []
    for path in tracked_files():
        room = room_of(path)
        if room is None or path.suffix != ".html":
            continue
        for used in re.findall(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""", source_text(path)):
            folder = used.split("/")[0]
            if folder in rooms() and not may_import(room, folder):
                upward.append(f"{relative(path)} → {used}")
    assert not upward


@pytest.mark.parametrize("forbidden", ["django", "psycopg", "levier.core"])
def test_the_rule_book_needs_no_framework(forbidden: str) -> None:
    named = []
    for path in room_files(rf"\b{re.escape(forbidden)}\b"):
        if room_of(path) != "rulebook":
            continue
        for node in nodes(path):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names.append(node.module)
            named += [
                f"{relative(path)}: {name}"
                for name in names
                if name == forbidden or name.startswith(f"{forbidden}.")
            ]
    assert not named


def test_the_floors_here_are_those_of_the_import_linter() -> None:
    import tomllib

    from tests.architecture.repository import FLOORS, REPOSITORY

    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    named = [frozenset(part.strip(" ()") for part in layer.split("|")) for layer in reversed(layers)]
    assert named == [frozenset(floor) for floor in FLOORS]
