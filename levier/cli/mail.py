"""`levier mail receive`: a mail server hands over a message for the address of a contract, or a mail of ours that comes back, on standard input.

Exit codes are those a mail server understands: 0 taken (or none of ours, and then nobody is answered), 75 to be tried again later.
"""

import sys

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, write_json

TRY_AGAIN = 75


@click.group("mail", epilog="Exemple : levier mail receive --to heures+12-3f0c…@exemple.fr < message.eml")
def mail_command() -> None:
    """Les courriels reçus par les adresses des contrats, et ceux qui nous reviennent."""


@mail_command.command("receive", epilog="Exemple : levier mail receive --to « adresse » < message.eml")
@click.option(
    "--to", "recipients", multiple=True, help="Destinataire, tel que le serveur de courriel le dit."
)
@json_option
def receive(recipients: tuple[str, ...], as_json: bool) -> None:
    """Ranger le message lu sur l’entrée standard dans le contrat de son adresse."""
    try:
        start_django()
        from levier.core import mail_returns
        from levier.execution.errors import RefusedError
        from levier.execution.incoming.mail_message import LARGEST_BYTES, read_message
        from levier.execution.incoming.mailing import file_message

        raw = sys.stdin.buffer.read(LARGEST_BYTES + 1)
        try:
            message = read_message(raw, to=recipients)
            # A notice of failure is nobody's statement of hours.
            is_returned = mail_returns.take(raw, to=message.recipients)
            filed = () if is_returned else file_message(message)
        except RefusedError as refusal:
            click.echo(str(refusal), err=True)
            is_returned, filed = False, ()
    except (Exception, SystemExit) as problem:
        click.echo(f"Message à représenter plus tard : {type(problem).__name__}.", err=True)
        sys.exit(TRY_AGAIN)
    if as_json:
        write_json(
            {
                "filed": [
                    {"contract": one.contract, "kept": one.kept, "refused": len(one.refusals)}
                    for one in filed
                ],
                "returned": is_returned,
            }
        )
        return
    if is_returned:
        click.echo("Avis de retour d’un de nos courriels : lu.")
    for one in filed:
        click.echo(f"Contrat {one.contract} : {one.kept} pièces gardées, {len(one.refusals)} refus.")
