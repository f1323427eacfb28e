"""A SIRENE stock, from its files to the published directory, against pandas in chunks in the same run.

    python -m benchmarks.sirene --establishments 1000000 5000000
    python -m benchmarks.sirene --establishments 200000 --without-slowest

The files are generated (benchmarks/generate_sirene.py). Each method runs in a process of its own on the same installation,
whose tables are emptied between runs, dead rows included; memory is the highest resident memory of that process (DuckDB and pandas run in
it; PostgreSQL is apart). With two sizes, a straight line gives the projection to 42 million establishments.
Needs pandas (`pip install -r requirements-reference.txt`) for the baseline. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.generate_sirene import ESTABLISHMENTS, write_stock
from benchmarks.installation import installation, machine

WHOLE_STOCK = 42_000_000
METHODS = {
    "ours, Parquet": "levier-parquet",
    "ours, CSV": "levier-csv",
    "pandas in chunks, CSV, then COPY": "pandas-copy",
    "pandas in chunks, CSV, then INSERT": "pandas-insert",
    "pandas in chunks to SQLite, joined there, then INSERT": "pandas-sqlite",
}
_EMPTIED = (
    "directory_sourcerecord", "directory_supplierhistory", "directory_supplier", "organisations_establishment",
    "organisations_organisation", "core_change",
)  # fmt: skip


def run_here(method: str, folder: Path) -> dict[str, Any]:
    """One import in this process: seconds of the clock and of its CPU, suppliers, stages, highest memory in MB."""
    from levier.cli.boot import start_django

    start_django(database=False)
    idle = time.process_time()
    if method.startswith("pandas"):
        from benchmarks.sirene_pandas import import_stock

        result = import_stock(folder, method.removeprefix("pandas-"))
    else:
        from benchmarks.importing import timed_stages
        from levier.core.audit import Actor
        from levier.directory.actions import import_source

        stock = folder / method.removeprefix("levier-")
        form = "csv" if method.endswith("csv") else "parquet"
        with timed_stages() as stages:
            start = time.perf_counter()
            report = import_source(
                source="sirene-ess", path=stock / f"{ESTABLISHMENTS}.{form}", by=Actor.machine("mesure")
            )
            seconds = time.perf_counter() - start
        assert report.rejected == 0, report.reasons
        named = {name: spent for name, spent in stages.seconds.items() if spent >= 0.1}
        named["the rest (commit and its checks)"] = seconds - sum(stages.seconds.values())
        result = {"suppliers": report.created, "seconds": seconds, "stages": named}
    high = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    return result | {"memory": int(high.split()[1]) / 1024, "cpu": time.process_time() - idle}


def emptied() -> None:
    """The tables of an installation before its first import: no row, and none of those the run before left dead."""
    import psycopg
    from django.db import connection

    from levier.core.postgres import EmbeddedServer, ServerPlaces
    from levier.core.postgres.server import OWNER

    with connection.cursor() as cursor:
        for table in _EMPTIED:
            cursor.execute(f"DELETE FROM {table}")
    server = EmbeddedServer(ServerPlaces.of(Path(os.environ["LEVIER_HOME"])))
    with psycopg.connect(**server.connection_parameters(OWNER), autocommit=True) as owner:
        owner.execute(f"VACUUM {', '.join(_EMPTIED)}")


def measured(method: str, folder: Path) -> dict[str, Any]:
    """One import in a process of its own."""
    emptied()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sirene", "--child", method, "--stock", str(folder)],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def generated(folder: Path, count: int) -> tuple[float, float]:
    """Write the stock in both formats, each in its folder; sizes in MB (CSV, Parquet)."""
    write_stock(folder / "csv", count, ("csv", "parquet"))
    (folder / "parquet").mkdir()
    for path in (folder / "csv").glob("*.parquet"):
        path.rename(folder / "parquet" / path.name)
    sizes = [
        sum(one.stat().st_size for one in (folder / form).iterdir()) / 1e6 for form in ("csv", "parquet")
    ]
    return sizes[0], sizes[1]


def show(count: int, sizes: tuple[float, float], results: dict[str, dict[str, Any]]) -> None:
    """The table of one size."""
    suppliers = results["ours, CSV"]["suppliers"]
    print(f"\n{count:,} establishments, {count * 7 // 10:,} legal units ({sizes[0]:,.0f} MB of CSV, {sizes[1]:,.0f} MB of"
          f" Parquet); {suppliers:,} suppliers ({suppliers / count:.2%} of the establishments).\n")  # fmt: skip
    print(
        "| method | s | CPU of the process, s | establishments/s | highest memory, MB | suppliers"
        " | ours, CSV, is faster | ours, Parquet, is faster |\n|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    for name, found in results.items():
        ratios = [found["seconds"] / results[f"ours, {form}"]["seconds"] for form in ("CSV", "Parquet")]
        print(f"| {name} | {found['seconds']:.1f} | {found['cpu']:.1f} | {count / found['seconds']:,.0f}"
              f" | {found['memory']:.0f} | {found['suppliers']:,} | {ratios[0]:.1f} × | {ratios[1]:.1f} × |")  # fmt: skip
    for name, found in results.items():
        stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in found["stages"].items())
        print(f"\n{name}, seconds: {stages}.")


def project(by_size: dict[int, dict[str, dict[str, Any]]]) -> None:
    """The straight line through the smallest and the largest size, drawn to the whole stock."""
    small, large = min(by_size), max(by_size)
    if small == large:
        return
    print(
        f"\nProjection to {WHOLE_STOCK:,} establishments: the straight line through {small:,} and {large:,}.\n"
    )
    print("| method | seconds at the start | seconds a million | projected, s | memory at both sizes, MB |")
    print("|---|---:|---:|---:|---:|")
    for name in by_size[large]:
        first, last = by_size[small][name], by_size[large][name]
        slope = (last["seconds"] - first["seconds"]) / (large - small)
        start = first["seconds"] - slope * small
        print(f"| {name} | {start:.1f} | {slope * 1e6:.1f} | {start + slope * WHOLE_STOCK:,.0f}"
              f" | {first['memory']:.0f}, {last['memory']:.0f} |")  # fmt: skip


def main() -> None:
    """Generate each size, import it by each method, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--establishments", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument(
        "--without-slowest", action="store_true", help="leave out the baselines that send rows by INSERT"
    )
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--stock", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        print(json.dumps(run_here(chosen.child, chosen.stock)))
        return
    methods = {
        name: method
        for name, method in METHODS.items()
        if not (chosen.without_slowest and method in ("pandas-insert", "pandas-sqlite"))
    }
    by_size: dict[int, dict[str, dict[str, Any]]] = {}
    with installation(None) as home:
        for count in sorted(chosen.establishments):
            folder = Path(tempfile.mkdtemp(prefix="sirene-", dir=home))
            sizes = generated(folder, count)
            before = os.getloadavg()[0]
            by_size[count] = {
                name: measured(method, folder if method.startswith("levier") else folder / "csv")
                for name, method in methods.items()
            }
            show(count, sizes, by_size[count])
            print(f"\n{machine()} ({before:.1f} before).", flush=True)
            shutil.rmtree(folder)
    project(by_size)


if __name__ == "__main__":
    main()
