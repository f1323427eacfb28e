"""Our search engine against PostgreSQL full text: same rows, same queries, same run.

    python -m benchmarks.search --rows 300000
    python -m benchmarks.search --rows 1500000 --alone

With --alone there is no baseline: rows in the proportions of the country (1.3 million ESS bodies for 200,000 others), asked
with and without the ESS, with every facet of the page, then the map at several zooms. Without --dsn nor DATABASE_URL, the embedded
server is started in a temporary folder and removed at the end. The role must be allowed to create extensions. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.generate_suppliers import SEED, generate, generate_mix
from benchmarks.search_postgresql import PostgresqlBaseline
from benchmarks.search_queries import FAMILIES, Asked, draw
from levier.core.postgres import EmbeddedServer, ServerPlaces
from levier.core.search import SearchEngine, Window
from levier.directory.search import (
    FACETS,
    Near,
    SupplierQuery,
    SupplierRow,
    chart_suppliers,
    rebuild_supplier_index,
    search_suppliers,
    supplier_engine,
)
from levier.directory.sentence import read
from levier.directory.understood import as_read
from levier.reference.places import PlaceFinder, packaged_places


@cache
def places() -> PlaceFinder:
    """Every French place."""
    return PlaceFinder(packaged_places())


Times = dict[str, list[float]]


@contextlib.contextmanager
def database(dsn: str | None) -> Iterator[str]:
    """The DSN given, or an embedded server of our own for the time of the measure."""
    if dsn:
        yield dsn
        return
    with tempfile.TemporaryDirectory(prefix="levier-bench-") as home:
        places = ServerPlaces.of(Path(home))
        server = EmbeddedServer(places)
        server.attach()
        try:
            found = server.connection_parameters("postgres", "levier")
            yield " ".join(f"{name}={value}" for name, value in found.items())
        finally:
            server.detach()
            shutil.rmtree(places.base, ignore_errors=True)


def supplier_query(asked: Asked) -> SupplierQuery:
    """The query in the terms of the directory. ESS bodies included: the baseline has no such exclusion.

    A sentence is read here, as the page does: kind, trade with its other words and sectors, place with its radius. The baseline
    takes the same words as words.
    """
    if asked.is_sentence:
        base = SupplierQuery(with_ess=True, facets=asked.facets, limit=asked.limit)
        return as_read(read(asked.text, places()), base).query
    return SupplierQuery(
        text=asked.text,
        near=Near(*asked.point) if asked.point else None,
        radius_km=asked.radius_km,
        departements=(asked.departement,) if asked.departement else (),
        kinds=(asked.kind,) if asked.kind else (),
        sectors=(asked.sector,) if asked.sector else (),
        with_ess=True,
        relax=False,
        prefix=asked.is_prefix,
        sort="distance" if asked.by_distance else "relevance",
        facets=asked.facets,
        offset=asked.offset,
        limit=asked.limit,
    )


def timed(queries: list[Asked], answer: Callable[[Asked], Any], passes: int) -> tuple[Times, Times]:
    """Milliseconds by family, of the clock and of this process's CPU, in shuffled order after a warm pass.

    On a machine that works for others too, the clock counts the wait for a core; the CPU does not.
    """
    for asked in queries:
        answer(asked)
    times: Times = {family: [] for family in FAMILIES}
    spent: Times = {family: [] for family in FAMILIES}
    order = list(queries)
    rng = random.Random(1)
    for _ in range(passes):
        rng.shuffle(order)
        for asked in order:
            start, busy = time.perf_counter(), time.process_time()
            answer(asked)
            spent[asked.family].append((time.process_time() - busy) * 1000)
            times[asked.family].append((time.perf_counter() - start) * 1000)
    return times, spent


def agreement(queries: list[Asked], engine: SearchEngine, baseline: PostgresqlBaseline) -> dict[str, str]:
    """In how many queries of each family both give the same total (typos and prefixes differ by design)."""
    same: dict[str, list[bool]] = {family: [] for family in FAMILIES}
    for asked in queries:
        ours, theirs = search_suppliers(engine, supplier_query(asked)).total, baseline.search(asked)[0]
        same[asked.family].append(ours == theirs)
    return {family: f"{sum(found)}/{len(found)}" for family, found in same.items()}


# Zoom and window of a screen of 1,100 by 400 pixels: the country, a région, a département, a town.
ZOOMS = {
    "country": (5, 15.0, 6.0),
    "région": (8, 6.0, 1.5),
    "département": (10, 1.5, 0.37),
    "town": (13, 0.19, 0.05),
}


def window_around(point: tuple[float, float], zoom: str) -> Window:
    """What the map of the page asks for around a place in degrees."""
    level, width, height = ZOOMS[zoom]
    latitude, longitude = point if zoom != "country" else (46.6, 2.4)
    return Window(
        max(latitude - height / 2, -85), max(longitude - width / 2, -180),
        min(latitude + height / 2, 85), min(longitude + width / 2, 180), level + 2, names_all=level == 13,
    )  # fmt: skip


def alone(rows: list[SupplierRow], engine: SearchEngine, queries: list[Asked], passes: int) -> None:
    """Our engine by itself at the size of the country; prints the tables."""
    page = tuple(name for name in FACETS if name not in {"family", "group", "region"})
    lines = [
        "| family, ms | p50 | p95 | max | CPU p95 | p50, no ESS | p95, no ESS | CPU p95, no ESS |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]

    def answer(with_ess: bool) -> Callable[[Asked], Any]:
        return lambda asked: search_suppliers(
            engine, replace(supplier_query(asked), with_ess=with_ess, facets=page)
        )

    full, full_cpu = timed(queries, answer(True), passes)
    some, some_cpu = timed(queries, answer(False), passes)
    measured = [(name, full[name], full_cpu[name], some[name], some_cpu[name]) for name in FAMILIES]
    every = [[value for one in times.values() for value in one] for times in (full, full_cpu, some, some_cpu)]
    for name, a, a_cpu, b, b_cpu in [*measured, ("**all queries**", *every)]:
        lines.append(
            f"| {name} | {statistics.median(a):.1f} | {percentile(a, 0.95):.1f} | {max(a):.1f} | {percentile(a_cpu, 0.95):.1f} "
            f"| {statistics.median(b):.1f} | {percentile(b, 0.95):.1f} | {percentile(b_cpu, 0.95):.1f} |"
        )
    print("\n".join(lines), end="\n\n")
    print("| map, ms | hits, median | p50 | p95 | max |\n|---|---:|---:|---:|---:|")
    placed = [row for row in random.Random(3).sample(rows, 400) if row.latitude is not None]
    everybody = [
        SupplierQuery(with_ess=True),
        SupplierQuery(),
        SupplierQuery(text="association", with_ess=True),
    ]
    for zoom in ZOOMS:
        times, hits = [], []
        for number, asked in enumerate(everybody * 4 + [supplier_query(one) for one in queries]):
            row = placed[number % len(placed)]
            shown = window_around((row.latitude or 0.0, row.longitude or 0.0), zoom)
            start = time.perf_counter()
            found = chart_suppliers(engine, replace(asked, offset=0), shown)
            times.append((time.perf_counter() - start) * 1000)
            hits.append(found.total)
        print(
            f"| {zoom} | {statistics.median(hits):.0f} | {statistics.median(times):.1f} | {percentile(times, 0.95):.1f} | {max(times):.1f} |"
        )


def percentile(values: list[float], share: float) -> float:
    """Value below which the share lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def table(ours: Times, spent: Times, theirs: Times, agreed: dict[str, str]) -> str:
    """The Markdown table of the families, then all the queries together."""
    lines = [
        "| family, ms | ours p50 | ours p95 | our CPU p95 | PG p50 | PG p95 | ratio p50 | same total |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    rows = [(family, ours[family], spent[family], theirs[family]) for family in FAMILIES]
    every = [[value for values in times.values() for value in values] for times in (ours, spent, theirs)]
    rows.append(("**all queries**", every[0], every[1], every[2]))
    for name, mine, cpu, other in rows:
        a, b = statistics.median(mine), statistics.median(other)
        lines.append(
            f"| {name} | {a:.2f} | {percentile(mine, 0.95):.2f} | {percentile(cpu, 0.95):.2f} "
            f"| {b:.2f} | {percentile(other, 0.95):.2f} "
            f"| {b / a:.0f} | {agreed.get(name, '')} |"
        )
    return "\n".join(lines)


def memory_mb() -> float:
    """Resident memory of this process, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def engine_memory_mb(engine: Any) -> float:
    """What opening the index and searching it adds to a fresh process, in MB."""
    code = (
        "from benchmarks.search import added_memory_mb; from pathlib import Path; import sys; "
        "print(added_memory_mb(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(engine.root.parent)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def added_memory_mb(folder: Path) -> float:
    """The same, in this process."""
    before = memory_mb()
    engine = supplier_engine(folder)
    engine.warm()
    for text in ("nettoyage", "netoyage", ""):
        search_suppliers(engine, SupplierQuery(text=text, facets=FACETS))
    search_suppliers(engine, SupplierQuery(near=Near(48.85, 2.35), radius_km=100, facets=FACETS))
    return memory_mb() - before


def by_itself(rows: list[SupplierRow], queries: list[Asked], passes: int) -> None:
    """Build, open in a fresh process, ask, print."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="levier-index-") as folder:
        engine = supplier_engine(Path(folder))
        start = time.perf_counter()
        rebuild_supplier_index(engine, rows)
        built = time.perf_counter() - start
        added = engine_memory_mb(engine)
        start = time.perf_counter()
        engine.warm()
        opened = time.perf_counter() - start
        alone(rows, engine, queries, passes)
        size = engine.status().size_bytes / 1e6
    print(
        f"\n{len(rows)} rows, {len(queries)} queries x {passes} passes, warm, one thread. Index built in {built:.0f} s, {size:.0f} MB on "
        f"disk, opened in {opened:.1f} s, {added:.0f} MB added to a process. Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {load:.1f} before, {os.getloadavg()[0]:.1f} after."
    )


def main() -> None:
    """Build both, check that they agree, time both, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--queries", type=int, default=30, help="per family")
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="no baseline, in the proportions of the country")
    parser.add_argument("--dsn", default=os.environ.get("DATABASE_URL"))
    chosen = parser.parse_args()
    rows = list((generate_mix if chosen.alone else generate)(chosen.rows, SEED))
    queries = draw(rows, chosen.queries)
    if chosen.alone:
        by_itself(rows, queries, chosen.passes)
        return
    with tempfile.TemporaryDirectory(prefix="levier-index-") as folder, database(chosen.dsn) as dsn:
        engine = supplier_engine(Path(folder))
        start = time.perf_counter()
        rebuild_supplier_index(engine, rows)
        our_build = time.perf_counter() - start
        added = engine_memory_mb(engine)
        engine.warm()
        baseline = PostgresqlBaseline(dsn)
        try:
            their_build = baseline.load(rows)
            agreed = agreement(queries, engine, baseline)
            ours, spent = timed(
                queries, lambda asked: search_suppliers(engine, supplier_query(asked)), chosen.passes
            )
            theirs, _ = timed(queries, baseline.search, chosen.passes)
            print(table(ours, spent, theirs, agreed))
            indexes, everything = baseline.sizes()
            size = engine.status().size_bytes
            print()
            print("| | ours | PostgreSQL |\n|---|---:|---:|")
            print(f"| build s | {our_build:.1f} | {their_build:.1f} |")
            print(f"| index MB | {size / 1e6:.0f} | {indexes / 1e6:.0f} (with rows {everything / 1e6:.0f}) |")
            print(f"| memory added to a process MB | {added:.0f} | |")
            print()
            print(
                f"{chosen.rows} rows, {len(queries)} queries x {chosen.passes} passes, warm, one thread; "
                f"Python {platform.python_version()}, PostgreSQL {baseline.version()}, "
                f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."
            )
        finally:
            baseline.close()


if __name__ == "__main__":
    main()
