"""`levier privacy`: what is kept about people, and taking away what has been kept long enough."""

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, write_json

EXAMPLE = "Exemple : levier privacy purge --dry-run"


@click.group("privacy", epilog=EXAMPLE)
def privacy_command() -> None:
    """Les données des personnes : ce qui est gardé, ce qui doit partir."""


@privacy_command.command("report", epilog="Exemple : levier privacy report --json")
@json_option
def report(as_json: bool) -> None:
    """Ce qui est gardé, en nombres."""
    start_django()
    from levier.core.typography import day, figure
    from levier.execution.people.retention import report as made

    found = made()
    if as_json:
        write_json(found)
        return
    click.echo(
        f"Au {day(found.on)} : {figure(found.named)} personnes nommées, {figure(found.anonymised)} anonymisées."
    )
    click.echo(f"Sans note d'information : {figure(found.without_notice)}.")
    click.echo(f"Motifs d'éligibilité gardés : {figure(found.reasons)}.")
    click.echo(
        f"À anonymiser : {figure(found.due)} (aucun contact depuis {figure(found.rule.value)} mois, contrats finis)."
    )
    click.echo(f"Règle : {found.rule.source}")


@privacy_command.command("purge", epilog=EXAMPLE)
@click.option("--dry-run", is_flag=True, help="Compter sans rien changer.")
@json_option
def purge(dry_run: bool, as_json: bool) -> None:
    """Retirer les noms, courriels, jours de naissance et motifs gardés assez longtemps ; les heures restent."""
    start_django()
    from levier.core.typography import figure
    from levier.execution.people.retention import purge as done

    count = done(is_dry_run=dry_run)
    if as_json:
        write_json({"people": count, "is_dry_run": dry_run})
        return
    click.echo(f"{figure(count)} personne(s) {'à anonymiser' if dry_run else 'anonymisée(s)'}.")
