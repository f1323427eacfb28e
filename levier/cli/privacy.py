"""`levier privacy`: what is kept about people, and taking away what has been kept long enough."""

from typing import TYPE_CHECKING

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, write_json

if TYPE_CHECKING:
    from levier.execution.people.retention import Purged

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
        f"Au {day(found.on)} : {figure(found.named)} personnes nommées, {figure(found.initials)} réduites aux initiales, "
        f"{figure(found.anonymised)} anonymisées."
    )
    click.echo(f"Sans note d’information : {figure(found.without_notice)}.")
    click.echo(
        f"Motifs d’éligibilité gardés : {figure(found.reasons)}, et {figure(found.kept_publics)} partis, comptés par public et par année. "
        f"Cartes en cours : {figure(found.cards)}."
    )
    click.echo(
        f"Demandes de personnes sans réponse : {figure(found.requests)}, dont {figure(found.late_requests)} en retard."
    )
    click.echo(
        f"Fichiers reçus, pas encore vus : {figure(found.files)}. Candidats nommés : {figure(found.candidates)}. "
        f"Consultations notées : {figure(found.accesses)}."
    )
    click.echo(f"À faire partir : {_said(found.due)}.")
    for rule in found.rules:
        status = "" if rule.status == "confirmed" else " (valeur à confirmer)"
        click.echo(f"Règle, {rule.label} : {figure(rule.value)} {rule.unit}{status}. {rule.source}")


def _said(purged: "Purged") -> str:
    from levier.core.typography import counted, figure

    return (
        f"{counted(purged.initials, 'nom')} à réduire aux initiales, {figure(purged.people)} à anonymiser, "
        f"{counted(purged.files, 'fichier')}, {counted(purged.candidates, 'candidat')}, {counted(purged.accesses, 'consultation')}"
    )


@privacy_command.command("purge", epilog=EXAMPLE)
@click.option("--dry-run", is_flag=True, help="Compter sans rien changer.")
@json_option
def purge(dry_run: bool, as_json: bool) -> None:
    """Réduire puis retirer les noms, retirer motifs, fichiers et candidats gardés assez longtemps ; les heures restent."""
    start_django()
    from dataclasses import asdict

    from levier.execution.people.retention import purge as done

    found = done(is_dry_run=dry_run)
    if as_json:
        write_json(asdict(found) | {"is_dry_run": dry_run})
        return
    click.echo(f"{'À faire partir' if dry_run else 'Parti'} : {_said(found)}.")
