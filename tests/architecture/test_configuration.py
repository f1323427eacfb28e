"""Every environment variable that the code reads is documented, and the reverse."""

import ast
import re
from functools import cache

from tests.architecture.repository import REPOSITORY, nodes, room_files

PAGE = REPOSITORY / "docs" / "configuration.md"
READERS = {"_flag", "_number", "_list", "_secret", "getenv"}
# Django's own, set by our commands.
NOT_OURS = {"DJANGO_SETTINGS_MODULE"}
NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")


@cache
def _reads() -> frozenset[tuple[str, bool]]:
    """(variable, whether it is a secret) for each literal name read from the environment."""
    found = set()
    for path in room_files(rf"os\.environ|\b(?:{'|'.join(READERS)})\("):
        for node in nodes(path):
            name, reader = None, ""
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                function = ast.unparse(node.func)
                if function in READERS or function.startswith("os.environ."):
                    name, reader = node.args[0].value, function
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
                name = getattr(node.slice, "value", None)
            if isinstance(name, str) and NAME.fullmatch(name):
                found.add((name, reader == "_secret"))
    return frozenset(found)


def _documented() -> dict[str, str]:
    """Variable → its line, from the tables of the page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return {found.group(1): line for line in lines if (found := re.match(r"\| `([A-Z0-9_]+)` \|", line))}


def test_every_variable_read_is_documented() -> None:
    read = {name for name, _ in _reads()}
    assert {"LEVIER_HOME", "DATABASE_URL"} <= read
    secrets_from_files = {f"{name}_FILE" for name, is_secret in _reads() if is_secret}
    assert not read - NOT_OURS - secrets_from_files - set(_documented())


def test_every_documented_variable_is_read() -> None:
    assert not set(_documented()) - {name for name, _ in _reads()}


def test_secrets_are_marked_and_only_they_may_come_from_a_file() -> None:
    marked = {name for name, line in _documented().items() if "**secret**" in line}
    assert marked == {name for name, is_secret in _reads() if is_secret}


def test_every_row_gives_a_default_and_a_meaning() -> None:
    thin = [
        name
        for name, line in _documented().items()
        if [cell for cell in line.split("|")[2:4] if not cell.strip()]
    ]
    assert not thin
