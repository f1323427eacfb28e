"""`levier demo`: the demonstration directory, desks and accounts, loaded or cleared."""

import os

import click

from levier.cli.alone import alone
from levier.cli.boot import start_django
from levier.cli.output import refuse


@click.group("demo", invoke_without_command=True, epilog="Exemples : levier demo   |   levier demo clear")
@click.pass_context
def demo_command(context: click.Context) -> None:
    """Charger l’annuaire et les comptes de démonstration (levier demo clear les retire)."""
    if context.invoked_subcommand is not None:
        return
    start_django()
    from django.conf import settings

    from levier.cli.preparation import load_demonstration

    if settings.IS_PRODUCTION:
        refuse("La démonstration ne se charge pas en production (LEVIER_ENV=production).")
    with alone():
        load_demonstration()
    click.echo(
        f"Démonstration chargée. Comptes : {os.path.relpath(settings.LEVIER_HOME / 'demo-accounts.txt')}"
    )


@demo_command.command("clear", epilog="Exemple : levier demo clear")
def clear() -> None:
    """Retirer tout ce que la démonstration a apporté."""
    start_django()
    from levier.cli.preparation import clear_demonstration

    with alone():
        clear_demonstration()
    click.echo("Démonstration retirée.")
