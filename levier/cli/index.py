"""`levier index`: state, rebuild and follow-up of the search index."""

import signal

import click

from levier.cli.boot import start_django
from levier.cli.output import NOTHING, json_option, progress, write_json


@click.group("index", epilog="Exemple : levier index status --json")
def index_command() -> None:
    """Construire ou suivre l'index de recherche."""


@index_command.command("status", epilog="Exemple : levier index status")
@json_option
def status(as_json: bool) -> None:
    """Ce que contient l'index, sa taille, sa date."""
    start_django()
    from levier.core.typography import figure
    from levier.directory import index

    found = index.status()
    if as_json:
        write_json(found)
    elif not found.exists:
        click.echo("L'index n'existe pas encore : lancez « levier index rebuild ».")
    else:
        click.echo(f"Fournisseurs : {figure(found.documents)} documents, {figure(found.size_bytes / 1e6, 1)} Mo")
        click.echo(f"Construit le {found.built_at:%d/%m/%Y à %H:%M}, à jour au {found.updated_at:%d/%m/%Y à %H:%M}")
        if found.is_outdated:
            click.echo("Index d'une ancienne version : lancez « levier index rebuild ».")
    if not found.exists or found.is_outdated:
        raise SystemExit(NOTHING)


@index_command.command("rebuild", epilog="Exemple : levier index rebuild")
@json_option
def rebuild(as_json: bool) -> None:
    """Reconstruire l'index depuis la base, puis basculer d'un coup."""
    start_django()
    from levier.directory import index, queries
    from levier.purchasing import contracts

    with progress("Index des fournisseurs", queries.count_listed()) as update:
        suppliers = index.rebuild(update)
    found = contracts.rebuild_index()
    if as_json:
        write_json({"suppliers": suppliers, "contracts": found})
    else:
        click.echo(f"Index reconstruit : {suppliers} fournisseurs, {found} marchés.")


@index_command.command("follow", epilog="Exemple : levier index follow")
def follow() -> None:
    """Suivre le journal des changements jusqu'à l'arrêt (utilisé par levier serve)."""
    start_django()
    from levier.directory import index

    is_stopping = False

    def stop(signum: int, frame: object) -> None:
        nonlocal is_stopping
        is_stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    index.follow(lambda: is_stopping)
