"""Wrong usage of a command, said in French: what is wrong, and where to look."""

import click


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
        return "ce fichier n’existe pas, ou n’est pas un fichier"
    if isinstance(kind, click.DateTime):
        return "une date comme 2027-03-12"
    names = {"integer": "un nombre entier", "float": "un nombre, avec un point pour les décimales"}
    return names.get(getattr(kind, "name", ""), "forme inattendue")
