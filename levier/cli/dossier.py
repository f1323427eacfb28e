"""`levier dossier`: one need in, the whole dossier out."""

from textwrap import shorten
from typing import Any

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json
from levier.cli.typed import AMOUNT, NUMBER
from levier.core.typography import day, figure, kilometres

EXAMPLE = (
    'Exemple : levier dossier "rénovation d’une école" --place Roubaix --amount 1500000 --months 18 --json'
)


@click.command("dossier", epilog=EXAMPLE)
@click.argument("text")
@click.option("--place", default="", help="Lieu d’exécution (commune, code postal, EPCI, département).")
@click.option("--amount", "amount_ht", type=AMOUNT, help="Montant estimé HT, en euros.")
@click.option("--max-amount", "max_amount_ht", type=AMOUNT, help="Maximum d’un accord-cadre HT, en euros.")
@click.option("--months", type=NUMBER, help="Durée d’exécution en mois.")
@click.option(
    "--buyer",
    "buyer_side",
    type=click.Choice(["public", "private"]),
    default=None,
    help="Acheteur public ou privé.",
)
@click.option(
    "--buyer-kind", default="", help="etat, collectivite, etablissement_local, entite_adjudicatrice, autre."
)
@click.option(
    "--buyer-siren", default="", help="SIREN de l’acheteur : sa convention passe avant le guichet du lieu."
)
@click.option(
    "--takeover-hours", type=NUMBER, help="Heures mensuelles du personnel à reprendre ; 0 s’il n’y en a pas."
)
@click.option("--cpv", default="", help="Code CPV, s’il est déjà connu.")
@click.option(
    "--concession/--no-concession",
    "is_concession",
    default=None,
    help="Délégation de service public ou autre concession.",
)
@click.option("--programme", default="", help="anru-2014, gpe, solideo.")
@click.option("--lots", "lot_count", type=int, help="Nombre de lots.")
@click.option("--posts", type=int, help="Nombre de postes sur le chantier (borne physique).")
@click.option(
    "--launch", "launch_date", type=click.DateTime(["%Y-%m-%d"]), help="Date de lancement de la consultation."
)
@click.option("--lever", default="", help="Levier dont on veut le texte (par défaut le premier conseillé).")
@json_option
def dossier_command(as_json: bool, **values: Any) -> None:
    """Un besoin, et tout ce qu’il faut : leviers, heures, fournisseurs, facilitateur, texte."""
    start_django()
    from django.utils import timezone

    from levier.dossier.composing import compose
    from levier.dossier.need import NeedInput, NeedRefused
    from levier.dossier.serialising import as_json as dossier_as_json

    if values["launch_date"]:
        values["launch_date"] = values["launch_date"].date()
    values["buyer_side"] = values["buyer_side"] or ""
    try:
        dossier = compose(NeedInput(**values), today=timezone.localdate())
    except NeedRefused as refusal:
        if as_json:
            write_json({"error": str(refusal), "problems": refusal.problems})
            raise SystemExit(1) from None
        refuse("\n".join(problem.sentence for problem in refusal.problems))
    if as_json:
        write_json(dossier_as_json(dossier))
    else:
        _show(dossier)


def _show(dossier: Any) -> None:
    from levier.rulebook.levers.printing import OUTCOMES
    from levier.rulebook.levers.wording import with_article

    need = dossier.need
    parts = [
        need.object,
        f"CPV {need.cpv.code} {need.cpv.label}" if need.cpv else "",
        need.place.label if need.place else "",
    ]
    parts += [
        f"{figure(need.amount_ht)} €" if need.amount_ht else "",
        f"{figure(need.months, 1)} mois" if need.months else "",
    ]
    click.secho(" · ".join(part for part in parts if part), bold=True)
    click.echo()
    for line in (dossier.answer.lever, dossier.answer.hours, dossier.answer.suppliers):
        click.echo(f"  → {line}")
    _section("Questions qui décident", [f"{one.text} {one.why}" for one in dossier.questions])
    _section(
        "Leviers",
        [
            f"[{OUTCOMES[one.outcome]}] {with_article(one.title, one.article)} : {one.reason}"
            for one in dossier.retained_levers[:6]
        ],
    )
    if dossier.calibration and dossier.calibration.calibration:
        trace = dossier.calibration.calibration.trace
        _section(
            "Calcul",
            [
                f"{line.label} = {figure(line.value, 3)} {line.unit}  {line.formula}".rstrip()
                for line in trace
            ],
        )
    for shelf in (dossier.suppliers.work, dossier.suppliers.people, dossier.suppliers.unknown):
        lines = [
            f"{one.card.kind.code:<5} {one.card.display_name} — {one.card.place_label}"
            f" {kilometres(one.distance_km)} — {one.why}"
            for one in shelf.lines
        ]
        _section(
            f"{shelf.title} : {figure(shelf.total)} {shelf.scope}",
            lines or [shelf.note or "aucune structure connue"],
        )
    _show_what_follows(dossier)


def _show_what_follows(dossier: Any) -> None:
    from levier.dossier.answering import contact_line

    first = dossier.facilitator.primary
    _section("Facilitateur", [contact_line(first), first.reason, f"À lui demander : {first.ask}"])
    _section(
        "Marchés semblables",
        [
            f"{shorten(one.object, 90, placeholder=' …')} — "
            + (f"{figure(one.amount_ht)} €" if one.amount_ht else "montant non publié")
            for one in dossier.similar_contracts
        ],
    )
    if dossier.clause:
        _section(
            "Textes à copier",
            [f"{one.title} ({len(one.markdown)} caractères)" for one in dossier.clause.documents],
        )
    _section("La suite", [f"{day(step.day)} : {step.title} — {step.who}" for step in dossier.next_steps])
    _section("À savoir", list(dossier.warnings))


def _section(title: str, lines: list[str]) -> None:
    if lines:
        click.secho(f"\n{title}", bold=True)
        for line in lines:
            click.echo(f"  - {line}")
