"""`levier notices`: public notices of contract (eForms), from files; `levier sync boamp` fetches them."""

from pathlib import Path

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, progress, refuse, write_json
from levier.core.typography import figure


@click.group("notices", epilog="Exemple : levier notices import ../avis.zip --dry-run")
def notices_command() -> None:
    """Les avis de marché et d’attribution (eForms : BOAMP, TED)."""


@notices_command.command("import", epilog="Exemple : levier notices import ../avis.zip --dry-run")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tout lire et compter, sans rien enregistrer.")
@json_option
def import_notices_command(path: Path, dry_run: bool, as_json: bool) -> None:
    """Importer un fichier, un dossier, un ZIP, un TAR d’avis, ou un JSON du BOAMP."""
    start_django()
    from levier.core.audit import Actor
    from levier.purchasing.actions import import_notices

    try:
        with progress("Import des avis, lus") as update:
            report = import_notices(
                path=path, by=Actor.machine("import notices"), dry_run=dry_run, progress=update
            )
    except (ValueError, OSError) as problem:
        refuse(str(problem), as_json=as_json)
    if as_json:
        write_json(report)
        return
    click.echo(
        f"{'Essai à blanc : ' if dry_run else ''}{figure(report.read)} avis lus, {figure(report.created)} nouveaux, "
        f"{figure(report.updated)} modifiés, {figure(report.unchanged)} inchangés, {figure(report.skipped)} hors sujet, "
        f"{figure(report.rejected)} rejetés"
    )
    for reason, count in report.reasons.items():
        click.echo(f"  {figure(count):>7}  {reason}")
    for problem in report.problems:
        click.echo(f"  {problem}")
    if report.rejects_file:
        click.echo(f"Avis rejetés : {report.rejects_file}")
