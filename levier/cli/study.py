"""`levier study`: a saved study, made again."""

from typing import Any

import click

from levier.cli.boot import start_django
from levier.cli.output import NOTHING, json_option, refuse, write_json


@click.group("study", epilog="Exemple : levier study replay 12")
def study_command() -> None:
    """Les études enregistrées."""


@study_command.command("replay", epilog="Exemple : levier study replay 12 --json")
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@json_option
def replay(number: int, as_json: bool) -> None:
    """Refaire une étude : les mêmes chiffres, ou la liste de ce qui a changé (code de sortie 1)."""
    start_django()
    from levier.clauses.models import StudyVersion
    from levier.clauses.studies.replaying import replay as replayed

    version = StudyVersion.objects.select_related("scenario").filter(pk=number).first()
    if version is None:
        refuse(f"L’étude {number} n’existe pas : son numéro est sur la page de l’étude.", as_json=as_json)
    found = replayed(version)
    if as_json:
        write_json(_plain(found))
    else:
        _say(found)
    if not found.is_same:
        raise SystemExit(NOTHING)


def _plain(found: Any) -> dict[str, Any]:
    version = found.version
    return {
        "study": version.pk,
        "made_at": version.at.isoformat(),
        "method_version": version.method_version,
        "hours": {"low": version.hours_low, "likely": version.hours_likely, "high": version.hours_high},
        "is_same": found.is_same,
        "differences": [
            {"what": one.what, "saved": one.saved, "found": one.found} for one in found.differences
        ],
        "changed_values": [
            {"label": one.label, "then": one.then, "now": one.now, "unit": one.unit}
            for one in found.changed_values
        ],
    }


def _say(found: Any) -> None:
    from levier.core.typography import day, figure

    version = found.version
    made = f"Étude {version.pk} du {day(version.at.date())}, méthode {version.method_version}"
    if found.is_same:
        hours = "à préciser" if version.hours_likely is None else f"{figure(version.hours_likely)} h"
        click.echo(
            f"{made} : mêmes chiffres ({hours}, de {figure(version.hours_low)} à {figure(version.hours_high)} h)."
        )
    else:
        click.echo(f"{made} : des chiffres ont changé.")
        for one in found.differences:
            click.echo(f"- {one.what} : {one.saved} enregistré, {one.found} aujourd’hui")
    if found.changed_values:
        click.echo("Depuis, la table de référence dit autre chose (l’étude garde ses valeurs) :")
        for one in found.changed_values:
            now = "n’existe plus" if one.now is None else f"{figure(one.now, 3)} {one.unit}"
            click.echo(f"- {one.label} : {figure(one.then, 3)} alors, {now}")
