"""Every command helps with an example, in French, and refuses a wrong use with code 2."""

import click
import pytest

from levier.cli.root import COMMANDS, root
from tests.cli.calls import run


def every_command() -> list[tuple[str, ...]]:
    """The path of each command and subcommand."""
    context = click.Context(root)
    found: list[tuple[str, ...]] = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, sub) for sub in command.list_commands(context)]
    return found


# `levier manage` hands its options to Django, --help too.
HELPED = [path for path in every_command() if path != ("manage",)]


@pytest.mark.parametrize("path", HELPED, ids=" ".join)
def test_the_help_shows_an_example(path: tuple[str, ...]) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert "Exemple" in result.stdout
    assert f"levier {' '.join(path)}" in result.stdout.split("Exemple", 1)[1]
    assert "Usage\u00a0:" in result.stdout and "Montrer cette aide." in result.stdout
    for english in (
        "Show this",
        "[default",
        "[required]",
        "Commands",
        " TEXT ",
        " FLOAT ",
        " INTEGER ",
        "%Y",
    ):
        assert english not in result.stdout, english


@pytest.mark.parametrize("path", HELPED, ids=" ".join)
def test_an_unknown_option_is_a_wrong_use(path: tuple[str, ...]) -> None:
    assert run(*path, "--inconnue").exit_code == 2


def test_the_list_of_commands_is_the_one_of_the_help() -> None:
    shown = run("--help").stdout
    assert [name for name in COMMANDS if f"  {name} " not in shown] == []


def test_an_unknown_command_is_a_wrong_use() -> None:
    assert run("inconnue").exit_code == 2


def test_the_commands_of_the_design_are_there() -> None:
    wanted = "calibrate place cpv import sync sources search dossier serve demo doctor index"
    assert set(wanted.split()) <= set(COMMANDS)
