"""`levier draft`: the text of a clause, one document or all of them, in the format asked for."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from levier.cli.output import DONE, WRONG_USAGE, json_option, refuse, write_json
from levier.cli.typed import AMOUNT, NUMBER

EXAMPLE = "Exemple : levier draft --lever L2112-2 --document ccap --trade cleaning --hours 480 --format docx --out ccap.docx"
FORMATS = ("docx", "odt", "pdf", "html", "txt", "md")
# What the terminal can show; the others need a file.
READABLE = {"md", "txt", "html"}
# A trade given without a CPV code still has one, for its calibration and its questions.
USUAL_CPV = {
    "works": "45000000", "cleaning": "90910000", "green_spaces": "77310000", "catering": "55520000",
    "intellectual_services": "72000000",
}  # fmt: skip


@click.command("draft", epilog=EXAMPLE)
@click.option("--lever", required=True, help="Code du levier : L2112-2, R2152-7, L2113-13, EVI…")
@click.option(
    "--document",
    "code",
    default="",
    help="avis, rc, ccap, ccp, ae, cctp, lettre, fiche, cadre, penalites, note, annexe, contrat ; tous par défaut.",
)
@click.option(
    "--trade",
    default=None,
    help="works, cleaning, green_spaces, catering, intellectual_services, framework, action (sans heures).",
)
@click.option("--programme", default="", help="anru-2005, anru-2014, gpe, solideo.")
@click.option("--hours", type=NUMBER, help="Nombre d’heures d’insertion choisi.")
@click.option(
    "--takeover-hours", type=NUMBER, help="Heures mensuelles du personnel à reprendre ; 0 s’il n’y en a pas."
)
@click.option("--cpv", default="", help="Code CPV de l’objet : donne le métier.")
@click.option("--amount", "amount_ht", type=AMOUNT, help="Montant estimé du besoin entier HT, en euros.")
@click.option("--max-amount", "max_amount_ht", type=AMOUNT, help="Maximum d’un accord-cadre HT, en euros.")
@click.option("--months", type=NUMBER, help="Durée d’exécution en mois.")
@click.option("--buyer-kind", help="etat, collectivite, etablissement_local, entite_adjudicatrice, autre.")
@click.option(
    "--launch",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Lancement de la consultation ; par défaut aujourd’hui.",
)
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NOM=VALEUR",
    help="Toute autre valeur du texte (répétable) : --set penalty_hour=60.",
)
@click.option(
    "--format", "target", type=click.Choice(FORMATS), default="md", help="Format du fichier ; md par défaut."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire.")
@json_option
def draft_command(code: str, target: str, out: Path | None, as_json: bool, **asked: Any) -> None:
    """Écrire la clause d’un levier : ce qui manque reste entre crochets, ce qui est à changer est nommé."""
    from levier.clauses.exporting import export
    from levier.clauses.rendering import TemplateError
    from levier.clauses.values import ClauseError
    from levier.core.documents import DocumentError
    from levier.rulebook.calibration import CalibrationError
    from levier.rulebook.levers import FactsError

    if out is None and not as_json and target not in READABLE:
        refuse(f"Le format « {target} » s’écrit dans un fichier : ajoutez --out. {EXAMPLE}", code=WRONG_USAGE)
    try:
        made = _draft(**asked)
        documents = made.pick(code)
        if out is not None:
            out.write_bytes(export(documents, target, title=made.title if len(documents) > 1 else "")[0])
    except (ClauseError, TemplateError, CalibrationError, FactsError, DocumentError) as problem:
        refuse(str(problem), as_json=as_json)
    except FileNotFoundError:
        refuse(
            f"Le dossier « {out.parent if out else ''} » n’existe pas : créez-le, ou donnez un autre chemin.",
            as_json=as_json,
        )
    except PermissionError:
        refuse(
            f"Le fichier « {out} » ne peut pas être écrit ici : choisissez un dossier qui est à vous.",
            as_json=as_json,
        )
    except OSError as problem:
        refuse(f"Le fichier « {out} » n’a pas pu être écrit ({problem.strerror}).", as_json=as_json)
    if as_json:
        write_json(_as_json(made, documents))
    elif out is None:
        click.echo(export(documents, target)[0].decode(), nl=False)
    else:
        _tell(made, documents, out)
    raise SystemExit(DONE)


def _draft(
    *, lever: str, trade: str | None, given: tuple[str, ...], launch: Any, hours: float | None,
    takeover_hours: float | None, cpv: str, buyer_kind: str | None, programme: str, **lot: Any,
) -> Any:  # fmt: skip
    from levier.clauses.drafting import draft
    from levier.clauses.lot import lot_facts
    from levier.clauses.typed import values_from
    from levier.clauses.values import ClauseError

    lever = lever.strip().upper()
    values: dict[str, Any] = {"hours": hours, "takeover_hours": takeover_hours}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise ClauseError(f"« {one} » ne se lit pas : écrivez --set nom=valeur.")
        values[name.strip()] = value.strip()
    facts = lot_facts(
        cpv=cpv or USUAL_CPV.get(trade or "", ""),
        on=launch.date() if launch else date.today(),  # noqa: DTZ011 - the day of the machine's user
        takeover_hours=takeover_hours,
        is_framework=trade == "framework",
        buyer_side="private" if lever in ("EVI", "ACHAT-PRIVE") else "public",
        buyer_kind=buyer_kind,
        is_concession=lever.startswith("L3"),
        programme=programme,
        **lot,
    ).facts
    return draft(lever, facts=facts, values=values_from(values), trade=trade)


def _as_json(made: Any, documents: Any) -> dict[str, Any]:
    from levier.clauses.lot import draft_as_json
    from levier.core.plain import plain

    return draft_as_json(made) | {"documents": plain(documents)}


def _tell(made: Any, documents: Any, out: Path) -> None:
    """What is left to do in the documents written, not in those the lever has beside."""
    click.echo(f"{out} : écrit.")
    titles, text = {one.title for one in documents}, "\n".join(one.markdown for one in documents)
    gaps = [gap for gap in made.gaps if gap.label in text]
    if gaps:
        click.echo("Reste à compléter :")
    for gap in gaps:
        click.echo(f"  {gap.name} : {gap.label}")
    for control in made.failed_controls:
        findings = [one for one in control.findings if not one.title or one.title in titles]
        if control.findings and not findings:
            continue
        mark = "À changer" if control.outcome == "fail" else "À répondre"
        click.echo(f"{mark} : {control.title}.")
        for finding in findings:
            where = " › ".join(part for part in (finding.title, finding.place) if part)
            click.echo(f"  {where} : {finding.excerpt[:160] or '(manque)'}\n    {finding.advice}")
    ready = "prêt pour le juriste" if made.is_ready_for_lawyer else "pas encore prêt pour le juriste"
    click.echo(f"Texte {ready}.")
