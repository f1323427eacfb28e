"""Import of suppliers: rows per second, seconds by stage and memory, for a first import and for the same again.

    python -m benchmarks.importing --rows 300000
    python -m benchmarks.importing --rows 300000 --source ess

Uses an installation of its own, removed at the end unless --home names one. Prints Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.installation import Stages, installation, machine, watched_memory, write_suppliers_csv

SOURCES = ("suppliers-csv", "ess")
JUDGED = "4 resolve: judge the lines, PostgreSQL waiting"


def write_ess_csv(path: Path, rows: int) -> None:
    """A file like the national list of the ESS: a legal unit per row, in the communes of the package."""
    import csv

    from levier.organisations.identifiers import is_valid_siren
    from levier.reference.models import Commune

    places = list(Commune.objects.whole().values_list("name", "departement_id", "postal_codes")[:20_000])
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["SIREN", "Raison sociale", "Famille", "Code postal", "Commune", "Département", "APE"]
        )
        for number in range(rows):
            start = f"{30_000_000 + number}"
            siren = next(f"{start}{key}" for key in range(10) if is_valid_siren(f"{start}{key}"))
            name, departement, codes = places[number % len(places)]
            writer.writerow(
                [siren, f"ASSOCIATION {number} DE {name}", "Association", (codes or [""])[0], name,
                 departement, ("9499Z", "8899B", "9312Z", "8121Z")[number % 4]]
            )  # fmt: skip


def _timed(stages: Stages, name: str, work: Any) -> Any:
    def run(*given: Any, **named: Any) -> Any:
        with stages.of(name):
            return work(*given, **named)

    return run


def _waited(stages: Stages, parts: Iterator[Path]) -> Iterator[Path]:
    """The same; what is waited for each of them is counted, and not what is judged while PostgreSQL works."""
    while True:
        with stages.of(JUDGED):
            part = next(parts, None)
        if part is None:
            return
        yield part


@contextlib.contextmanager
def timed_stages() -> Iterator[Stages]:
    """Time the parts of every import made inside."""
    from levier.directory import actions
    from levier.directory.sources import publishing
    from levier.directory.sources.publishing import Publisher

    stages = Stages()
    timed = partial(_timed, stages)

    def run_stage(publisher: Any, cursor: Any, stage: str) -> None:
        with stages.of(stage.removesuffix(".sql").replace("_", " ")):
            run(publisher, cursor, stage)

    def judge_rows(*given: Any, **named: Any) -> Any:
        with stages.of(JUDGED):
            judged = judge(*given, **named)
        judged.parts = _waited(stages, judged.parts)
        return judged

    run, judge = Publisher._run, actions.judge_rows
    with (
        mock.patch.object(
            actions, "read_source", timed("1 to 3, map, union, enrich (DuckDB)", actions.read_source)
        ),
        mock.patch.object(
            actions, "leave_unchanged", timed("4 resolve: leave unchanged", actions.leave_unchanged)
        ),
        mock.patch.object(actions, "judge_rows", judge_rows),
        mock.patch.object(
            Publisher, "_copy_file", timed("4 resolve: copy to PostgreSQL", Publisher._copy_file)
        ),
        mock.patch.object(Publisher, "_run", run_stage),
        mock.patch.object(
            publishing, "tell_districts", timed("5 publish: districts", publishing.tell_districts)
        ),
        mock.patch.object(
            publishing, "record_changes", timed("5 publish: change log", publishing.record_changes)
        ),
    ):
        yield stages


def measured(source: str, path: Path) -> tuple[Any, float, float, float, dict[str, float]]:
    """Report, seconds of the clock and of this process's CPU, highest resident memory in MB, and stages."""
    from levier.core.audit import Actor
    from levier.directory.actions import import_source

    with watched_memory() as highest, timed_stages() as stages:
        start, busy = time.perf_counter(), time.process_time()
        report = import_source(source=source, path=path, by=Actor.machine("mesure"))
        seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    return report, seconds, cpu, highest[0], stages.seconds


def main() -> None:
    """Import the same file twice, print both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--source", choices=SOURCES, default=SOURCES[0])
    parser.add_argument("--home", type=Path, help="installation to use and keep")
    chosen = parser.parse_args()
    with installation(chosen.home) as home:
        path = home / f"{chosen.source}-{chosen.rows}.csv"
        if not path.exists():
            write = write_ess_csv if chosen.source == "ess" else write_suppliers_csv
            write(path, chosen.rows)
        before = os.getloadavg()[0]
        first, again = measured(chosen.source, path), measured(chosen.source, path)
        print("| import of the same file | first | again |\n|---|---:|---:|")
        for name in ("read", "created", "updated", "unchanged", "rejected"):
            print(f"| rows {name} | {getattr(first[0], name):,} | {getattr(again[0], name):,} |")
        print(f"| seconds | {first[1]:.1f} | {again[1]:.1f} |")
        print(f"| rows/s | {first[0].read / first[1]:,.0f} | {again[0].read / again[1]:,.0f} |")
        print(f"| CPU of the importing process, s | {first[2]:.1f} | {again[2]:.1f} |")
        print(f"| highest resident memory, MB | {first[3]:.0f} | {again[3]:.0f} |")
        for name in dict.fromkeys([*first[4], *again[4]]):
            print(f"| {name}, s | {first[4].get(name, 0):.1f} | {again[4].get(name, 0):.1f} |")
        rest = [seconds - sum(stages.values()) for _, seconds, _, _, stages in (first, again)]
        print(f"| the rest (counts, commit and its checks, report), s | {rest[0]:.1f} | {rest[1]:.1f} |")
        print(f"\nFile of {path.stat().st_size / 1e6:.0f} MB. {machine()} ({before:.1f} before).")


if __name__ == "__main__":
    main()
