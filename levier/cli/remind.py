"""`levier remind`: the reminders of declared hours, as the worker sends them each morning."""

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, write_json


@click.command("remind", epilog="Exemple : levier remind --json")
@json_option
def remind_command(as_json: bool) -> None:
    """Envoyer les rappels du jour aux entreprises dont un mois manque ; relancée le même jour, elle n’envoie rien de plus."""
    start_django()
    from django.utils import timezone

    from levier.core.audit import Actor
    from levier.core.typography import counted
    from levier.execution.declaring.reminding import send_reminders

    count = send_reminders(by=Actor.machine("levier remind"), today=timezone.localdate())
    if as_json:
        write_json({"mails": count})
        return
    click.echo(f"{counted(count, 'courriel')} de rappel.")
