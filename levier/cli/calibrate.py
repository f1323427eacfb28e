"""`levier calibrate`: hours of a clause from figures, a CPV code or a purchase sector."""

from datetime import date
from typing import Any

import click

from levier.cli.output import WRONG_USAGE, json_option, refuse, write_json
from levier.cli.typed import AMOUNT, NUMBER
from levier.core.typography import figure, hours

METHOD_NAMES = ("amount", "pact", "percentage", "bracket", "inclusive-purchase", "per-amount", "headcount")

EXAMPLE = (
    "Exemple : levier calibrate --method amount --amount 1000000 --labour-share 0.5 "
    "--insertion-rate 0.05 --hourly-cost 30 --json"
)

# Option of the command → input of the method.
INPUTS = {
    "amount": "amount_ht",
    "labour_share": "labour_share",
    "insertion_rate": "insertion_rate",
    "hourly_cost": "hourly_cost",
    "total_hours": "total_hours",
    "months": "months",
    "takeover_hours": "takeover_hours",
    "headcount": "headcount",
    "hours_per_100k": "hours_per_100k",
    "tranche_amount": "tranche_amount",
    "trigger_amount": "trigger_amount",
}


@click.command("calibrate", epilog=EXAMPLE)
@click.option("--method", type=click.Choice(METHOD_NAMES), help="Méthode de calibrage.")
@click.option("--amount", type=AMOUNT, help="Montant HT, en euros.")
@click.option("--labour-share", type=NUMBER, help="Part de main-d’œuvre, de 0 à 1.")
@click.option("--insertion-rate", type=NUMBER, help="Taux d’insertion, de 0 à 1.")
@click.option("--hourly-cost", type=NUMBER, help="Coût horaire chargé, en euros.")
@click.option("--total-hours", type=NUMBER, help="Heures de travail du lot (méthode percentage).")
@click.option("--months", type=NUMBER, help="Durée en mois.")
@click.option("--takeover-hours", type=NUMBER, help="Heures mensuelles du personnel à reprendre.")
@click.option("--headcount", type=NUMBER, help="Emplois ouverts à l’insertion, en ETP (méthode headcount).")
@click.option("--hours-per-100k", type=NUMBER, help="Heures par tranche de 100 000 € (méthode per-amount).")
@click.option(
    "--tranche-amount", type=AMOUNT, help="Montant facturé qui vaut une heure (méthode per-amount)."
)
@click.option("--trigger-amount", type=AMOUNT, help="Montant de déclenchement (méthode per-amount).")
@click.option(
    "--max-amount", type=AMOUNT, help="Maximum d’un accord-cadre, en euros HT (avec --cpv ou --sector)."
)
@click.option("--cpv", help="Code CPV, à la place des paramètres.")
@click.option("--sector", help="Secteur d’achat (slug), à la place des paramètres.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Date des paramètres ; par défaut aujourd’hui.")
@json_option
def calibrate_command(
    method: str | None,
    cpv: str | None,
    sector: str | None,
    max_amount: float | None,
    on: Any,
    as_json: bool,
    **values: Any,
) -> None:
    """Calculer les heures d’insertion d’un lot, avec le détail du calcul."""
    from levier.rulebook.calibration import CalibrationError

    day = on.date() if on else date.today()  # noqa: DTZ011 - the day of the machine's user
    given = {INPUTS[name]: value for name, value in values.items() if value is not None}
    try:
        if cpv or sector:
            result = _by_trade(_code(cpv, sector, as_json), day, given, max_amount)
        elif method is None:
            refuse("Donnez --method, --cpv ou --sector. " + EXAMPLE, as_json=as_json, code=WRONG_USAGE)
        else:
            result = _by_method(method, given)
    except CalibrationError as problem:
        refuse(str(problem), as_json=as_json)
    if as_json:
        write_json(result)
    else:
        _show(result)


def _by_method(method: str, given: dict[str, Any]) -> dict[str, Any]:
    from levier.rulebook.calibration import calibrate

    return calibrate(method, **given).as_dict()


def _by_trade(cpv: str, day: date, given: dict[str, Any], max_amount: float | None) -> dict[str, Any]:
    from levier.rulebook.calibration import lot_calibration

    takeover = given.get("takeover_hours")
    result: dict[str, Any] = lot_calibration(
        cpv=cpv,
        on=day,
        amount_ht=given.get("amount_ht"),
        months=given.get("months"),
        takeover_hours=takeover,
        takeover_known=takeover is not None,
        is_framework=max_amount is not None,
        max_amount_ht=max_amount,
        rate=given.get("insertion_rate"),
        headcount=given.get("headcount"),
    ).as_dict()
    return result


def _code(cpv: str | None, sector: str | None, as_json: bool) -> str:
    if cpv:
        return cpv
    from levier.reference.sectors import UnknownSectorError, cpv_prefixes_of

    try:
        prefixes = sorted(cpv_prefixes_of(sector or ""), key=len)
    except UnknownSectorError as problem:
        refuse(str(problem), as_json=as_json)
    if not prefixes:
        refuse(f"Le secteur « {sector} » n’a pas de code CPV : donnez --cpv.", as_json=as_json)
    return prefixes[0]


def _show(result: dict[str, Any]) -> None:
    found = result["range"]
    if result["hours"] is None:
        click.echo(f"De {figure(found['low'])} à {hours(found['high'])}, selon la réponse attendue.")
    else:
        click.echo(f"{hours(result['hours'])} (de {figure(found['low'])} à {hours(found['high'])})")
        click.echo(
            f"≈ {figure(result['person_weeks'], 1)} semaines d’une personne (35 h), "
            f"{figure(result['fte'], 2)} ETP (base {figure(result['fte_base'])} h)"
        )
    if result["labour_hours"] is not None:
        click.echo(f"Heures de travail du lot : {figure(result['labour_hours'])}")
    for sentence in (*result["reasons"], *result["warnings"]):
        click.echo(f"- {sentence}")
    click.echo("\nCalcul :")
    for line in result["trace"]:
        status = " [à confirmer]" if line["status"] == "to_confirm" else ""
        source = f"  ({line['source']})" if line["source"] else ""
        value = "?" if line["value"] is None else figure(line["value"], 4)
        click.echo(f"  {line['label']} = {value} {line['unit']}{status}{source} {line['formula']}".rstrip())
