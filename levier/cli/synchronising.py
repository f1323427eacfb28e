"""`levier sync`: fetch the sources that have a public address, and import what changed."""

from collections.abc import Callable
from functools import partial

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
    from levier.directory.synchronising import SyncResult, downloadable, synchronise
    from levier.purchasing.notices import BOAMP
    from levier.purchasing.notices.fetching import fetch_boamp

    # Name of a source → what fetches it; suppliers and their places first.
    fetchers: dict[str, Callable[..., SyncResult]] = {
        **{name: partial(synchronise, name=name) for name in downloadable()},
        BOAMP: partial(fetch_boamp, today=timezone.localdate()),
    }
    asked = [ALIASES.get(name, name) for name in names] or [*downloadable(heavy=False), BOAMP]
    unknown = [name for name in asked if name not in fetchers]
    if unknown:
        sentence = (
            f"« {unknown[0]} » ne se télécharge pas. Sources à adresse publique : {', '.join(fetchers)}."
        )
        refuse(sentence, as_json=as_json, code=2)
    results = []
    for name in asked:
        result = fetchers[name](by=Actor.machine(f"sync {name}"), force=force)
        results.append(result)
        if not as_json:
            click.echo(f"{result.source} : {result.sentence}")
    if as_json:
        write_json(results)
    # A missing token stops nobody who did not ask for that source.
    wrong = {"failed", "skipped"} if names else {"failed"}
    if any(result.state in wrong for result in results):
        raise SystemExit(1)
