"""`levier import`, `levier sources` and `levier sync`: what comes in, from where, and when."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, progress, refuse, write_json
from levier.core.typography import figure

EXAMPLE = "Exemple : levier import siae ../donnees/siae.csv --dry-run"

# What is not a source of suppliers: name → (what it reads, room and function that reads it).
OTHER_IMPORTS: dict[str, tuple[str, str, str]] = {
    "contracts": (
        "Marchés publics (DECP, JSON, XML ou CSV)",
        "levier.purchasing.actions",
        "import_contracts",
    ),
    "structures": (
        "Facilitateurs et structures d’appui (CSV)",
        "levier.facilitators.actions",
        "import_structures",
    ),
    "facilitators": (
        "Personnes qui travaillent dans ces structures (CSV)",
        "levier.facilitators.actions",
        "import_structures",
    ),
    "prescribers": (
        "Prescripteurs : missions locales, PLIE, Cap emploi… (JSON)",
        "levier.facilitators.actions",
        "import_structures",
    ),
    "communes": (
        "Centres exacts des communes, FRR, QPV (CSV)",
        "levier.reference.actions",
        "import_communes",
    ),
    "naf-2025": (
        "Nomenclature NAF 2025, ou sa correspondance avec la NAF rév. 2 (CSV)",
        "levier.reference.actions",
        "import_naf_2025",
    ),
    "qpv": (
        "Périmètres des quartiers prioritaires (zip ou GeoJSON)",
        "levier.reference.actions",
        "import_qpv",
    ),
    "frr": (
        "Communes de France ruralités revitalisation (CSV ou classeur)",
        "levier.reference.actions",
        "import_frr",
    ),
    "legal-categories": (
        "Catégories juridiques (CSV)",
        "levier.reference.actions",
        "import_legal_categories",
    ),
}

# After these, suppliers are told again which territories they stand in.
CHANGING_TERRITORIES = {"qpv", "frr", "communes"}


@click.command("import", epilog=EXAMPLE)
@click.argument("source")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tout lire et compter, sans rien enregistrer.")
@click.option(
    "--mapping", default="", help="Avec « list » : le nom d’une correspondance de colonnes enregistrée."
)
@click.option(
    "--kind", default="", help="Avec une correspondance nouvelle : le type de toutes les lignes (EI, EA…)."
)
@click.option("--sheet", default="", help="Avec « list » : la feuille du classeur à lire.")
@click.option(
    "--whole",
    is_flag=True,
    help="Le fichier est entier : ce qui n’y est plus a disparu, même si c’est beaucoup.",
)
@json_option
def import_command(
    source: str, path: Path, dry_run: bool, mapping: str, kind: str, sheet: str, whole: bool, as_json: bool
) -> None:
    """Importer une source de fournisseurs, des marchés, des facilitateurs ou un référentiel."""
    start_django()
    from levier.core.audit import Actor

    if source == "list":
        run = _list_importer(mapping, kind, sheet, whole, path, as_json)
    else:
        run = _importer(source, whole, as_json)
    by = Actor.machine(f"import {source}")
    try:
        with progress(f"Import {source}, lignes lues") as update:
            report = run(path, by, dry_run, update)
    except (ValueError, OSError) as problem:
        refuse(str(problem), as_json=as_json)
    if as_json:
        write_json(report)
    else:
        _show(report, dry_run)
        if not dry_run and (getattr(report, "created", 0) or getattr(report, "updated", 0)):
            _say_the_index_follows(source)


def _say_the_index_follows(source: str) -> None:
    """Without the site, nothing follows the changes: a dossier would go on showing the former directory."""
    from levier.directory.sources import SOURCES

    if source in SOURCES or source == "contracts":
        click.echo(
            "La recherche suit d’elle-même quand le site tourne (levier serve) ; sinon, lancez « levier index rebuild »."
        )


def _list_importer(
    name: str, kind: str, sheet: str, whole: bool, path: Path, as_json: bool
) -> Callable[[Path, Any, bool, Callable[[int], None]], Any]:
    """A list in its own columns; a name nobody saved takes the correspondence its titles suggest."""
    from django.db.models import F

    from levier.directory.lists.actions import ListRefusedError, import_mapped
    from levier.directory.lists.proposing import propose
    from levier.directory.models import SavedMapping

    if not name:
        refuse(
            "Nommez la correspondance de colonnes : levier import list FICHIER --mapping NOM.",
            as_json=as_json,
            code=2,
        )
    mapping = (
        # The installation's own comes before a network's of the same name.
        SavedMapping.objects.filter(name=name).order_by(F("organisation_id").asc(nulls_first=True)).first()
    )
    try:
        proposal = propose(path, sheet, mapping.columns if mapping else None)
        if sheet and sheet not in proposal.sheets:
            raise ListRefusedError(
                f"Le fichier « {path.name} » n’a pas de feuille « {sheet} » : {', '.join(proposal.sheets) or 'aucune feuille'}."
            )
        if mapping is None:
            mapping = _saved(name, kind, proposal.columns, as_json)
        elif kind and kind.upper() != mapping.kind:
            raise ListRefusedError(
                f"La correspondance « {name} » existe déjà, avec "
                f"{f'le type {mapping.kind}' if mapping.kind else 'un type donné par une colonne'} : "
                "retirez --kind, ou donnez un autre nom."
            )
    except ValueError as problem:
        refuse(str(problem), as_json=as_json)
    if len(proposal.sheets) > 1 and not as_json:
        left = [one for one in proposal.sheets if one != proposal.sheet]
        click.echo(f"Feuille lue : {proposal.sheet}. Laissées de côté : {', '.join(left)}.")
    return lambda path, by, dry_run, update: import_mapped(
        mapping=mapping,
        path=path,
        by=by,
        dry_run=dry_run,
        progress=update,
        sheet=proposal.sheet,
        is_whole=whole,
    )


def _saved(name: str, kind: str, columns: dict[str, str], as_json: bool) -> Any:
    """The correspondence that the titles suggest, kept under this name and told."""
    from levier.core.audit import Actor
    from levier.directory.lists.actions import save_mapping
    from levier.directory.lists.proposing import COLUMN_LABELS

    mapping = save_mapping(
        name=name, label=name, columns=columns, kind=kind.upper(), by=Actor.machine("import list")
    )
    if not as_json:
        click.echo(f"Correspondance « {mapping.name} » enregistrée :")
        for column, title in mapping.columns.items():
            click.echo(f"  {COLUMN_LABELS[column]} ← {title}")
    return mapping


def _importer(
    source: str, whole: bool, as_json: bool
) -> Callable[[Path, Any, bool, Callable[[int], None]], Any]:
    from importlib import import_module

    from levier.directory import actions as directory
    from levier.directory.sources import ALIASES, SOURCES

    if source in SOURCES or source in ALIASES:
        return lambda path, by, dry_run, update: directory.import_source(
            source=source, path=path, by=by, dry_run=dry_run, progress=update, is_whole=whole
        )
    if whole and source in OTHER_IMPORTS:
        refuse("--whole n’a de sens que pour des fournisseurs.", as_json=as_json, code=2)
    if source not in OTHER_IMPORTS:
        known = ", ".join([*sorted(SOURCES), *OTHER_IMPORTS])
        refuse(f"La source « {source} » est inconnue. Sources connues : {known}.", as_json=as_json, code=2)
    _, module, function = OTHER_IMPORTS[source]
    action = getattr(import_module(module), function)

    def run(path: Path, by: Any, dry_run: bool, update: Callable[[int], None]) -> Any:
        if module.endswith("reference.actions"):
            if dry_run:
                refuse("Cette source n’a pas d’essai à blanc : retirez --dry-run.", as_json=as_json, code=2)
            report = action(path, by=by)
            if source in CHANGING_TERRITORIES:
                directory.locate_suppliers(by=by)
            return report
        if module.endswith("facilitators.actions"):
            return action(source=source, path=path, by=by, dry_run=dry_run)
        return action(path=path, by=by, dry_run=dry_run, progress=update)

    return run


def _show(report: Any, dry_run: bool) -> None:
    words = {
        "read": "lues", "created": "créées", "updated": "modifiées", "unchanged": "inchangées",
        "rejected": "rejetées", "gone": "disparues",
    }  # fmt: skip
    counts = [
        f"{figure(getattr(report, name))} {word}" for name, word in words.items() if hasattr(report, name)
    ]
    click.echo(("Essai à blanc : " if dry_run else "") + ", ".join(counts))
    lines = report.anomaly_lines() if hasattr(report, "anomaly_lines") else _by_count(report)
    for name, count in lines:
        click.echo(f"  {figure(count):>7}  {name}")
    if any(name.startswith("fichier partiel") for name, _ in lines):
        click.echo("Si ce fichier est entier, relancez avec --whole.")
    rejects = getattr(report, "rejects_path", None) or getattr(report, "rejects_file", None)
    if rejects:
        click.echo(f"Lignes rejetées : {rejects}")


def _by_count(report: Any) -> list[tuple[str, int]]:
    """Anomalies, then reasons of rejection, the most frequent first."""
    found: dict[str, int] = {**getattr(report, "anomalies", {}), **getattr(report, "reasons", {})}
    return sorted(found.items(), key=lambda item: -item[1])


@click.command("sources", epilog="Exemple : levier sources --json")
@json_option
def sources_command(as_json: bool) -> None:
    """Les sources connues : contenu, licence, dernier import, nombre de lignes."""
    start_django()
    from levier.directory.queries import sources_overview
    from levier.purchasing.queries.notices import notice_source
    from levier.reference.queries import reference_tables

    suppliers = sources_overview()
    tables = [
        {
            "name": table.name,
            "rows": table.rows,
            "source": table.source,
            "licence": table.licence,
            "loaded_at": table.loaded_at,
        }
        for table in reference_tables()
    ]
    others = [{"name": name, "reads": what} for name, (what, _, _) in OTHER_IMPORTS.items()]
    notices = notice_source()
    if as_json:
        write_json({"suppliers": suppliers, "reference": tables, "notices": notices, "others": others})
        return
    click.secho("Fournisseurs", bold=True)
    for source in suppliers:
        never = source.frequency if source.records else "jamais importée"
        when = f"{source.last_success:%d/%m/%Y}" if source.last_success else never
        click.echo(
            f"  {source.slug:<18} {figure(source.records):>9} lignes  {when:<16} {source.label} — {source.licence}"
        )
    click.secho("Référentiels", bold=True)
    for table in tables:
        click.echo(
            f"  {table['name']:<18} {figure(table['rows']):>9} lignes  {table['source']} — {table['licence']}"
        )
    click.secho("Avis de marché", bold=True)
    when = f"{notices.last_success:%d/%m/%Y}" if notices.last_success else "jamais importés"
    click.echo(
        f"  {notices.name:<18} {figure(notices.notices):>9} avis    {when:<16} {notices.label} — {notices.licence}"
    )
    click.echo(f"  {'':<18} {figure(notices.open_social_lots):>9} lots ouverts réservés ou clausés")
    click.secho("Autres imports", bold=True)
    for other in others:
        click.echo(f"  {other['name']:<18} {other['reads']}")
