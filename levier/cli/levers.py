"""`levier levers`: the legal levers of a lot, from its object, its amount and its duration."""

from datetime import date
from typing import Any

import click

from levier.cli.output import json_option, refuse, write_json
from levier.cli.typed import AMOUNT, NUMBER

EXAMPLE = "Exemple : levier levers --cpv 45214210 --amount 1500000 --months 18 --buyer public --json"


@click.command("levers", epilog=EXAMPLE)
@click.option("--cpv", required=True, help="Code CPV de l’objet.")
@click.option("--amount", "amount_ht", type=AMOUNT, help="Montant estimé du besoin entier HT, en euros.")
@click.option("--max-amount", "max_amount_ht", type=AMOUNT, help="Maximum d’un accord-cadre HT, en euros.")
@click.option("--months", type=NUMBER, help="Durée d’exécution en mois.")
@click.option(
    "--buyer",
    "buyer_side",
    type=click.Choice(["public", "private"]),
    default="public",
    help="Acheteur public ou privé.",
)
@click.option("--buyer-kind", help="etat, collectivite, etablissement_local, entite_adjudicatrice, autre.")
@click.option(
    "--takeover-hours", type=NUMBER, help="Heures mensuelles du personnel à reprendre ; 0 s’il n’y en a pas."
)
@click.option("--programme", default="", help="anru-2014, gpe, solideo.")
@click.option("--territory", default="", help="Code du département d’exécution (« 59 », « 976 »).")
@click.option("--concession", "is_concession", is_flag=True, help="Le contrat est une concession.")
@click.option(
    "--launch",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Lancement de la consultation ; par défaut aujourd’hui.",
)
@click.option(
    "--with", "chosen", multiple=True, help="Levier choisi (répétable) : compatibilité et données à publier."
)
@json_option
def levers_command(launch: Any, chosen: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Les leviers d’un lot, du meilleur au dernier, avec leur raison ; ceux écartés viennent en fin."""
    from levier.clauses.lot import levers_as_json, lot_facts
    from levier.clauses.values import ClauseError
    from levier.rulebook.calibration import CalibrationError
    from levier.rulebook.compatibility import CompatibilityError
    from levier.rulebook.levers import FactsError

    day = launch.date() if launch else date.today()  # noqa: DTZ011 - the day of the machine's user
    try:
        found = levers_as_json(lot_facts(on=day, **given), [code.strip().upper() for code in chosen])
    except (CalibrationError, FactsError, CompatibilityError, ClauseError) as problem:
        refuse(str(problem), as_json=as_json)
    if as_json:
        write_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    from levier.rulebook.levers.printing import OUTCOMES

    for one in found["levers"]:
        if one["is_retained"]:
            click.secho(f"[{OUTCOMES[one['outcome']]}] {one['title']} ({one['article']})", bold=True)
            click.echo(f"  {one['reason']}")
            for warning in one["warnings"]:
                click.echo(f"  - {warning}")
    aside = [one["title"] for one in found["levers"] if not one["is_retained"]]
    if aside:
        click.echo(f"\nÉcartés : {' ; '.join(aside)}.")
    for pair in found["compatibility"]:
        click.echo(f"{' et '.join(pair['codes'])} : {pair['reason']}")
    publication = found["publication"]
    if publication["decp"]:
        click.echo(f"\nDonnées essentielles : {', '.join(publication['decp'])}")
        for field in publication["eforms"]:
            click.echo(f"  {field['term']} = {field['value']} ({field['words']})")
    for note in publication["notes"]:
        click.echo(f"  {note}")
