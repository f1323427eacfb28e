"""What every command shares: one JSON document or plain text, exit codes, refusals in one sentence."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from levier.core.plain import plain

DONE, NOTHING, WRONG_USAGE = 0, 1, 2

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Un seul document JSON sur la sortie standard."
)


def write_json(value: Any) -> None:
    """Exactly one JSON document, nothing else."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def refuse(sentence: str, *, as_json: bool = False, code: int = NOTHING) -> NoReturn:
    """Stop with one French sentence: on standard error, or as {"error": …} with --json."""
    if as_json:
        write_json({"error": sentence})
    else:
        click.echo(sentence, err=True)
    raise SystemExit(code)


@contextmanager
def progress(label: str, length: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on standard error when it is a terminal (a counter when the length is unknown); silent otherwise."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    if not length:
        counted = Counter[str]()

        def count(step: int) -> None:
            counted[label] += step
            click.echo(f"\r{label} : {counted[label]}", nl=False, err=True)

        yield count
        click.echo("", err=True)
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update
