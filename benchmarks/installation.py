"""An installation of its own for the benchmarks that need a database, and the machine they ran on."""

from __future__ import annotations

import contextlib
import csv
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.generate_suppliers import generate

COLUMNS = (
    "siret", "type", "nom", "enseigne", "code_postal", "code_commune", "ville", "latitude", "longitude", "naf",
    "description", "secteurs",
)  # fmt: skip


@contextlib.contextmanager
def installation(home: Path | None) -> Iterator[Path]:
    """A migrated database with the reference tables: in `home`, which is kept, or in a folder that is removed.

    Django starts here: nothing that needs its settings may be imported before.
    """
    parent = Path(os.environ.get("LEVIER_HOME") or tempfile.gettempdir())
    parent.mkdir(parents=True, exist_ok=True)
    folder = home or Path(tempfile.mkdtemp(prefix="levier-bench-", dir=parent))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["LEVIER_HOME"] = str(folder)
    from levier.core.postgres import EmbeddedServer, ServerPlaces

    places = ServerPlaces.of(folder)
    server = EmbeddedServer(places)
    server.attach()
    try:
        subprocess.run([sys.executable, "-m", "levier", "migrate"], check=True)
        from levier.cli.boot import start_django

        start_django(database=False)
        from levier.core.audit import Actor
        from levier.reference.actions import load_reference

        load_reference(by=Actor.machine("mesure"))
        yield folder
    finally:
        close_connections()
        server.detach()
        if home is None:
            shutil.rmtree(places.base, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)


def close_connections() -> None:
    """The server stops when nobody is connected any more."""
    from django.db import connections

    connections.close_all()


def write_suppliers_csv(path: Path, count: int) -> None:
    """`count` generated suppliers in the columns of the source suppliers-csv; two in three declare no sector.

    Their numbers are given right keys, so that the import accepts the rows.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(COLUMNS)
        for row in generate(count):
            siren = _with_key(f"{10_000_000 + row.key:08d}")
            declared = ";".join(row.sectors) if row.activity == "stated" and row.key % 3 == 0 else ""
            writer.writerow([
                _with_key(f"{siren}{row.key % 90 + 1:04d}"), row.kind, row.name, row.brand, row.postal_code,
                row.commune, row.commune_name, row.latitude or "", row.longitude or "", row.naf, row.description,
                declared,
            ])  # fmt: skip


def _with_key(digits: str) -> str:
    """The digits followed by their Luhn key."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


def machine() -> str:
    """Cores, memory, load and versions, as one line under a table."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {pages:.0f} GB, load average {load}, "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )


def resident_mb(process: str = "self") -> float:
    """Resident memory of a process, in MB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextlib.contextmanager
def watched_memory(step: float = 0.05) -> Iterator[list[float]]:
    """The list given holds the highest resident memory of this process meanwhile, in MB."""
    highest = [resident_mb()]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(step):
            highest[0] = max(highest[0], resident_mb())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield highest
    finally:
        over.set()
        watcher.join()


class Stages:
    """Adds up the seconds of named stages; a stage inside another is counted in both."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Time what happens inside under `name`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
