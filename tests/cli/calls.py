"""How the tests run a command in this process, as a shell would see it."""

import json
from typing import Any

from click.testing import CliRunner, Result

from levier.cli.root import root
from tests.texts import plain_spaces


def run(*arguments: str) -> Result:
    """Run ``levier …``; an exception that is not an exit fails the test."""
    result = CliRunner().invoke(root, list(arguments), prog_name="levier")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in {0, 1, 2}
    return result


def document(*arguments: str, code: int = 0) -> Any:
    """The one JSON document on standard output of ``levier … --json``."""
    result = run(*arguments, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def refusal(*arguments: str, code: int = 1) -> str:
    """The sentence of a refusal: on standard error, nothing on standard output."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert "Traceback" not in result.stderr
    return plain_spaces(result.stderr.strip())
