"""Is the search good? The reference set (tests/gold/search.yaml) asked of the page, of the bare engine and of PostgreSQL.

    python -m benchmarks.search_quality [--details] [--home DIR]

The real families (SIAE, ESAT, GEIQ, ESS of Guyane) are imported in a throw-away installation, or read from --home when
they are already there. A query to which these families hold no good answer counts for the results, not for the means.
Half of the queries (`tune`) served to improve the search, the other half (`held_out`) did not.
Baseline: PostgreSQL full text, French stems and unaccent, on the same rows; all the words, else any of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import gold
from benchmarks.installation import installation, machine

DEPTH = 10
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FILES = (
    ("siae", "siae/siae_lemarche.csv"),
    ("siae-conventions", "siae/siae_conventions.csv"),
    ("esat", "esat/esat_propre.csv"),
    ("geiq", "geiq/geiq.csv"),
    ("ess", "ess/ess_guyane_cress_2022.csv"),
)
PAGE, WORDS, BASELINE = "the page", "engine, words only", "PostgreSQL full text"
Answer = Callable[[str], list[int]]


@dataclass(frozen=True)
class Measured:
    """One query, and what each system showed first."""

    query: gold.GoldQuery
    grades: dict[int, int]
    shown: dict[str, list[int]]

    def ndcg(self, system: str) -> float:
        return gold.ndcg(self.shown[system], self.grades)

    def precision(self, system: str) -> float:
        """Share of good answers among the first ten, or among all there could be when they are fewer."""
        possible = min(DEPTH, len(self.grades))
        good = sum(1 for key in self.shown[system][:DEPTH] if key in self.grades)
        return good / possible if possible else 0.0

    def is_found(self, system: str) -> bool:
        """A known item: the very supplier asked for stands in the first ten."""
        return any(self.grades.get(key) == 3 for key in self.shown[system][:DEPTH])


def facts() -> list[gold.Fact]:
    """Every listed supplier, as its sources describe it."""
    from levier.directory.index_rows import rows_for_index

    return [
        gold.Fact(
            id=row["id"], siret=row["siret"] or "", siren=row["siren"] or "", kind=row["kind"],
            text=gold.fold(f"{row['name']} {row['brand']} {row['description']}"),
            naf=row["naf"].replace(".", "").upper(), departement=row["departement_code"],
            region=row["region_code"], latitude=row["latitude"], longitude=row["longitude"],
        )
        for row in rows_for_index()
    ]  # fmt: skip


def centres() -> dict[tuple[str, str], tuple[float, float]]:
    """Degrees of the communes and départements."""
    from levier.reference.queries import place_finder

    return {
        (place.kind, place.code): (place.latitude, place.longitude)
        for place in place_finder().places
        if place.kind in {"commune", "departement"}
    }


def the_page(text: str) -> list[int]:
    """What a visitor sees who types the sentence in the one field: the list, what is a little further, who says nothing of its trade."""
    from django.http import QueryDict

    from levier.directory.address import Address
    from levier.directory.forms import SearchForm
    from levier.directory.results import results_page

    asked = QueryDict(mutable=True)
    asked["q"] = text
    results = results_page(SearchForm(asked), Address("/", asked))
    return [each.hit.key for each in (*results.found, *results.further, *results.neighbours, *results.apart)]


def words_only(text: str) -> list[int]:
    """The engine given the sentence as mere words."""
    from levier.directory import index
    from levier.directory.search import SupplierQuery

    return list(index.find(SupplierQuery(text=text, limit=DEPTH)).keys)


class FullText:
    """PostgreSQL full text on the rows of the index."""

    def __init__(self, dsn: str) -> None:
        from benchmarks.search_postgresql import PostgresqlBaseline
        from levier.directory.index import index_rows

        self._baseline = PostgresqlBaseline(dsn)
        self._baseline.load(list(index_rows()), with_labels=True)

    def __call__(self, text: str) -> list[int]:
        from levier.core.search import french

        words = " ".join(french.tokens(text))
        every = "plainto_tsquery('fr', %(words)s)"
        any_of = f"replace({every}::text, '&', '|')::tsquery"
        for query, ess in ((every, False), (any_of, False), (every, True)):
            found = self._baseline.connection.execute(
                f"SELECT key FROM supplier, (SELECT {query} AS q) asked WHERE body @@ q AND (%(ess)s OR kind <> 'ESS') "
                f"ORDER BY ts_rank(body, q) DESC, key LIMIT {DEPTH}",
                {"words": words, "ess": ess},
            ).fetchall()
            if found:
                return [key for (key,) in found]
        return []

    def close(self) -> None:
        self._baseline.close()


def superuser_dsn() -> str:
    """Of the embedded server of this installation, on a database that holds nothing of ours."""
    from levier.core.postgres import EmbeddedServer, ServerPlaces

    server = EmbeddedServer(ServerPlaces.of(Path(os.environ["LEVIER_HOME"])))
    found = server.connection_parameters("postgres", "postgres")
    return " ".join(f"{name}={value}" for name, value in found.items())


def load_families(data: Path) -> None:
    """Import the files and build the index."""
    from levier.core.audit import Actor
    from levier.directory.actions import import_source
    from levier.directory.index import SUPPLIERS

    for slug, name in FILES:
        import_source(source=slug, path=data / "3_organisations" / name, by=Actor.machine("mesure"))
    SUPPLIERS.rebuild()


def measure(systems: dict[str, Answer]) -> tuple[list[Measured], dict[str, list[float]]]:
    """Every query asked of every system, in the order of the file; and the milliseconds of each."""
    trades, queries = gold.read()
    judge, rows = gold.Judge(trades, centres()), facts()
    times: dict[str, list[float]] = {name: [] for name in systems}
    measured = []
    for query in queries:
        shown = {}
        for name, answer in systems.items():
            start = time.perf_counter()
            shown[name] = answer(query.text)
            times[name].append((time.perf_counter() - start) * 1000)
        measured.append(Measured(query, judge.grades(query, rows), shown))
    return measured, times


def mean(values: Iterable[float]) -> float:
    """Mean, 0 of nothing."""
    found = list(values)
    return statistics.fmean(found) if found else 0.0


def summary(measured: Sequence[Measured], systems: Sequence[str]) -> str:
    """One line a system and half."""
    lines = [
        "| | half | queries | nDCG@10 | precision@10 | known items in the first ten | without any result |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for system in systems:
        for half in ("all", *gold.HALVES):
            kept = [one for one in measured if half in ("all", one.query.half)]
            judged = [one for one in kept if one.grades]
            known = [one for one in kept if one.query.is_known_item]
            lines.append(
                f"| {system} | {half} | {len(kept)} | {mean(one.ndcg(system) for one in judged):.3f} "
                f"| {mean(one.precision(system) for one in judged):.3f} "
                f"| {sum(one.is_found(system) for one in known)}/{len(known)} "
                f"| {mean(not one.shown[system] for one in kept):.1%} |"
            )
    return "\n".join(lines)


def families(measured: Sequence[Measured], systems: Sequence[str]) -> str:
    """nDCG@10 by family of queries."""
    lines = [
        f"| nDCG@10 | queries | {' | '.join(systems)} | {PAGE}, tune | {PAGE}, held out |",
        "|---|---:|" + "---:|" * (len(systems) + 2),
    ]
    for family in dict.fromkeys(one.query.family for one in measured):
        kept = [one for one in measured if one.query.family == family and one.grades]
        cells = [f"{mean(one.ndcg(system) for one in kept):.3f}" for system in systems]
        cells += [
            f"{mean(one.ndcg(PAGE) for one in kept if one.query.half == half):.3f}" for half in gold.HALVES
        ]
        lines.append(f"| {family} | {len(kept)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def worst(measured: Sequence[Measured], count: int, half: str) -> str:
    """The queries the page answers worst."""
    lines = ["| nDCG@10 | half | query | good answers | shown |", "|---:|---|---|---:|---:|"]
    kept = [one for one in measured if one.grades and half in ("all", one.query.half)]
    lines += [
        f"| {one.ndcg(PAGE):.2f} | {one.query.half} | {one.query.text} | {len(one.grades)} "
        f"| {len(one.shown[PAGE])} |"
        for one in sorted(kept, key=lambda one: one.ndcg(PAGE))[:count]
    ]
    return "\n".join(lines)


def details(measured: Sequence[Measured], half: str) -> str:
    """Every query with the grades of what the page showed, in order."""
    return "\n".join(
        f"{one.ndcg(PAGE):.2f} {one.ndcg(WORDS):.2f} {one.query.half:8} {one.query.text!r}: "
        f"{[one.grades.get(key, 0) for key in one.shown[PAGE][:DEPTH]]} "
        f"of {sorted(one.grades.values(), reverse=True)[:DEPTH]}"
        for one in measured
        if half in ("all", one.query.half)
    )


def run(chosen: argparse.Namespace) -> None:
    """Measure and print; the installation is ready."""
    from levier.directory.index import SUPPLIERS
    from levier.directory.queries import count_listed

    if chosen.home is None or count_listed() < 12_000:
        load_families(DATA)
    elif not SUPPLIERS.is_usable():
        SUPPLIERS.rebuild()
    baseline = FullText(superuser_dsn())
    systems: dict[str, Answer] = {PAGE: the_page, WORDS: words_only, BASELINE: baseline}
    try:
        the_page("nettoyage Lille")
        measured, times = measure(systems)
    finally:
        baseline.close()
    print(summary(measured, list(systems)), families(measured, list(systems)), sep="\n\n", end="\n\n")
    print(worst(measured, 15, chosen.half), end="\n\n")
    if chosen.details:
        print(details(measured, chosen.half), end="\n\n")
    spent = ", ".join(f"{name} {statistics.median(found):.1f} ms" for name, found in times.items())
    print(f"{len(measured)} queries, {count_listed()} suppliers; median: {spent}. {machine()}")


def main() -> None:
    """Prepare, measure, print; one sentence when the public data are absent."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--details", action="store_true", help="the grades shown for each query")
    parser.add_argument("--half", choices=("all", *gold.HALVES), default="all", help="which queries to list")
    parser.add_argument("--home", type=Path, help="an installation to keep for the next run")
    chosen = parser.parse_args()
    missing = [name for _, name in FILES if not (DATA / "3_organisations" / name).exists()]
    if missing:
        print(f"Nothing measured: the public files are not beside the repository ({', '.join(missing)}).")
        sys.exit(0)
    with installation(chosen.home):
        run(chosen)


if __name__ == "__main__":
    main()
