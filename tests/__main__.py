"""`python -m tests`: every check, every test, then the browser journeys; stops at the first failure.

Options: --fast (neither the tests marked slow nor the journeys), --no-browser, --checks-only, --only-browser, and
--install (the development packages first, while what the tests share is made: it asks for the runtime alone).
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LOUD = "!" * 78
JOURNEYS = "tests/journeys"
HEADLESS = "chromium-headless-shell"
# What the tests share: the templates of their databases, and the installation the journeys copy.
TEMPLATES, FIRST_START = "tests.databases", "tests.journeys.site"
PYTEST = (sys.executable, "-m", "pytest", "-n", "2")
# The tests of one file share what is slow to make: they go to one process, in the order of tests/conftest.py.
BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder")
# A journey shares nothing but the site of its process: whoever is free takes the next one.
ONE_BY_ONE = ("--dist", "worksteal")


def strict_paths() -> list[str]:
    """What mypy reads in strict mode: the rule book, the search port, duplicates, refusals, and each room's queries, actions, policies."""
    paths = [
        "levier/rulebook",
        "levier/core/search",
        "levier/directory/resolution",
        "levier/directory/solicitations",
    ]
    for name in ("queries", "actions", "policies"):
        for pattern in (f"levier/*/{name}*", f"levier/directory/ownership/{name}*"):
            paths += [str(path.relative_to(REPOSITORY)) for path in sorted(REPOSITORY.glob(pattern))]
    return paths


def checks() -> list[tuple[str, list[str]]]:
    """Name and command of each static check."""
    return [
        ("ruff (règles)", [str(BIN / "ruff"), "check", "."]),
        ("ruff (mise en forme)", [str(BIN / "ruff"), "format", "--check", "."]),
        ("import-linter (étages)", [str(BIN / "lint-imports"), "--no-cache"]),
        ("mypy (strict)", [str(BIN / "mypy"), *strict_paths()]),
        ("djlint (gabarits)", [str(BIN / "djlint"), "levier", "--lint", "--quiet"]),
        ("migrations à jour", [sys.executable, "-c", MIGRATIONS_UP_TO_DATE]),
    ]


MIGRATIONS_UP_TO_DATE = """
from tests import environment
import django, os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levier.config.settings")
django.setup()
from django.core.management import call_command
call_command("makemigrations", check=True, dry_run=True, verbosity=1)
"""


def inherited() -> dict[str, str]:
    """The environment, but for what would make every process compile the same modules again."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def run(name: str, command: list[str], **environment: str) -> None:
    """Run one step and stop everything when it fails."""
    started = time.monotonic()
    finished = subprocess.run(command, cwd=REPOSITORY, env=inherited() | environment, check=False)
    mark = "ok" if finished.returncode == 0 else "ÉCHEC"
    print(f"--- {name} : {mark} ({time.monotonic() - started:.0f} s)", flush=True)
    if finished.returncode:
        raise SystemExit(finished.returncode)


def prepare(*modules: str) -> subprocess.Popen[bytes]:
    """Make what the tests share, one module after the other, beside pip and the checks, which leave the second core free."""
    environment = inherited() | {"DJANGO_SETTINGS_MODULE": "levier.config.settings"}
    runs = "".join(f"runpy.run_module({module!r}, run_name='__main__'); " for module in modules)
    code = f"from tests import environment; import runpy; {runs}"
    return subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, env=environment)


def debian(program: str, *packages: str) -> str | None:
    """The program's path; its Debian packages are installed when it is missing and we may."""
    if not shutil.which(program) and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installation de paquets Debian : {' '.join(packages)}…", flush=True)
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            subprocess.run(
                ["apt-get", *arguments], env=os.environ | quiet, check=False, stdout=subprocess.DEVNULL
            )
    return shutil.which(program)


def chromium() -> str | None:
    """The browser's path; Debian's headless one is a third of the work of the whole browser."""
    found = os.environ.get("LEVIER_CHROMIUM") or debian(HEADLESS, HEADLESS)
    return found or shutil.which("chromium") or shutil.which("chromium-browser")


def tesseract() -> None:
    """What reads photographs, or a line nobody can miss; in continuous integration its absence is a failure."""
    if debian("tesseract", "tesseract-ocr", "tesseract-ocr-fra"):
        return
    print(
        f"{LOUD}\nPHOTOS NON LUES : tesseract est introuvable (apt install tesseract-ocr tesseract-ocr-fra), ses tests sont sautés.\n{LOUD}"
    )
    if os.environ.get("CI"):
        raise SystemExit(1)


def journeys(browser: str | None) -> None:
    """The browser journeys, or a line nobody can miss; in continuous integration their absence is a failure."""
    if browser:
        run(
            "parcours dans le navigateur",
            [*PYTEST, *ONE_BY_ONE, JOURNEYS],
            LEVIER_CHROMIUM=browser,
        )
        return
    print(
        f"{LOUD}\nPARCOURS NON JOUÉS : Chromium est introuvable (LEVIER_CHROMIUM=/chemin pour le donner).\n{LOUD}"
    )
    if os.environ.get("CI"):
        raise SystemExit(1)


def main() -> None:
    """Checks, tests, journeys."""
    parser = argparse.ArgumentParser(prog="python -m tests")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--only-browser", action="store_true")
    parser.add_argument("--checks-only", action="store_true")
    parser.add_argument("--install", action="store_true")
    options = parser.parse_args()
    wants_journeys = not (options.no_browser or options.fast or options.checks_only)
    prepared = None
    if not (options.only_browser or options.checks_only):
        prepared = prepare(TEMPLATES, *([FIRST_START] if wants_journeys else []))
    if options.install:
        run("paquets de développement", ["make", "--no-print-directory", "setup-dev"])
    browser = chromium() if wants_journeys else None
    if not (options.only_browser or options.checks_only):
        tesseract()
    if not options.only_browser:
        for name, command in checks():
            run(name, command)
        if options.checks_only:
            return
        marked = ["-m", "not slow"] if options.fast else []
        run("tests", [*PYTEST, *BY_FILE, f"--ignore={JOURNEYS}", *marked])
    if prepared is not None and prepared.wait():
        raise SystemExit("Ce que les tests partagent ne se prépare pas : voyez ce qui précède.")
    if wants_journeys:
        journeys(browser)


if __name__ == "__main__":
    main()
