"""`levier index`: state, rebuild and follow-up of the search indexes."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import click

from levier.cli.boot import start_django
from levier.cli.output import NOTHING, json_option, progress, write_json

if TYPE_CHECKING:
    from levier.core.following import FollowedIndex


def followed_indexes() -> tuple[FollowedIndex, ...]:
    """Every index of the installation."""
    from levier.directory.index import SUPPLIERS
    from levier.purchasing.index import CONTRACTS

    return (SUPPLIERS, CONTRACTS)


@click.group("index", epilog="Exemple : levier index status --json")
def index_command() -> None:
    """Construire ou suivre les index de recherche."""


@index_command.command("status", epilog="Exemple : levier index status")
@json_option
def status(as_json: bool) -> None:
    """Ce que contiennent les index, leur taille, leur date."""
    start_django()
    from django.utils.timezone import localtime

    from levier.core.typography import figure

    found = {index.topic: (index, index.status()) for index in followed_indexes()}
    if as_json:
        write_json({topic: state for topic, (_, state) in found.items()})
    else:
        for index, state in found.values():
            if not state.exists:
                click.echo(f"{index.label} : pas encore d’index, lancez « levier index rebuild ».")
                continue
            click.echo(
                f"{index.label} : {figure(state.documents)} documents, {figure(state.size_bytes / 1e6, 1)} Mo, "
                f"construit le {localtime(state.built_at):%d/%m/%Y à %H:%M}"
            )
            if state.is_outdated:
                click.echo("  Index d’une ancienne version : lancez « levier index rebuild ».")
    if not all(index.is_usable() for index, _ in found.values()):
        raise SystemExit(NOTHING)


@index_command.command("rebuild", epilog="Exemple : levier index rebuild")
@json_option
def rebuild(as_json: bool) -> None:
    """Reconstruire les index depuis la base, puis basculer d’un coup."""
    start_django()
    from levier.core.search import IndexBusyError

    counts: dict[str, int] = {}
    for index in followed_indexes():
        try:
            with progress(index.label, max(index.status().documents, 1)) as update:
                counts[index.topic] = index.rebuild(update)
        except IndexBusyError as problem:
            if as_json:
                write_json({"error": str(problem)})
            else:
                click.echo(str(problem), err=True)
            raise SystemExit(NOTHING) from None
        if not as_json:
            click.echo(f"{index.label} : {counts[index.topic]} documents.")
    if as_json:
        write_json(counts)


@index_command.command("follow", epilog="Exemple : levier index follow")
def follow_command() -> None:
    """Suivre le journal des changements jusqu’à l’arrêt (utilisé par levier serve)."""
    start_django()
    from levier.core.following import follow

    is_stopping = False

    def stop(signum: int, frame: object) -> None:
        nonlocal is_stopping
        is_stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    follow(followed_indexes(), lambda: is_stopping)
