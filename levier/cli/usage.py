"""The help of a command and its wrong usage, said in French: what is wrong, and where to look."""

import re
from collections.abc import Sequence

import click

_HEADINGS = {"Commands": "Commandes"}
# What click itself writes beside an option.
_WORDS = {
    "Show this message and exit.": "Montrer cette aide.",
    "Show the version and exit.": "Montrer la version.",
    "[required]": "[obligatoire]",
    "[default: ": "[par défaut\u00a0: ",
}

_METAVARS = {
    "TEXT": "TEXTE",
    "INTEGER": "ENTIER",
    "FLOAT": "NOMBRE",
    "FILE": "FICHIER",
    "PATH": "CHEMIN",
    "DIRECTORY": "DOSSIER",
    "[%Y-%m-%d]": "AAAA-MM-JJ",
}
_METAVAR = re.compile(r"(?<= )(?:" + "|".join(map(re.escape, _METAVARS)) + r")(?= |$)")


def _in_french_capitals(word: re.Match[str]) -> str:
    return _METAVARS[word.group(0)]


class FrenchHelp(click.HelpFormatter):
    """Click's own help pages, in French."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "Usage\u00a0: " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(f"{_HEADINGS.get(heading, heading)}\u00a0")

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        said = [(_METAVAR.sub(_in_french_capitals, first), _in_french(second)) for first, second in rows]
        super().write_dl(said, col_max, col_spacing)


def _in_french(text: str) -> str:
    for word, french in _WORDS.items():
        text = text.replace(word, french)
    return text


def usage_sentence(problem: click.UsageError) -> str:
    """One sentence for a wrong option, argument or command, then the way to the help."""
    path = problem.ctx.command_path if problem.ctx else "levier"
    return f"{_what(problem)} Voir « {path} --help »."


def _what(problem: click.UsageError) -> str:
    if isinstance(problem, click.NoSuchOption):
        close = f" Vouliez-vous dire {problem.possibilities[0]} ?" if problem.possibilities else ""
        return f"L’option {problem.option_name} n’existe pas.{close}"
    if isinstance(problem, click.MissingParameter):
        return f"Il manque {_name(problem)}."
    if isinstance(problem, click.BadParameter):
        return f"La valeur donnée pour {_name(problem)} ne convient pas ({_expected(problem)})."
    text = problem.format_message()
    if text.startswith("No such command"):
        return f"La commande {text.partition('command')[2].strip().strip('.')} n’existe pas."
    if text.startswith("Got unexpected extra argument"):
        return f"Argument en trop : {text.partition('(')[2].rstrip(').')}."
    return f"La commande est mal écrite ({text.rstrip('.')})."


def _name(problem: click.BadParameter) -> str:
    """« l'option --amount » or « TEXT »."""
    parameter = problem.param
    if isinstance(parameter, click.Option):
        return f"l’option {parameter.opts[-1] if parameter.opts else parameter.name}"
    return parameter.make_metavar(problem.ctx) if parameter and problem.ctx else "un argument"


def _expected(problem: click.BadParameter) -> str:
    kind = problem.param.type if problem.param else None
    if isinstance(kind, click.Choice):
        return "au choix : " + ", ".join(str(choice) for choice in kind.choices)
    if isinstance(kind, (click.IntRange, click.FloatRange)):
        low, high = kind.min, kind.max
        return f"un nombre de {low} à {high}" if high is not None else f"un nombre à partir de {low}"
    if isinstance(kind, click.Path):
        if not kind.exists:
            return "il faut le nom d’un fichier à écrire, pas un dossier"
        return "ce fichier n’existe pas, ou n’est pas un fichier"
    if isinstance(kind, click.DateTime):
        return "une date comme 2027-03-12"
    names = {
        "integer": "un nombre entier",
        "float": "un nombre, avec un point pour les décimales",
        "nombre": "un nombre, comme 480 ou 12,5",
        "montant": "un montant, comme 1500000, « 1 500 000 » ou « 1,5 M€ »",
    }
    return names.get(getattr(kind, "name", ""), "forme inattendue")
