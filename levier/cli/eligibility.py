"""`levier eligibility`: a person's situation at entry, judged rule by rule; no name is read and nothing is kept."""

from pathlib import Path

import click

from levier.cli.output import json_option, refuse, write_json

EXAMPLE = "Exemple : levier eligibility check situation.yaml --set ccag_2021 --json"


@click.group("eligibility", epilog=EXAMPLE)
def eligibility_command() -> None:
    """L’éligibilité d’une personne à la clause."""


@eligibility_command.command("check", epilog=EXAMPLE)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.yaml")
@click.option("--set", "chosen", multiple=True, help="Jeu de règles (répétable) ; par défaut ccag_2021.")
@click.option(
    "--rules",
    "own",
    type=click.Path(path_type=Path),
    help="Une liste locale à vous, en YAML, en plus des autres.",
)
@json_option
def check(file: Path, chosen: tuple[str, ...], own: Path | None, as_json: bool) -> None:
    """Éligible ou non, règle par règle, avec la preuve qui tranche et la date de fin."""
    from levier.rulebook.eligibility import (
        EligibilityError,
        as_dict,
        judge,
        lines,
        load_set,
        read_facts,
        rule_set,
    )
    from levier.rulebook.parameters import UnknownParameter

    try:
        facts, asked = read_facts(file)
        keys = tuple(dict.fromkeys(chosen or asked or (() if own else ("ccag_2021",))))
        sets = [rule_set(key, facts.entry_on) for key in keys]
        if own is not None:
            sets.append(load_set(own, facts.entry_on))
        found = [judge(facts, one) for one in sets]
    except (EligibilityError, UnknownParameter) as problem:
        refuse(str(problem), as_json=as_json)
    if as_json:
        write_json({"judgements": [as_dict(one) for one in found]})
        return
    for number, one in enumerate(found):
        if number:
            click.echo()
        for line in lines(one):
            click.echo(line)


@eligibility_command.command("proofs", epilog="Exemple : levier eligibility proofs --json")
@json_option
def proofs(as_json: bool) -> None:
    """Les preuves : qui les donne, combien de temps elles valent, quelle administration peut les certifier."""
    from levier.rulebook.eligibility import proofs as library

    known = list(library().values())
    if as_json:
        write_json({"proofs": known})
        return
    for one in known:
        holds = f"{one.validity} mois" if isinstance(one.validity, int) else _HOLDS[one.validity]
        machine = f", certifiable par {one.machine}" if one.machine else ""
        doubt = ", à confirmer" if one.status != "confirmed" else ""
        click.echo(f"{one.key:<20} {one.label} ({one.given_by}) : {holds}{machine}{doubt}")


_HOLDS = {"standing": "tant que sa date le dit", "delivery": "dès sa délivrance"}


@eligibility_command.command("rules", epilog="Exemple : levier eligibility rules --json")
@json_option
def rules(as_json: bool) -> None:
    """Les jeux de règles, leurs versions, leurs critères et leurs sources."""
    from levier.rulebook.eligibility.sets import all_versions

    versions = [one for found in all_versions().values() for one in found]
    if as_json:
        write_json({"rule_sets": versions})
        return
    for one in versions:
        until = f" au {one.valid_to:%d/%m/%Y}" if one.valid_to else ""
        doubt = ", à confirmer" if one.status != "confirmed" else ""
        kind = "liste ouverte" if one.is_open else "liste fermée"
        click.echo(
            f"{one.name:<20} {one.label} — du {one.valid_from:%d/%m/%Y}{until}, {kind}, {len(one.criteria)} critères{doubt}"
        )
        click.echo(f"{'':<20} {one.source}")
