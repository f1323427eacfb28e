"""`levier sync`: fetch the sources that have a public address, and import what changed."""

from typing import Any

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, refuse, write_json
from levier.core.typography import figure


@click.command("sync", epilog="Exemple : levier sync ess")
@click.argument("names", nargs=-1)
@click.option("--force", is_flag=True, help="Importer même si le fichier n'a pas changé.")
@json_option
def sync_command(names: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Rafraîchir les sources qui ont une adresse publique (toutes, ou celles nommées)."""
    start_django()
    from levier.directory.sources import SOURCES

    known = [slug for slug, source in SOURCES.items() if source.download_name]
    unknown = [name for name in names if name not in known]
    if unknown:
        sentence = f"« {unknown[0]} » ne se télécharge pas. Sources à adresse publique : {', '.join(known)}."
        refuse(sentence, as_json=as_json, code=2)
    results = [_synchronise(slug, force) for slug in names or known]
    if as_json:
        write_json(results)
    else:
        for result in results:
            click.echo(f"{result['source']} : {result['sentence']}")
    if any(result["state"] == "failed" for result in results):
        raise SystemExit(1)


def _synchronise(slug: str, force: bool) -> dict[str, Any]:
    from django.conf import settings

    from levier.core.audit import Actor
    from levier.core.downloads import DownloadError, download
    from levier.directory.actions import ImportRefusedError, import_source
    from levier.directory.sources import SOURCES

    source = SOURCES[slug]
    target = settings.LEVIER_HOME / "downloads" / source.download_name
    try:
        file = download(source.url, target)
        if not file.is_new and not force:
            return {"source": slug, "state": "unchanged", "sentence": "le fichier n'a pas changé."}
        report = import_source(source=slug, path=file.path, by=Actor.machine(f"sync {slug}"))
    except (DownloadError, ImportRefusedError) as problem:
        return {"source": slug, "state": "failed", "sentence": str(problem)}
    sentence = (
        f"{figure(report.read)} lignes lues, {figure(report.created)} créées, {figure(report.updated)} modifiées, "
        f"{figure(report.rejected)} rejetées."
    )
    return {"source": slug, "state": "done", "sentence": sentence, "report": report}
