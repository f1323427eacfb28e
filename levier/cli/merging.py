"""`levier merge`: the same supplier under two keys; run, review, statistics."""

import csv
from pathlib import Path

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json


@click.group("merge", epilog="Exemple : levier merge run --dry-run")
def merge_command() -> None:
    """Réunir les fiches d’un même fournisseur."""


@merge_command.command("run", epilog="Exemple : levier merge run --dry-run")
@click.option("--dry-run", is_flag=True, help="Tout comparer et compter, sans rien enregistrer.")
@json_option
def run(dry_run: bool, as_json: bool) -> None:
    """Comparer les fiches, réunir les paires sûres, proposer les douteuses."""
    start_django()
    from levier.core.audit import Actor
    from levier.core.typography import figure
    from levier.directory.resolution.actions import resolve_duplicates

    report = resolve_duplicates(by=Actor.machine("levier merge run"), dry_run=dry_run)
    if as_json:
        write_json(report)
        return
    click.echo(
        ("Essai à blanc : " if dry_run else "")
        + f"{figure(report.suppliers)} fiches comparées, {figure(report.merged)} paires réunies, "
        f"{figure(report.proposed)} à décider de plus, {figure(report.reopened)} rouvertes, "
        f"{figure(report.withdrawn)} retirées ; {figure(report.waiting)} attendent une décision."
    )


@merge_command.command("review", epilog="Exemple : levier merge review --limit 20 --json")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Nombre de paires.")
@json_option
def review(limit: int, as_json: bool) -> None:
    """Les paires douteuses, les plus probables d’abord."""
    start_django()
    from levier.core.typography import figure
    from levier.directory.resolution.queries import waiting_pairs

    pairs = waiting_pairs(limit=limit)
    if as_json:
        write_json(
            [
                {"left": one.left.key, "right": one.right.key, "names": [one.left.name, one.right.name],
                 "score": one.score, "evidence": one.evidence}
                for one in pairs
            ]
        )  # fmt: skip
        return
    for one in pairs:
        click.echo(f"{figure(one.score, 2)}  {one.left.key}  {one.left.name}, {one.left.place_label}")
        click.echo(f"      {one.right.key}  {one.right.name}, {one.right.place_label}")
        against = f" ; fait douter : {', '.join(one.reasons_against)}" if one.reasons_against else ""
        click.echo(f"      va dans ce sens : {', '.join(one.reasons_for) or 'rien'}{against}")
    if not pairs:
        click.echo("Aucune paire n’attend de décision.")


@merge_command.command("stats", epilog="Exemple : levier merge stats --labels paires.csv --json")
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV de paires jugées (left, right, label : match ou distinct), pour la précision et le rappel.",
)
@json_option
def stats(labels: Path | None, as_json: bool) -> None:
    """Combien de paires, par état et par sources ; le dernier passage ; la précision et le rappel."""
    start_django()
    from levier.core.typography import figure
    from levier.directory.resolution.queries import judged_labels, statistics

    found = statistics()
    judged = None
    if labels is not None:
        try:
            with labels.open(encoding="utf-8-sig", newline="") as stream:
                judged = judged_labels(list(csv.DictReader(stream)))
        except (ValueError, csv.Error) as problem:
            refuse(str(problem), as_json=as_json)
    if as_json:
        write_json({"pairs": found.states, "waiting_by_sources": found.sources, "by_rule": found.by_rule,
                    "last_run": found.last_run, "labels": judged})  # fmt: skip
        return
    for name, count in found.states.items():
        click.echo(f"{figure(count):>9}  {name}")
    click.echo(f"{figure(found.by_rule):>9}  dont réunies par la règle")
    for sources, count in found.sources.items():
        click.echo(f"{figure(count):>9}  à décider entre {sources}")
    click.echo(
        f"Dernier passage : {found.last_run['at']:%d/%m/%Y %H:%M}" if found.last_run else "Aucun passage."
    )
    if judged is not None:
        click.echo(
            f"Sur {figure(judged.pairs)} paires jugées et connues : précision {_rate(judged.precision)}, "
            f"rappel {_rate(judged.recall)} ({figure(judged.unknown)} inconnues de l’annuaire)."
        )


def _rate(value: float | None) -> str:
    from levier.core.typography import figure

    return "sans objet" if value is None else f"{figure(value * 100, 1)} %"
