"""What the architecture tests read: the tracked Python files, templates and rooms of the repository."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "levier"

# From the ground up; two packages on one floor do not know each other. The import-linter has the same table.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("rulebook", "core"),
    ("reference",),
    ("organisations",),
    ("accounts",),
    ("directory", "facilitators"),
    ("purchasing",),
    ("clauses",),
    ("execution",),
    ("impact", "community"),
    ("dossier",),
    ("portal", "api", "cli"),
    ("config",),
)


def floor_of(room: str) -> int:
    """The floor of a package of levier. Raises KeyError for one the table does not know."""
    for number, rooms in enumerate(FLOORS):
        if room in rooms:
            return number
    raise KeyError(f"levier/{room} stands on no floor: add it to FLOORS and to the import-linter contract")


def may_import(importer: str, imported: str) -> bool:
    """Whether a room may know another: itself, or one strictly below."""
    return importer == imported or floor_of(importer) > floor_of(imported)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file of the repository: tracked, or new and not ignored; all of them outside a git clone."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
        return tuple(sorted(path for name in names if (path := REPOSITORY / name).is_file()))
    skipped = {".venv", "var", "var-test", "__pycache__", ".git"}
    return tuple(
        sorted(
            path
            for path in REPOSITORY.rglob("*")
            if path.is_file() and not skipped.intersection(path.relative_to(REPOSITORY).parts)
        )
    )


def relative(path: Path) -> str:
    """The path as the exceptions and the messages write it."""
    return path.relative_to(REPOSITORY).as_posix()


def python_files(*, migrations: bool = False) -> list[Path]:
    """Our Python files, tests, scripts and benchmarks included."""
    return [
        path
        for path in tracked_files()
        if path.suffix == ".py" and (migrations or "migrations" not in path.parts)
    ]


@cache
def room_files(wording: str, *, migrations: bool = False) -> tuple[Path, ...]:
    """The Python files of rooms whose text holds ``wording``, a regular expression.

    To parse every source takes four seconds in each process: a test parses those that may hold what it looks for.
    """
    found = re.compile(wording)
    return tuple(
        path
        for path in python_files(migrations=migrations)
        if room_of(path) and found.search(source_text(path))
    )


@cache
def syntax_tree(path: Path) -> ast.Module:
    """The parsed module, read once for all tests."""
    return ast.parse(source_text(path), filename=str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module, the outer ones first, but for « load » and « store »; a third quicker than ast.walk."""
    found: list[ast.AST] = [syntax_tree(path)]
    for node in found:
        for value in vars(node).values():
            if isinstance(value, list):
                found.extend(one for one in value if isinstance(one, ast.AST))
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                found.append(value)
    return tuple(found)


@cache
def source_text(path: Path) -> str:
    """The text of a file, read once."""
    return path.read_text(encoding="utf-8")


@cache
def rooms() -> tuple[str, ...]:
    """The packages of levier, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))


def room_of(path: Path) -> str | None:
    """The package of levier a file belongs to, None outside."""
    parts = path.relative_to(REPOSITORY).parts
    return parts[1] if len(parts) > 2 and parts[0] == "levier" else None
