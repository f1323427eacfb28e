"""The open files: rows, seconds and peak memory of `levier export suppliers`, per format.

    python -m benchmarks.exporting --rows 100000

Each format is written by a fresh process, whose highest resident memory is read meanwhile. The baseline, in the same run,
reads the same suppliers with the ORM and writes a CSV of the columns one table holds.
Uses an installation of its own, removed at the end unless --home names one. Prints Markdown.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.importing import SOURCES
from benchmarks.installation import installation, machine, write_suppliers_csv

FORMATS = ("csv", "jsonl", "parquet", "data-inclusion")


def fill(home: Path, count: int) -> None:
    """Publish `count` generated suppliers, unless this home holds them already."""
    from django.db import connection

    from levier.core.audit import Actor
    from levier.directory.actions import import_source
    from levier.directory.queries import count_listed

    if count_listed() < count:
        path = home / f"suppliers-{count}.csv"
        write_suppliers_csv(path, count)
        import_source(source=SOURCES[0], path=path, by=Actor.machine("mesure"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE directory_supplier, directory_sourcerecord")


def measured(command: list[str]) -> tuple[dict[str, object], float, float]:
    """Run a command that prints one JSON document: the document, seconds of the clock, highest memory in MB.

    The kernel's rusage of a child starts at its parent's memory; VmHWM is the child's own.
    """
    start, highest = time.perf_counter(), 0.0
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        lines = status.read_text().splitlines() if status.exists() else []
        highest = max([highest, *(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))])
        time.sleep(0.01)
    seconds = time.perf_counter() - start
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{command} : {process.returncode}")
    return json.loads(said), seconds, highest


def baseline(path: str) -> None:
    """What one writes first: every row as an object, columns of one table, csv.writer."""
    from levier.cli.boot import start_django

    start_django()
    from levier.directory.models import Supplier

    names = [column.attname for column in Supplier._meta.concrete_fields]
    start = time.perf_counter()
    rows = 0
    with Path(path).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for supplier in Supplier.objects.filter(is_listed=True).order_by("id"):
            writer.writerow([getattr(supplier, name) for name in names])
            rows += 1
    seconds = time.perf_counter() - start
    print(json.dumps({"rows": rows, "bytes": Path(path).stat().st_size, "seconds": seconds}))


def main() -> None:
    """Fill an installation, write each format, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="installation to use and keep")
    parser.add_argument("--baseline", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.baseline:
        baseline(chosen.baseline)
        return
    with installation(chosen.home) as home:
        fill(home, chosen.rows)
        naive = [sys.executable, "-m", "benchmarks.exporting", "--baseline", str(home / "naive.csv")]
        runs = {"baseline: ORM and csv.writer": measured(naive)}
        for form in FORMATS:
            out = str(home / f"export.{form}")
            command = [
                sys.executable,
                "-m",
                "levier",
                "export",
                "suppliers",
                "--format",
                form,
                "--out",
                out,
                "--json",
            ]
            runs[form] = measured(command)
        slowest = float(str(next(iter(runs.values()))[0]["seconds"]))
        print("| format | rows | seconds | with start-up, s | peak memory, MB | file, MB | times faster |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name, (said, whole, memory) in runs.items():
            seconds, size = float(str(said["seconds"])), int(str(said["bytes"])) / 1e6
            print(
                f"| {name} | {said['rows']:,} | {seconds:.2f} | {whole:.2f} | {memory:.0f} | {size:.1f} "
                f"| {slowest / seconds:.1f} |"
            )
        print(f"\n{machine()}.")


if __name__ == "__main__":
    main()
