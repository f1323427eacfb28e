"""A day of the directory: a file of which 1 % changed, from its import to the answer of a search.

    python -m benchmarks.daily_change --rows 300000
    python -m benchmarks.daily_change --rows 300000 --share 0.05

One third of the changed lines are new, one third say something else, one third are gone. The index is followed by
`levier index follow` in a process of its own, as in production. Baseline, in the same run: every line judged again
(a trial that is rolled back), as before lines were left alone. Uses an installation of its own, removed at the end.
Prints Markdown.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.importing import timed_stages
from benchmarks.installation import Stages, installation, machine, write_suppliers_csv

# A word of no trade, no place and no name: who bears it came with the changed file.
NEW_WORD = "zwyxophone"
SOURCE = "suppliers-csv"
PATIENCE_SECONDS = 120


def write_next_day(today: Path, path: Path, rows: int, share: float) -> int:
    """The file of the next day, from one of ``rows`` lines and as many new ones behind. Returns the lines touched."""
    each = max(1, round(rows * share / 3))
    step = max(1, rows // (2 * each))
    with (
        today.open(encoding="utf-8", newline="") as source,
        path.open("w", encoding="utf-8", newline="") as out,
    ):
        reader, writer = csv.reader(source, delimiter=";"), csv.writer(out, delimiter=";")
        header = next(reader)
        writer.writerow(header)
        description = header.index("description")
        for number, row in enumerate(itertools.islice(reader, rows)):
            turn, place = divmod(number, step)
            if place or turn >= 2 * each:
                writer.writerow(row)
            elif turn % 2:
                row[description] = f"{row[description]} {NEW_WORD}"
                writer.writerow(row)
        for row in itertools.islice(reader, each):
            row[description] = f"{row[description]} {NEW_WORD}"
            writer.writerow(row)
    return 3 * each


def found() -> int:
    """How many suppliers a search finds that only the new file names."""
    from levier.directory import index
    from levier.directory.search import SupplierQuery

    return index.find(SupplierQuery(text=NEW_WORD, with_ess=True, relax=False)).total


def follower() -> subprocess.Popen[bytes]:
    """The follower of the index, as production runs it."""
    return subprocess.Popen([sys.executable, "-m", "levier", "index", "follow"])


def main() -> None:
    """Load, index, change, import, search, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--share", type=float, default=0.01, help="share of the lines that change")
    parser.add_argument("--home", type=Path, help="installation to use and keep")
    chosen = parser.parse_args()
    with installation(chosen.home) as home:
        measure(home, chosen.rows, chosen.share)


def measure(home: Path, rows: int, share: float) -> None:
    """One day, printed."""
    from levier.core.audit import Actor
    from levier.directory import actions
    from levier.directory.index import SUPPLIERS

    every, today, tomorrow = home / "every.csv", home / "today.csv", home / "tomorrow.csv"
    write_suppliers_csv(every, rows + max(1, round(rows * share / 3)))
    with every.open(encoding="utf-8") as source, today.open("w", encoding="utf-8") as out:
        out.writelines(itertools.islice(source, rows + 1))
    touched = write_next_day(every, tomorrow, rows, share)
    by = Actor.machine("mesure")
    loading = time.perf_counter()
    actions.import_source(source=SOURCE, path=today, by=by)
    building = time.perf_counter()
    SUPPLIERS.rebuild()
    built = time.perf_counter()
    assert found() == 0
    before = os.getloadavg()[0]
    following = follower()
    time.sleep(3)
    try:
        with timed_stages() as stages:
            start = time.perf_counter()
            report = actions.import_source(source=SOURCE, path=tomorrow, by=by)
            imported = time.perf_counter() - start
        wanted = round(touched * 2 / 3)
        while found() < wanted and time.perf_counter() - start < PATIENCE_SECONDS:
            time.sleep(0.1)
        total = time.perf_counter() - start
    finally:
        following.terminate()
        following.wait()
    assert found() == wanted, "the follower did not bring the changes"
    with mock.patch.object(actions, "rules_fingerprint", lambda *given: "judge all"):
        start = time.perf_counter()
        actions.import_source(source=SOURCE, path=tomorrow, by=by, dry_run=True)
        judged_all = time.perf_counter() - start
    show(rows, touched, report, stages, imported, total, judged_all)
    print(
        f"\nBefore: first import {building - loading:.1f} s, index built in {built - building:.1f} s."
        f" {machine()} ({before:.1f} before)."
    )


def show(
    rows: int, touched: int, report: Any, stages: Stages, imported: float, total: float, judged_all: float
) -> None:
    """The table of a day."""
    print(f"| {rows:,} lines, {touched:,} of them new, changed or gone | |\n|---|---:|")
    for name in ("created", "updated", "unchanged", "gone", "rejected", "suppliers"):
        print(f"| {'suppliers to index' if name == 'suppliers' else name} | {getattr(report, name):,} |")
    for name, seconds in stages.seconds.items():
        print(f"| {name}, s | {seconds:.1f} |")
    print(f"| the rest (commit, report), s | {imported - sum(stages.seconds.values()):.1f} |")
    print(f"| **imported**, s | **{imported:.1f}** |")
    print(f"| followed by the index, s | {total - imported:.1f} |")
    print(f"| **found by a search**, s | **{total:.1f}** |")
    print(f"| baseline, every line judged: import alone, s | {judged_all:.1f} |")
    print(f"| times faster | {judged_all / imported:.1f} |")


if __name__ == "__main__":
    main()
