"""`levier attestation verify` proves the file of an attestation of completion, without the database and without the site."""

from pathlib import Path

import click

from levier.cli.output import json_option, refuse, write_json


@click.group("attestation", epilog="Exemple : levier attestation verify attestation.json")
def attestation_command() -> None:
    """Les attestations de réalisation : prouver un fichier."""


@attestation_command.command("verify", epilog="Exemple : levier attestation verify attestation.json")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def verify(file: Path, as_json: bool) -> None:
    """Prouver qu’un fichier n’a pas été modifié : code de sortie 1 s’il l’a été."""
    from levier.rulebook.attestations import BrokenAttestationError
    from levier.rulebook.attestations import verify as prove

    try:
        found = prove(file.read_text(encoding="utf-8"))
    except BrokenAttestationError as problem:
        refuse(str(problem), as_json=as_json)
    except UnicodeDecodeError:
        refuse(f"« {file} » n’est pas un fichier de texte.", as_json=as_json)
    except OSError as problem:
        refuse(f"Impossible de lire « {file} » : {problem.strerror}.", as_json=as_json)
    if as_json:
        write_json(found)
        return
    said = found.content
    click.echo(
        f"Le fichier n’a pas été modifié : {said.get('holder', '?')}, {said.get('done', '?')} h faites sur {said.get('due', '?')} h dues, "
        f"contrat « {said.get('title', '?')} » de {said.get('buyer', '?')}."
    )
    click.echo(f"Empreinte : {found.digest}")
    click.echo(f"Que la plateforme l’a délivrée et ne l’a pas retirée se lit ici : {found.address}")
