"""`levier place` and `levier cpv`: find a place, find a CPV code."""

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json


@click.command("place", epilog='Exemple : levier place "st etienne" --json')
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True)
@json_option
def place_command(text: str, limit: int, as_json: bool) -> None:
    """Trouver une commune, un EPCI, un département, une région."""
    start_django()
    from levier.reference.queries import place_finder

    found = place_finder().find(text, limit=limit)
    if not found:
        refuse(f"Aucun lieu ne ressemble à « {text[:60]} ».", as_json=as_json)
    if as_json:
        write_json(
            [
                {
                    "score": round(match.score, 3),
                    "why": match.why,
                    "label": match.place.label,
                    "place": match.place,
                }
                for match in found
            ]
        )
        return
    for match in found:
        place = match.place
        click.echo(f"{match.score:.2f}  {place.kind:<14} {place.code:<10} {place.label}  — {match.why}")


@click.command("cpv", epilog='Exemple : levier cpv "réfection toiture école" --json')
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True)
@json_option
def cpv_command(text: str, limit: int, as_json: bool) -> None:
    """Trouver le code CPV d’un besoin dit en français."""
    start_django()
    from levier.reference.queries import cpv_ranker

    found = cpv_ranker().rank(text, limit=limit)
    if not found:
        refuse(f"Aucun code CPV ne correspond à « {text[:60]} ».", as_json=as_json)
    if as_json:
        write_json(found)
        return
    for match in found:
        click.echo(f"{match.share:5.0%}  {match.code}  {match.label}  — {', '.join(match.why)}")
