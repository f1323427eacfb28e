"""A production refuses to start unsafe, with one French sentence and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import REPOSITORY

GOOD = {
    "LEVIER_ENV": "production",
    "LEVIER_SECRET_KEY": "k" * 60,
    "LEVIER_HOSTS": "levier.exemple.fr",
    "LEVIER_MAIL_URL": "smtp://localhost",
}


PRINT = """
import levier.config.settings as found
print(found.SITE_URL, found.DEBUG, getattr(found, "SESSION_COOKIE_SECURE", False))
"""


def start(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a fresh process that knows nothing but these variables."""
    environment = {"PATH": os.environ["PATH"], "LEVIER_HOME": str(home), "LC_ALL": "C.UTF-8"} | variables
    return subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_a_command_writes_links_to_the_address_that_is_served(tmp_path: Path) -> None:
    assert start(tmp_path).stdout.split()[0] == "http://localhost:8000"
    (tmp_path / "site-address").write_text("http://localhost:8017")
    assert start(tmp_path).stdout.split()[0] == "http://localhost:8017"
    assert start(tmp_path, **GOOD).stdout.split()[0] == "https://levier.exemple.fr"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (GOOD | {"LEVIER_SECRET_KEY": ""}, "LEVIER_SECRET_KEY manque"),
        (GOOD | {"LEVIER_DEBUG": "1"}, "LEVIER_DEBUG est actif en production"),
        (GOOD | {"LEVIER_HOSTS": ""}, "LEVIER_HOSTS manque"),
        (GOOD | {"LEVIER_MAIL_URL": ""}, "LEVIER_MAIL_URL manque"),
        (GOOD | {"LEVIER_ENV": "prod"}, "écrivez development ou production"),
        (GOOD | {"DATABASE_URL": "mysql://levier@localhost/levier"}, "PostgreSQL 15 ou plus récent"),
        ({"LEVIER_DEBUG": "peut-être"}, "écrivez 1 (oui) ou 0 (non)"),
        ({"LEVIER_TRUSTED_PROXIES": "deux"}, "un nombre entier est attendu"),
    ],
)
def test_an_unsafe_setting_stops_the_start_with_a_sentence(
    tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    finished = start(tmp_path, **variables)
    assert finished.returncode != 0
    assert sentence in finished.stderr
    assert "Traceback" not in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_a_production_with_its_secrets_starts(tmp_path: Path) -> None:
    finished = start(tmp_path, **GOOD)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.split() == ["https://levier.exemple.fr", "False", "True"]
    assert not list(tmp_path.iterdir()), "a production writes no secret of its own"


@pytest.mark.slow
def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("k" * 60 + "\n")
    variables = GOOD | {"LEVIER_SECRET_KEY": "", "LEVIER_SECRET_KEY_FILE": str(secret)}
    assert start(tmp_path, **variables).returncode == 0


@pytest.mark.slow
def test_development_keeps_a_private_key_between_two_starts(tmp_path: Path) -> None:
    assert start(tmp_path).returncode == 0
    key = (tmp_path / "secret-key").read_text()
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert start(tmp_path).returncode == 0
    assert (tmp_path / "secret-key").read_text() == key


LOADED = """
import sys, django
django.setup()
print(sorted({"duckdb", "numpy", "pypdf", "tantivy", "typst", "levier.directory.sources"} & set(sys.modules)))
"""


@pytest.mark.slow
def test_a_command_line_starts_without_what_it_does_not_use(tmp_path: Path) -> None:
    """Tasks and slots of the rooms load their actions when they run."""
    variables = {"LEVIER_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "levier.config.settings"}
    finished = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=REPOSITORY, env=os.environ | variables, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert finished.stdout.strip() == "[]"
