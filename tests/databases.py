"""Test databases: templates made once per state of the code that fills them, one clone per test process."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
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
START = """
import os, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["LEVIER_TEST_DATABASE"]
django.setup()
"""
LOAD_REFERENCE = (
    START
    + """
from levier.core.audit import Actor
from levier.reference.actions import load_reference
load_reference(by=Actor.machine("tests"))
"""
)
LOAD_DEMONSTRATION = """
import os, django
from pathlib import Path
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["LEVIER_TEST_DATABASE"]
django.setup()
from levier.core.audit import Actor
from levier.directory import actions as directory
from levier.directory.index import SUPPLIERS
from levier.facilitators import actions as facilitators
settings.SEARCH_FOLDER = Path(os.environ["LEVIER_TEST_INDEX"])
by = Actor.machine("tests")
directory.load_demo(by=by)
facilitators.load_demo(by=by)
SUPPLIERS.rebuild()
"""


def owner_connection() -> psycopg.Connection[tuple[object, ...]]:
    """Connected as the role that may create databases."""
    database = settings.DATABASES["default"]
    url = os.environ.get("DATABASE_OWNER_URL")
    if url:
        return psycopg.connect(url, autocommit=True)
    return psycopg.connect(host=database["HOST"], user="levier_owner", dbname="postgres", autocommit=True)


def fingerprint(files: Iterable[Path]) -> str:
    """Changes whenever one of these files does."""
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(REPOSITORY)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def run_python(code: str, database: str, role: str, **variables: str) -> str:
    """What a few lines print in a process of its own, connected to a database as « app » or « owner »; it must succeed."""
    environment = os.environ | {
        "LEVIER_TEST_DATABASE": database,
        "LEVIER_DATABASE_ROLE": role,
        "DJANGO_SETTINGS_MODULE": "levier.config.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment | variables, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    return done.stdout.strip()


def reference_template() -> str:
    """A migrated database with the reference tables, made when a migration or a table changed."""
    files = [*REPOSITORY.glob("levier/*/migrations/*.py"), *REPOSITORY.glob("levier/reference/data/**/*")]
    files += [REPOSITORY / f"levier/reference/{name}.py" for name in ("actions", "tables")]
    name = f"levier_template_{fingerprint([*files, REPOSITORY / 'requirements.txt'])}"

    def fill(partial: str) -> None:
        run_python(OWNER_PROCESS, partial, "owner")
        run_python(LOAD_REFERENCE, partial, "app")

    _make_once(name, None, fill)
    return name


def demonstration_template() -> tuple[str, Path]:
    """The same with the demonstration, and the folder of its index; made again when any code changed."""
    base = reference_template()
    files = [*REPOSITORY.glob("levier/**/*"), REPOSITORY / "requirements.txt"]
    name = f"levier_demonstration_{fingerprint(files)}"
    index = Path(settings.LEVIER_HOME) / name

    def fill(partial: str) -> None:
        for old in Path(settings.LEVIER_HOME).glob("levier_demonstration_*"):
            shutil.rmtree(old)
        run_python(LOAD_DEMONSTRATION, partial, "app", LEVIER_TEST_INDEX=str(index))

    _make_once(name, base, fill, beside=index)
    return name, index


def _make_once(name: str, base: str | None, fill: Callable[[str], None], beside: Path | None = None) -> None:
    """Make a template unless it is there, with what lies beside it; the other test processes wait.

    Templates of former code go.
    """
    Path(settings.LEVIER_HOME).mkdir(parents=True, exist_ok=True)
    with (Path(settings.LEVIER_HOME) / "template.lock").open("a") as lock, owner_connection() as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_made = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if is_made and (beside is None or beside.is_dir()):
            return
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        partial = f"{name}_partial"
        connection.execute(f"DROP DATABASE IF EXISTS {partial}")
        connection.execute(f"CREATE DATABASE {partial}" + (f" TEMPLATE {base}" if base else ""))
        fill(partial)
        connection.execute(f"ALTER DATABASE {partial} RENAME TO {name}")
        _drop_older(connection, name)


def _drop_older(connection: psycopg.Connection[tuple[object, ...]], keep: str) -> None:
    family = keep.rpartition("_")[0]
    names = connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s",
        [f"{family}_", keep],
    ).fetchall()
    for (name,) in names:
        with contextlib.suppress(psycopg.Error):  # another run is cloning it
            connection.execute(f"DROP DATABASE {name}")


@contextlib.contextmanager
def fresh_database(template: str, suffix: str = "") -> Iterator[str]:
    """A clone of the template for this process, dropped at the end."""
    name = f"levier_test_{os.getpid()}{suffix}"
    with owner_connection() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield name
    finally:
        _drop(name)


def _drop(name: str) -> None:
    """The owner may not send away a worker of autovacuum, which belongs to the superuser: wait for its end."""
    with owner_connection() as connection:
        for attempt in range(100):
            try:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                return
            except psycopg.errors.InsufficientPrivilege:
                if attempt == 99:
                    raise
                time.sleep(0.1)


if __name__ == "__main__":
    # Started by the runner while it checks the sources: the tests find their templates made.
    import django

    django.setup()
    demonstration_template()
