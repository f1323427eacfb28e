"""`levier attestation`: prove the file of an attestation without the site, publish the keys that prove them, change the key that signs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json

if TYPE_CHECKING:
    from levier.core.audit import Actor
    from levier.execution.models import AttestationKey


@click.group("attestation", epilog="Exemple : levier attestation verify attestation.json --keys cles.pem")
def attestation_command() -> None:
    """Les attestations de réalisation : prouver un fichier, tenir la clé qui les signe."""


@attestation_command.command(
    "verify", epilog="Exemple : levier attestation verify attestation.json --keys cles.pem"
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--keys", type=click.Path(dir_okay=False, path_type=Path),
    help="Les clés publiques du site qui l’a délivrée (son adresse /attestations/cles.pem) : l’une d’elles doit l’avoir signée.",
)  # fmt: skip
@json_option
def verify(file: Path, keys: Path | None, as_json: bool) -> None:
    """Prouver qu’un fichier n’a pas été modifié, et par qui il est signé : code de sortie 1 sinon."""
    from levier.rulebook.attestations import BrokenAttestationError, public_keys
    from levier.rulebook.attestations import verify as prove

    read = file
    try:
        text = file.read_text(encoding="utf-8")
        if keys is not None:
            read = keys
            known = public_keys(keys.read_text(encoding="utf-8"))
        found = prove(text, keys=None if keys is None else known)
    except BrokenAttestationError as problem:
        refuse(str(problem), as_json=as_json)
    except UnicodeDecodeError:
        refuse(f"« {read} » n’est pas un fichier de texte.", as_json=as_json)
    except OSError as problem:
        refuse(f"Impossible de lire « {read} » : {problem.strerror}.", as_json=as_json)
    if as_json:
        write_json(found)
        return
    said = found.content
    done, due = (str(said.get(name, "?")).replace(".", ",") for name in ("done", "due"))
    click.echo(
        f"Le fichier n’a pas été modifié : {said.get('holder', '?')}, {done} h faites sur {due} h dues, "
        f"contrat « {said.get('title', '?')} » de {said.get('buyer', '?')}."
    )
    click.echo(f"Empreinte : {found.digest}")
    if found.is_proved:
        click.echo(f"Signature valide, par la clé {found.signed_by}.")
    elif found.signed_by:
        click.echo(
            f"Signée par la clé {found.signed_by} : donnez les clés publiques du site avec --keys pour le prouver."
        )
    else:
        click.echo("Sans signature : le fichier seul ne dit pas qui l’a délivré.")
    click.echo(f"Qu’elle n’a pas été retirée depuis se lit ici : {found.address}")


@attestation_command.command("keys", epilog="Exemple : levier attestation keys > cles.pem")
def keys_command() -> None:
    """Écrire les clés publiques de ce site, celles que publie /attestations/cles.pem."""
    start_django()
    from levier.execution.closing import signing

    click.echo(signing.published(), nl=False)


@attestation_command.command("rotate", epilog="Exemple : levier attestation rotate --compromised")
@click.option(
    "--compromised", is_flag=True, help="Quelqu’un d’autre a pu tenir la clé : elle ne prouvera plus rien."
)
def rotate(compromised: bool) -> None:
    """Retirer la clé qui signe, et en faire une autre ; les attestations déjà signées restent prouvées par l’ancienne."""
    start_django()
    from levier.execution.closing import signing

    made = _written(lambda by: signing.rotate(by=by, is_compromised=compromised))
    click.echo(
        f"Clé en service : {made.identifier}. Publiez de nouveau l’adresse des clés si vous l’avez donnée."
    )


@attestation_command.command("distrust", epilog="Exemple : levier attestation distrust 63bde16a74ee0b65")
@click.argument("key")
def distrust(key: str) -> None:
    """Dire d’une clé déjà retirée que quelqu’un d’autre a pu la tenir : elle ne prouve plus rien."""
    start_django()
    from levier.execution.closing import signing

    made = _written(lambda by: signing.distrust(by=by, identifier=key))
    click.echo(f"La clé {made.identifier} ne prouve plus rien : les pages de ses attestations le disent.")


def _written(act: "Callable[[Actor], AttestationKey]") -> "AttestationKey":
    """What a write on the keys gives; its refusal ends the command."""
    from levier.core.audit import Actor
    from levier.execution.errors import RefusedError

    try:
        return act(Actor.machine("levier attestation"))
    except RefusedError as refusal:
        refuse(str(refusal), as_json=False)
