"""`levier doctor`: is everything in place, and if not, what to do."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

import click

from levier.cli.boot import start_django
from levier.cli.output import json_option, write_json

LEAST_FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing checked: fine or not, what was seen, what to do."""

    name: str
    is_fine: bool
    seen: str
    advice: str = ""


@click.command("doctor", epilog="Exemple : levier doctor --json")
@json_option
def doctor_command(as_json: bool) -> None:
    """Vérifier la base, l’index, les référentiels, le courriel, la lecture des photos et le disque."""
    start_django()
    findings = [
        _safely(check)
        for check in (
            database,
            rights,
            migrations,
            reference,
            index,
            notices,
            mail,
            photographs,
            publics,
            disk,
        )
    ]
    if as_json:
        write_json(findings)
    else:
        for finding in findings:
            click.echo(f"{'✓' if finding.is_fine else '✗'} {finding.name} : {finding.seen}")
            if not finding.is_fine:
                click.echo(f"    → {finding.advice}")
    if not all(finding.is_fine for finding in findings):
        raise SystemExit(1)


def _safely(check: Callable[[], Finding]) -> Finding:
    """A check that breaks is a finding too: the others still run."""
    try:
        return check()
    except Exception as problem:
        name = check.__doc__ or check.__name__
        return Finding(
            name.rstrip("."),
            False,
            f"{type(problem).__name__} : {problem}".splitlines()[0],
            "Réparez d’abord la base de données.",
        )


def publics() -> Finding:
    """Listes de publics."""
    from django.conf import settings

    from levier.rulebook.eligibility import set_keys, use_own_sets

    problems = use_own_sets(settings.ELIGIBILITY_SETS)
    seen = " ".join(problems) or f"{len(set_keys())} jeux de règles"
    return Finding("Listes de publics", not problems, seen, "Corrigez ce fichier, puis redémarrez le site.")


def database() -> Finding:
    """Base de données."""
    from django.conf import settings
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('server_version_num')::int")
        version, number = cursor.fetchone()
    where = "serveur embarqué" if settings.USES_EMBEDDED_DATABASE else "DATABASE_URL"
    advice = "PostgreSQL 15 ou plus récent est demandé : mettez le serveur à jour."
    return Finding("Base de données", number >= 150000, f"PostgreSQL {version} ({where})", advice)


def rights() -> Finding:
    """Rôle de la base."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper OR rolbypassrls, (SELECT count(*) FROM pg_tables"
            " WHERE tableowner = current_user AND schemaname = 'public') FROM pg_roles WHERE rolname = current_user"
        )
        user, is_too_strong, owned = cursor.fetchone()
    advice = (
        "L’application doit se connecter avec un rôle qui ne possède rien (levier_app) et migrer avec un autre : "
        "DATABASE_URL et DATABASE_OWNER_URL, voir docs/configuration.md."
    )
    return Finding(
        "Rôle de la base", not is_too_strong and not owned, f"{user}, {owned} tables possédées", advice
    )


def migrations() -> Finding:
    """Tables à jour."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Finding(
        "Tables", not waiting, f"{len(waiting)} mises à jour en attente", "Lancez « levier migrate »."
    )


def reference() -> Finding:
    """Référentiels."""
    from levier.reference.models import Commune, CpvCode

    communes, codes = Commune.objects.count(), CpvCode.objects.count()
    is_fine = communes > 30_000 and codes > 9_000
    return Finding(
        "Référentiels",
        is_fine,
        f"{communes} communes, {codes} codes CPV",
        "Lancez « levier serve --prepare ».",
    )


def index() -> Finding:
    """Index de recherche."""
    from levier.directory import queries
    from levier.directory.index import SUPPLIERS

    status, listed = SUPPLIERS.status(), queries.count_listed()
    is_fine = SUPPLIERS.is_usable() and abs(status.documents - listed) <= max(50, listed // 100)
    seen = f"{status.documents} documents pour {listed} fournisseurs"
    return Finding("Index de recherche", is_fine, seen, "Lancez « levier index rebuild ».")


def notices() -> Finding:
    """Avis de marché."""
    from levier.purchasing.queries.notices import LATE_DAYS, notice_source

    found = notice_source()
    if found.last_success is None:
        return Finding("Avis de marché", True, "aucun import (levier sync boamp)")
    return Finding(
        "Avis de marché",
        found.state != "late",
        f"{found.notices} avis, {found.open_social_lots} lots ouverts réservés ou clausés, import du {found.last_success:%d/%m/%Y}",
        f"Plus de {LATE_DAYS} jours sans import : lancez « levier sync boamp », chaque jour.",
    )


def mail() -> Finding:
    """Courriel."""
    from django.conf import settings
    from django.core.mail import get_connection

    from levier.core.models import OutgoingMail

    waiting = OutgoingMail.objects.waiting().count()
    if settings.MAIL_URL:
        get_connection().open()
        return Finding(
            "Courriel",
            waiting < 100,
            f"serveur joignable, {waiting} en attente",
            "Vérifiez que « levier worker » tourne.",
        )
    advice = "En production, donnez LEVIER_MAIL_URL (smtp://…)."
    return Finding(
        "Courriel",
        not settings.IS_PRODUCTION,
        f"console et {settings.MAIL_FOLDER}, {waiting} en attente",
        advice,
    )


def photographs() -> Finding:
    """Photos."""
    from levier.core import photo_reading

    found = photo_reading.reader()
    if found is None:
        seen = (
            "aucune photo n’est lue : un bulletin de paie photographié n’est pas reconnu, l’expéditeur coche une case. "
            "Pour les lire : apt install tesseract-ocr tesseract-ocr-fra"
        )
        return Finding("Lecture des photos", True, seen)
    return Finding(
        "Lecture des photos",
        found.language == "fra",
        f"{found.program}, langue {found.language} : les bulletins de paie photographiés sont refusés",
        "Le français manque, des mots seront mal lus : apt install tesseract-ocr-fra",
    )


def disk() -> Finding:
    """Disque."""
    from django.conf import settings

    free = shutil.disk_usage(settings.LEVIER_HOME).free
    advice = (
        f"Libérez de la place sous {settings.LEVIER_HOME} : il faut 2 Go d’avance pour reconstruire l’index."
    )
    return Finding("Disque", free >= LEAST_FREE_BYTES, f"{free / 1024**3:.1f} Go libres", advice)
