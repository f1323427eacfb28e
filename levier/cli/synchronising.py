"""`levier sync`: fetch the sources that have a public address, and import what changed."""

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json


@click.command("sync", epilog="Exemple : levier sync ess")
@click.argument("names", nargs=-1)
@click.option("--force", is_flag=True, help="Importer même si le fichier n’a pas changé.")
@json_option
def sync_command(names: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Rafraîchir les sources qui ont une adresse publique (toutes sauf SIRENE, ou celles nommées)."""
    start_django()
    from django.utils import timezone

    from levier.core.audit import Actor
    from levier.directory.sources import ALIASES
    from levier.directory.synchronising import downloadable, synchronise
    from levier.purchasing.notices import BOAMP
    from levier.purchasing.notices.fetching import fetch_boamp

    known = [*downloadable(), BOAMP]
    unknown = [name for name in names if ALIASES.get(name, name) not in known]
    if unknown:
        sentence = f"« {unknown[0]} » ne se télécharge pas. Sources à adresse publique : {', '.join(known)}."
        refuse(sentence, as_json=as_json, code=2)
    results = []
    for name in names or [*downloadable(heavy=False), BOAMP]:
        by = Actor.machine(f"sync {name}")
        result = (
            fetch_boamp(by=by, today=timezone.localdate(), force=force)
            if name == BOAMP
            else synchronise(name=name, by=by, force=force)
        )
        results.append(result)
        if not as_json:
            click.echo(f"{result.source} : {result.sentence}")
    if as_json:
        write_json(results)
    # A missing token stops nobody who did not ask for that source.
    wrong = {"failed", "skipped"} if names else {"failed"}
    if any(result.state in wrong for result in results):
        raise SystemExit(1)
