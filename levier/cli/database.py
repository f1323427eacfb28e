"""`levier migrate` and `levier manage`."""

import os
import subprocess
import sys

import click

from levier.cli.alone import alone
from levier.cli.boot import attach_database, start_django


def as_owner(module: str) -> None:
    """Run a module in a process of its own, as the role that owns the tables."""
    subprocess.run(
        [sys.executable, "-m", module], env=os.environ | {"LEVIER_DATABASE_ROLE": "owner"}, check=True
    )


def migrate_as_owner() -> None:
    """Run the migrations."""
    as_owner("levier.cli.migration")


def has_waiting_migrations() -> bool:
    """Whether the tables are older than the program (Django must have started)."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate_if_needed() -> None:
    """The same, only when a migration waits (Django must have started): a second start loses no time."""
    from django.db import connection

    if has_waiting_migrations():
        click.echo("Base de données : mise à jour des tables…", err=True)
        connection.close()
        migrate_as_owner()


@click.command("migrate", epilog="Exemple : levier migrate")
def migrate_command() -> None:
    """Mettre la base de données à jour (crée ou modifie les tables)."""
    attach_database()
    with alone():
        migrate_as_owner()


@click.command(
    "manage",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    epilog="Exemple : levier manage makemigrations directory",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage_command(arguments: tuple[str, ...]) -> None:
    """Une commande Django (pour développer)."""
    start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["levier manage", *arguments])
