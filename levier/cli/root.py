"""The command tree: each command lives in its own module, imported only when it is called."""

import importlib
import sys
from typing import Any

import click

from levier.cli.boot import database_sentence
from levier.cli.output import DONE, NOTHING, WRONG_USAGE, refuse
from levier.cli.usage import FrenchHelp, usage_sentence

# name → (module, one line of help). The order is the one of `levier --help`.
COMMANDS = {
    "dossier": ("dossier", "Un besoin, et tout ce qu’il faut pour acheter responsable."),
    "calibrate": ("calibrate", "Les heures d’insertion d’un lot."),
    "privacy": ("privacy", "Les données des personnes : ce qui est gardé, ce qui doit partir."),
    "study": ("study", "Refaire une étude enregistrée."),
    "levers": ("levers", "Les leviers juridiques d’un lot, leur compatibilité, les données à publier."),
    "eligibility": ("eligibility", "L’éligibilité d’une personne à la clause, règle par règle."),
    "draft": ("draft", "Le texte d’une clause, dans le format voulu."),
    "search": ("search", "Chercher des fournisseurs inclusifs."),
    "supplier": ("supplier", "Ce que chaque source dit d’un SIRET."),
    "place": ("reference", "Trouver un lieu."),
    "cpv": ("reference", "Trouver un code CPV."),
    "facilitators": ("facilitators", "Trouver le facilitateur d’un lieu."),
    "import": ("sources", "Importer une source."),
    "notices": ("notices", "Les avis de marché et d’attribution (eForms)."),
    "merge": ("merging", "Réunir les fiches d’un même fournisseur."),
    "sync": ("synchronising", "Rafraîchir les sources qui ont une adresse."),
    "sources": ("sources", "Les sources et leur dernier import."),
    "export": ("export", "Écrire l’annuaire ouvert dans un fichier."),
    "ledger": ("ledger", "Le grand livre des heures : l’exporter, prouver un export."),
    "mail": ("mail", "Un courriel reçu par l’adresse d’un contrat."),
    "balance": ("ledger", "Heures dues et faites, à une date."),
    "remind": ("remind", "Envoyer les rappels des heures à déclarer."),
    "attestation": ("attestation", "Les attestations de réalisation : prouver un fichier."),
    "serve": ("serve", "Lancer le site, ses tâches de fond et le suivi de l’index."),
    "prepare": ("serve", "Préparer l’installation sans la lancer."),
    "worker": ("serve", "Exécuter les tâches de fond."),
    "index": ("index", "Construire ou suivre l’index de recherche."),
    "demo": ("demo", "Charger ou retirer la démonstration."),
    "doctor": ("doctor", "Vérifier l’installation."),
    "migrate": ("database", "Mettre la base de données à jour."),
    "manage": ("database", "Une commande Django (pour développer)."),
}


click.Context.formatter_class = FrenchHelp


class LazyCommands(click.Group):
    """Imports a command's module when it is used: `levier --help` stays immediate."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"levier.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_") + "_command")
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Click's own start, with wrong usage said in French (exit code 2)."""
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.UsageError as problem:
            click.echo(usage_sentence(problem), err=True)
            sys.exit(WRONG_USAGE)
        except click.ClickException as problem:
            click.echo(problem.format_message(), err=True)
            sys.exit(NOTHING)
        except click.Abort:
            click.echo("Interrompu.", err=True)
            sys.exit(130)
        except Exception as problem:
            sentence = database_sentence(problem)
            if sentence is None:
                raise
            refuse(sentence, as_json="--json" in (kwargs.get("args") or sys.argv))
        sys.exit(code if isinstance(code, int) else DONE)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Bytes that are no text reach Python as lone surrogates, which nothing can print or store."""
        return super().parse_args(ctx, [text.encode("utf-8", "replace").decode() for text in args])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commandes"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="levier", message="%(version)s")
def root() -> None:
    """Levier : trouver, calibrer, suivre, rendre compte."""
