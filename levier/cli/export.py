"""`levier export suppliers`: the public directory as a file anybody may take."""

import time
from pathlib import Path

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json
from levier.core.typography import figure

# Those of levier.directory.open_data.writing, which needs Django: the help must not.
FORMATS = ("csv", "jsonl", "parquet", "data-inclusion")
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group("export", epilog="Exemple : levier export suppliers --format csv --out fournisseurs.csv")
def export_command() -> None:
    """Écrire l’annuaire ouvert dans un fichier."""


@export_command.command(
    "suppliers", epilog="Exemple : levier export suppliers --format parquet --out fournisseurs.parquet"
)
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="Format du fichier.")
@click.option("--out", type=_OUT, required=True, help="Fichier à écrire ; remplacé d’un coup s’il existe.")
@json_option
def suppliers_command(form: str, out: Path, as_json: bool) -> None:
    """Tous les fournisseurs publics : CSV, JSON Lines, Parquet, ou structures au schéma data.inclusion."""
    start_django()
    from levier.directory.open_data.writing import write_file
    from levier.directory.queries import count_listed

    if not out.parent.is_dir():
        refuse(f"Le dossier « {out.parent} » n’existe pas : créez-le d’abord.", as_json=as_json)
    if not count_listed():
        refuse("L’annuaire est vide : importez une source, ou lancez « levier demo ».", as_json=as_json)
    start = time.perf_counter()
    try:
        written = write_file(form, out)
    except OSError as problem:
        refuse(f"Le fichier « {out} » n’a pas pu être écrit ({problem.strerror}).", as_json=as_json)
    seconds = time.perf_counter() - start
    if as_json:
        write_json(
            {
                "path": out,
                "format": form,
                "rows": written.rows,
                "bytes": written.size,
                "seconds": round(seconds, 3),
            }
        )
        return
    click.echo(
        f"{figure(written.rows)} fournisseur{'s' if written.rows > 1 else ''}, {figure(written.size / 1e6, 1)} Mo en {figure(seconds, 1)} s : {out}"
    )
