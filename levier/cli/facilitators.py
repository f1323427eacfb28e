"""`levier facilitators near`: who to call for a place, and why."""

from typing import Any

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json
from levier.core.typography import day


@click.group("facilitators", epilog="Exemple : levier facilitators near Roubaix --json")
def facilitators_command() -> None:
    """Les facilitateurs : qui appeler, et pourquoi."""


@facilitators_command.command("near", epilog="Exemple : levier facilitators near Roubaix --json")
@click.argument("place")
@click.option(
    "--buyer-siren", default="", help="SIREN de l’acheteur : sa convention passe avant le guichet du lieu."
)
@click.option("--programme", default="", help="anru-2014, gpe, solideo.")
@click.option("--private", "is_private", is_flag=True, help="L’acheteur est privé.")
@json_option
def near(place: str, buyer_siren: str, programme: str, is_private: bool, as_json: bool) -> None:
    """Qui appeler pour un achat exécuté à PLACE, avec la raison de chaque nom."""
    start_django()
    from levier.facilitators.queries import facilitator_for
    from levier.facilitators.resolver import PRIVATE, PUBLIC
    from levier.organisations.identifiers import clean_digits
    from levier.reference.queries import place_finder
    from levier.rulebook.programmes import all_programmes

    siren = clean_digits(buyer_siren)
    if buyer_siren and len(siren) != 9:
        refuse(f"Le SIREN « {buyer_siren[:20]} » est faux : il compte neuf chiffres.", as_json=as_json)
    known = [one.key for one in all_programmes()]
    if programme and programme not in known:
        refuse(f"Programme « {programme[:40]} » inconnu ; connus : {', '.join(known)}.", as_json=as_json)
    found = place_finder().find(place, limit=6)
    if not found:
        refuse(
            f"Aucun lieu ne ressemble à « {place[:60]} » : donnez une commune, un code postal, un département.",
            as_json=as_json,
        )
    here = found[0].place
    namesakes = [
        one.place for one in found[1:] if one.place.name == here.name and one.place.kind == here.kind
    ]
    answer = facilitator_for(
        place=here, buyer_siren=siren or None, programme=programme or None,
        buyer_side=PRIVATE if is_private else PUBLIC,
    )  # fmt: skip
    if as_json:
        write_json(
            {
                "place": {"kind": here.kind, "code": here.code, "label": here.label},
                "namesakes": [{"code": one.code, "label": one.label} for one in namesakes],
                "primary": answer.primary,
                "alternatives": answer.alternatives,
                "escalation": answer.escalation,
                "is_reasoned_fallback": answer.is_reasoned_fallback,
            }
        )
        return
    click.secho(here.label, bold=True)
    _tell_namesakes(namesakes)
    _show(answer.primary)
    click.secho("\nEt sinon", bold=True)
    for one in answer.alternatives[:5]:
        click.echo(f"  - {one.name} ({one.kind_label}) : {one.reason}")
    click.echo(f"\n{answer.escalation}")


def _tell_namesakes(places: list[Any]) -> None:
    """« Saint-Denis » is five communes: the most populous is answered, the others are told."""
    if places:
        others = " ; ".join(
            f"{one.label}, {one.postal_codes[0]}" if one.postal_codes else one.label for one in places
        )
        click.echo(f"  D’autres lieux portent ce nom : {others}. Donnez le code postal pour en changer.")


def _show(first: Any) -> None:
    click.echo(f"  → {first.name} ({first.kind_label})")
    click.echo(f"    {first.reason}")
    contact = " · ".join(part for part in (first.phone, first.email, first.website) if part)
    click.echo(f"    {contact or first.call}")
    click.echo(f"    À demander : {first.ask}")
    if first.verified_on:
        click.echo(f"    Fiche vérifiée le {day(first.verified_on)}")
