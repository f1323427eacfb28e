"""Test databases: one template per state of the migrations and reference tables, one clone per run."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

from tests.environment import REPOSITORY

OWNER_PROCESS = """
import os
os.environ["LEVIER_TEST_DATABASE"]
from levier.cli import migration
import django.conf
django.conf.settings.DATABASES["default"]["NAME"] = os.environ["LEVIER_TEST_DATABASE"]
migration.migrate()
"""
LOAD_REFERENCE = """
import os, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["LEVIER_TEST_DATABASE"]
django.setup()
from levier.core.audit import Actor
from levier.reference.actions import load_reference
load_reference(by=Actor.machine("tests"))
"""


def owner_connection() -> psycopg.Connection[tuple[object, ...]]:
    """Connected as the role that may create databases."""
    database = settings.DATABASES["default"]
    url = os.environ.get("DATABASE_OWNER_URL")
    if url:
        return psycopg.connect(url, autocommit=True)
    return psycopg.connect(host=database["HOST"], user="levier_owner", dbname="postgres", autocommit=True)


def _fingerprint() -> str:
    """Changes whenever a migration or a reference table does."""
    digest = hashlib.sha256()
    files = [*REPOSITORY.glob("levier/*/migrations/*.py"), *REPOSITORY.glob("levier/reference/data/**/*")]
    files += [
        REPOSITORY / "levier/reference/actions.py",
        REPOSITORY / "levier/reference/tables.py",
        REPOSITORY / "requirements.txt",
    ]
    for path in sorted(files):
        if path.is_file():
            digest.update(str(path.relative_to(REPOSITORY)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _run_python(code: str, database: str, role: str) -> None:
    environment = os.environ | {
        "LEVIER_TEST_DATABASE": database,
        "LEVIER_DATABASE_ROLE": role,
        "DJANGO_SETTINGS_MODULE": "levier.config.settings",
    }
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=REPOSITORY, check=True)


def _ensure_template() -> str:
    template = f"levier_template_{_fingerprint()}"
    Path(settings.LEVIER_HOME).mkdir(parents=True, exist_ok=True)
    with (Path(settings.LEVIER_HOME) / "template.lock").open("a") as lock, owner_connection() as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            return template
        partial = f"{template}_partial"
        connection.execute(f"DROP DATABASE IF EXISTS {partial}")
        connection.execute(f"CREATE DATABASE {partial}")
        _run_python(OWNER_PROCESS, partial, "owner")
        _run_python(LOAD_REFERENCE, partial, "app")
        connection.execute(f"ALTER DATABASE {partial} RENAME TO {template}")
        _drop_old_templates(connection, template)
    return template


def _drop_old_templates(connection: psycopg.Connection[tuple[object, ...]], keep: str) -> None:
    names = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'levier\\_template\\_%%' AND datname <> %s",
        [keep],
    ).fetchall()
    for (name,) in names:
        try:
            connection.execute(f"DROP DATABASE {name}")
        except psycopg.Error:
            continue  # another run is cloning it


@contextmanager
def fresh_database(suffix: str = "") -> Iterator[str]:
    """A clone of the template for this process, dropped at the end."""
    template = _ensure_template()
    name = f"levier_test_{os.getpid()}{suffix}"
    with owner_connection() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield name
    finally:
        with owner_connection() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
