"""One command at a time prepares an installation: two first starts at once would both make its tables and load its demonstration."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

import click

from levier.core.home import levier_home


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other command prepares this installation, with a line that says so, then keep the others waiting."""
    home = levier_home()
    home.mkdir(parents=True, exist_ok=True)
    with (home / "preparation.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            click.echo(
                "Une autre commande prépare cette installation : j’attends qu’elle ait fini…", err=True
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
