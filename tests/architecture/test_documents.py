"""The documents follow the code: commands, options, endpoints, sources, links, decisions."""

import ast
import re
from pathlib import Path

import click
import pytest

from levier.api.endpoints import api
from levier.cli.root import COMMANDS, root
from levier.cli.sources import OTHER_IMPORTS
from levier.directory.sources import SOURCES
from tests.architecture.repository import (
    REPOSITORY,
    nodes,
    python_files,
    relative,
    room_of,
    source_text,
    tracked_files,
)

GUIDE = REPOSITORY / "docs" / "guide"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")


def _text(name: str) -> str:
    return (GUIDE / name).read_text(encoding="utf-8")


def _markdown() -> list[Path]:
    """The documents people read; the templates of clauses are Markdown too, but not documents."""
    return [
        path
        for path in tracked_files()
        if path.suffix == ".md" and "texts" not in path.relative_to(REPOSITORY).parts
    ]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_guide_and_gives_an_example(name: str) -> None:
    assert f"`levier {name}" in _text("ligne-de-commande.md")
    command = root.get_command(click.Context(root), name)
    assert command is not None
    assert "Exemple" in (command.epilog or ""), "its --help must show one"


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"manage"}))
def test_every_option_of_a_command_is_in_the_guide(name: str) -> None:
    command = root.get_command(click.Context(root), name)
    assert command is not None
    flags = {flag for one in command.params for flag in one.opts if flag.startswith("--")}
    if isinstance(command, click.Group):
        for part in command.commands.values():
            flags |= {flag for one in part.params for flag in one.opts if flag.startswith("--")}
            assert f"levier {name} {part.name}" in _text("ligne-de-commande.md")
    section = re.split(r"^## ", _text("ligne-de-commande.md"), flags=re.MULTILINE)
    about = "\n".join(part for part in section if f"`levier {name}" in part.partition("\n")[0])
    assert about, "its section is missing"
    assert not {flag for flag in flags - {"--json"} if f"`{flag}" not in about}


def test_no_command_of_the_guide_is_gone() -> None:
    named = set(re.findall(r"^\$ levier ([a-z]+)", _text("ligne-de-commande.md"), re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


def test_every_endpoint_is_in_the_guide() -> None:
    page = _text("api.md")
    documented = api.get_openapi_schema(path_prefix="/api/")["paths"]
    assert documented
    missing = [
        f"{verb.upper()} {path}"
        for path, verbs in documented.items()
        for verb in verbs
        if f"`{verb.upper()} {path}`" not in page
    ]
    assert not missing
    sections = set(re.findall(r"^## `[A-Z]+ (\S+)`", page, re.MULTILINE))
    assert sections == set(documented)


def test_every_field_and_parameter_of_the_api_is_in_the_guide() -> None:
    page = _text("api.md")
    schema = api.get_openapi_schema(path_prefix="/api/")
    names = set(schema["components"]["schemas"]["NeedIn"]["properties"])
    names |= {
        one["name"]
        for verbs in schema["paths"].values()
        for verb in verbs.values()
        for one in verb.get("parameters", ())
    }
    assert {"text", "near", "cursor"} <= names
    assert not {name for name in names if not re.search(rf"[`?&{{]{name}[`=}}]", page)}


def test_every_source_is_in_the_guide() -> None:
    page = _text("importer-des-donnees.md")
    real = {slug for slug, source in SOURCES.items() if not source.is_demo}
    named = {
        name for name in [*real, *OTHER_IMPORTS] if f"`{name}`" in page or f"levier import {name}" in page
    }
    assert named == real | set(OTHER_IMPORTS)


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in _markdown():
        for target in LINK.findall(source_text(path)):
            is_picture = target.endswith(".png")  # pictures are taken from a running site, after the text
            if "://" not in target and not is_picture and not (path.parent / target).exists():
                broken.append(f"{relative(path)} → {target}")
    assert not broken


def test_decisions_are_numbered_listed_and_short() -> None:
    folder = REPOSITORY / "docs" / "adr"
    pages = sorted(folder.glob("[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    index = (folder / "README.md").read_text(encoding="utf-8")
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert f"({page.name})" in index, page.name
        assert text.startswith(f"# {page.name[:4]}. "), page.name
        for part in ("**Context.**", "**Decision.**", "**Measured", "**Consequences.**"):
            assert part in text, f"{page.name}: {part}"
        assert len(text.splitlines()) <= 60, page.name


def test_benchmarks_named_in_the_documents_exist() -> None:
    named = set()
    for path in _markdown():
        named.update(re.findall(r"python -m benchmarks\.(\w+)", source_text(path)))
    assert named
    assert not {name for name in named if not (REPOSITORY / "benchmarks" / f"{name}.py").exists()}


def test_benchmarks_still_find_what_they_take_from_each_other() -> None:
    """The suite runs none of them: a name that moved would be seen the day somebody measures."""
    folder = REPOSITORY / "benchmarks"
    taken = {
        ((node.module or "").partition(".")[2], one.name)
        for path in folder.glob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("benchmarks.")
        for one in node.names
    }
    assert taken
    for module, name in taken:
        source = source_text(folder / f"{module}.py")
        assert re.search(rf"^(?:def |class |[\w, ]*)\b{name}\b", source, re.M), f"benchmarks.{module}: {name}"


def test_the_readme_is_short() -> None:
    assert len((REPOSITORY / "README.md").read_text(encoding="utf-8").splitlines()) <= 90


def test_modules_named_by_the_readme_of_a_room_exist() -> None:
    missing = []
    ours = [relative(module) for module in python_files()]
    for path in _markdown():
        if path.name != "README.md" or room_of(path) is None:
            continue
        for name in re.findall(r"`([\w./-]+\.py)`", source_text(path)):
            if (
                not any(f"/{module}".endswith(f"/{name}") for module in ours)
                and not (REPOSITORY / name).exists()
            ):
                missing.append(f"{relative(path)}: {name}")
    assert not missing
