"""`levier ledger` writes the hours ledger to a file and proves such a file; `levier balance` gives its balances.

`levier ledger verify` needs neither the database nor Django: whoever receives a file proves it alone.
"""

from datetime import date
from pathlib import Path
from typing import Any

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json
from levier.core.typography import counted, day, figure, percent

_SHOWN_HEADS = 12
_CUTS = ("facilitator", "buyer", "contract", "territory", "contractor", "lot", "commitment")


@click.group("ledger", epilog="Exemple : levier ledger verify grand-livre.jsonl")
def ledger_command() -> None:
    """Le grand livre des heures : l’exporter, prouver un export."""


@ledger_command.command("export", epilog="Exemple : levier ledger export --out grand-livre.jsonl")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Fichier à écrire."
)
@json_option
def export(out: Path, as_json: bool) -> None:
    """Écrire toutes les écritures dans un fichier, et donner les têtes de chaîne à garder ailleurs."""
    start_django()
    from levier.execution.queries.export import export as write

    partial = out.with_name(f"{out.name}.partial")
    try:
        with partial.open("w", encoding="utf-8") as stream:
            written = write(stream)
        partial.replace(out)
    except OSError as problem:
        refuse(f"Impossible d’écrire « {out} » : {problem.strerror}.", as_json=as_json)
    finally:
        partial.unlink(missing_ok=True)
    if as_json:
        write_json(
            {
                "file": out, "commitments": written.commitments, "postings": written.postings,
                "digest": written.digest,
                "heads": [{"commitment": one.commitment, "count": one.count, "hash": one.hash} for one in written.heads],
            }
        )  # fmt: skip
        return
    click.echo(
        f"{counted(written.postings, 'écriture')} de {counted(written.commitments, 'engagement')} dans {out}."
    )
    click.echo(f"Empreinte générale : {written.digest}")
    for one in written.heads[:_SHOWN_HEADS]:
        click.echo(f"  engagement {one.commitment}, {counted(one.count, 'écriture')} : {one.hash}")
    if len(written.heads) > _SHOWN_HEADS:
        click.echo(f"  … et {figure(len(written.heads) - _SHOWN_HEADS)} autres têtes, au début du fichier.")
    click.echo("Gardez l’empreinte générale hors du fichier : « levier ledger verify --head » la compare.")


@ledger_command.command("verify", epilog="Exemple : levier ledger verify grand-livre.jsonl --head 3f2a9c01")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--head",
    default="",
    help="L’empreinte générale donnée à l’export, ou ses huit premiers chiffres au moins.",
)
@json_option
def verify(file: Path, head: str, as_json: bool) -> None:
    """Prouver un export : code de sortie 1 et la première ligne fausse s’il ne tient pas."""
    from levier.rulebook.ledger import BrokenLedgerError
    from levier.rulebook.ledger import verify as prove

    try:
        # Read as bytes: a line that is no text any more is named like the others.
        with file.open("rb") as stream:
            found = prove(stream, printed=head.strip())
    except BrokenLedgerError as problem:
        refuse(str(problem), as_json=as_json)
    except OSError as problem:
        refuse(f"Impossible de lire « {file} » : {problem.strerror}.", as_json=as_json)
    if as_json:
        write_json(found)
        return
    click.echo(
        f"Le fichier tient : {counted(found.postings, 'écriture')}, {counted(found.commitments, 'engagement')}, "
        f"{figure(found.due, 2)} h dues, {figure(found.done, 2)} h faites."
    )
    click.echo(
        f"Empreinte générale : {found.digest}"
        + ("" if head else " (à comparer avec celle donnée à l’export)")
    )


@click.command("balance", epilog="Exemple : levier balance --by buyer --at 2026-12-31 --json")
@click.option("--by", "cut", type=click.Choice(_CUTS), default="buyer", help="Une ligne par…")
@click.option(
    "--at", "at", default="", help="Date d’effet, comme 2026-12-31 ; toutes les écritures par défaut."
)
@json_option
def balance_command(cut: Any, at: str, as_json: bool) -> None:
    """Heures dues, faites et restantes, à une date, avec la part de chaque niveau de preuve."""
    try:
        when = date.fromisoformat(at) if at else None
    except ValueError:
        refuse(f"La date « {at[:20]} » n’est pas lisible : écrivez-la comme 2026-12-31.", as_json=as_json)
    start_django()
    from levier.execution.queries.balances import balances, total

    lines = balances(by=cut, at=when)
    whole = total(lines, label="Total")
    if as_json:
        write_json({"by": cut, "at": when, "lines": [_plain(one) for one in lines], "total": _plain(whole)})
        return
    if not lines:
        click.echo("Aucun contrat avec des heures dues.")
        return
    click.echo(f"Au {day(when)}" if when else "Toutes les écritures")
    for one in (*lines, whole):
        click.echo(
            f"- {one.label or one.key or 'sans objet'} : {figure(one.due, 2)} h dues, {figure(one.done, 2)} h faites{_share(one)}, "
            f"reste {figure(one.left, 2)} h"
        )


def _share(one: Any) -> str:
    """« (19,2 % ; déclarées 80 %, avec justificatif 20 %) »: how much of the due is done, and how that is proved."""
    from levier.execution.models import Evidence

    shares = ((level.label.lower(), one.share(level.value)) for level in Evidence)
    proofs = ", ".join(f"{label} {percent(share, 0)}" for label, share in shares if share)
    told = [part for part in ("" if one.rate is None else percent(one.rate), proofs) if part]
    return f" ({' ; '.join(told)})" if told else ""


def _plain(one: Any) -> dict[str, Any]:
    return {
        "key": one.key, "label": one.label, "contracts": one.contracts, "due": one.due, "done": one.done,
        "left": one.left, "rate": one.rate,
        "evidence": {level: {"hours": hours, "share": one.share(level)} for level, hours in one.by_evidence.items()},
    }  # fmt: skip
