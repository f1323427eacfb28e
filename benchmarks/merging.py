"""Precision and recall of the resolution of duplicates on public lists, and its speed on generated suppliers.

    python -m benchmarks.merging --data ../shared/data --rows 300000

Truth never comes from the scorer: numbers known to be equal are hidden from one side, rows of one legal unit in other
towns or of other kinds are the counter-examples, and perturbed copies of real rows have a fixed seed. Each truth is on one
side, « tune » or « held out », by its SIREN: --tune looks for better weights on the first alone. Uses an installation of its
own, removed at the end unless --home names one. Prints Markdown.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.installation import installation, machine, watched_memory

if TYPE_CHECKING:
    from levier.directory.resolution.scoring import Facts

Pair = tuple[int, int]
HALVES = ("tune", "held out")
SEED = 20_260_701
FILES = {
    "siae": "3_organisations/siae/siae_lemarche.csv",
    "siae-conventions": "3_organisations/siae/siae_conventions.csv",
    "esat": "3_organisations/esat/esat_propre.csv",
    "geiq": "3_organisations/geiq/geiq.csv",
    "ess": "3_organisations/ess/ess_guyane_cress_2022.csv",
}
LABELS = "3_organisations/data_inclusion/deduplication_labels.json"
ABBREVIATIONS = {
    "ASSOCIATION": "ASSO", "SAINT": "ST", "ETABLISSEMENT": "ETS", "SERVICES": "SERV", "ATELIERS": "ATEL",
    "DEPARTEMENTALE": "DEP", "INSERTION": "INSERT", "FORMATION": "FORM", "ENTREPRISE": "ENT",
}  # fmt: skip

FAULTS = (
    "typo", "short", "typo short order", "moved", "typo numberless", "short numberless", "typo numberless contactless",
    "moved numberless",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """One line of the table: pairs that are one, pairs that are two, and what was said of each."""

    name: str
    same: int
    found: int
    doubtful: int
    different: int | None
    wrong: int
    wrong_doubtful: int

    def line(self) -> str:
        """A row of Markdown. Recall « with review » counts what a person is asked."""
        said = self.found + self.wrong
        cells = [
            self.name, f"{self.same:,}", "all others" if self.different is None else f"{self.different:,}",
            _rate(self.found, said), _rate(self.found, self.same), _rate(self.found + self.doubtful, self.same),
            f"{self.wrong:,}", f"{self.wrong_doubtful:,}",
        ]  # fmt: skip
        return f"| {' | '.join(cells)} |"


def _rate(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def half_of(one: Facts) -> str:
    """One legal unit stays on one side; a row without SIREN goes by its name."""
    return HALVES[hashlib.sha256((one.siren or one.name).encode()).digest()[0] % 2]


def resolved(sides: Sequence[Facts]) -> tuple[set[Pair], set[Pair]]:
    """The pairs merged, and those a person is asked: blocking and rule of groups included."""
    from levier.directory.resolution.finding import find_pairs
    from levier.directory.resolution.groups import Groups, may_join
    from levier.directory.resolution.weights import SAME

    groups, sources = Groups(), {position: one.sources for position, one in enumerate(sides)}
    asked: set[Pair] = set()
    for found in find_pairs(sides)[0]:
        pair = (found.left, found.right)
        if found.score >= SAME and may_join(groups, pair, sources, set()):
            groups.join(*pair)
        elif pair[1] not in groups.of(pair[0]):
            asked.add(pair)
    joined = {groups.of(position) for position in sources}
    return {pair for group in joined for pair in combinations(sorted(group), 2)}, asked


def judged(
    name: str,
    sides: Sequence[Facts],
    same: set[Pair],
    is_wrong: Callable[[Pair], bool],
    half: Callable[[Pair], str],
    apart: set[Pair] | None = None,
) -> Iterable[Outcome]:
    """Run the resolution over all the sides together, and count on each half of the truths."""
    sure, asked = resolved(sides)
    for side in HALVES:
        ours = {pair for pair in same if half(pair) == side}
        yield Outcome(
            f"{name}, {side}", len(ours), len(ours & sure), len(ours & asked),
            None if apart is None else sum(half(pair) == side for pair in apart),
            sum(half(pair) == side for pair in sure if is_wrong(pair)),
            sum(half(pair) == side for pair in asked if is_wrong(pair)),
        )  # fmt: skip


def published(data: Path) -> list[Facts]:
    """One Facts per source record of the real lists, each known by its source alone."""
    from levier.core.audit import Actor
    from levier.directory.actions import import_source
    from levier.directory.models import SourceRecord
    from levier.directory.resolution.scoring import Facts

    by = Actor.machine("mesure")
    for source, path in FILES.items():
        import_source(source=source, path=data / path, by=by)
    found = []
    for record in SourceRecord.objects.exclude(source_id="siae-conventions").order_by("id"):
        values, place = record.values, record.values.get("place", {})
        found.append(
            Facts(
                kind=record.kind, name=values["name"], brand=values.get("brand", ""),
                siren=values.get("siren"), siret=values.get("siret"), commune=place.get("commune"),
                city=place.get("city", ""), departement=place.get("departement", ""),
                address=place.get("address", ""), latitude=place.get("latitude"),
                longitude=place.get("longitude"), is_precise=place.get("precision") == "address",
                phone=values.get("phone", ""), email=values.get("email", ""), website=values.get("website", ""),
                sources=frozenset({record.source_id}),
            )
        )  # fmt: skip
    return found


def numberless(facts: Facts) -> Facts:
    """As a list without SIRET nor SIREN would write it."""
    return replace(facts, siren=None, siret=None)


def same_numbers(facts: Sequence[Facts]) -> set[Pair]:
    """Rows of two sources with one SIRET and one kind, the only ones of their source: what the publication merges
    without any resolution."""
    by_number: dict[tuple[str, str], list[int]] = {}
    for position, one in enumerate(facts):
        if one.siret:
            by_number.setdefault((one.siret, one.kind), []).append(position)
    return {pair for places in by_number.values() for pair in _across_sources(facts, places)}


def _across_sources(facts: Sequence[Facts], places: list[int]) -> Iterable[Pair]:
    often = Counter(facts[place].sources for place in places)
    alone = [place for place in places if often[facts[place].sources] == 1]
    return combinations(alone, 2)


def one_unit_two_suppliers(facts: Sequence[Facts]) -> set[Pair]:
    """Rows of one SIREN that differ by kind or by town, and rows one source holds apart: never one supplier.

    But one SIRET and one kind in two sources is one supplier, whatever the towns they write.
    """
    by_unit: dict[str, list[int]] = {}
    for position, one in enumerate(facts):
        if one.siren:
            by_unit.setdefault(one.siren, []).append(position)
    return {
        (left, right)
        for places in by_unit.values()
        for left, right in combinations(places, 2)
        if facts[left].kind != facts[right].kind
        or (facts[left].commune and facts[right].commune and facts[left].commune != facts[right].commune)
        or facts[left].sources & facts[right].sources
    } - same_numbers(facts)


def overlaps(facts: list[Facts]) -> Iterable[Outcome]:
    """(b) Real overlaps: GEIQ known by two lists; one SIREN, several suppliers; ESAT that share a SIRET."""
    known, moved, two = same_numbers(facts), moved_units(facts), one_unit_two_suppliers(facts)
    bare = [numberless(one) for one in facts]

    def over(name: str, sides: list[Facts], same: set[Pair], apart: set[Pair]) -> Iterable[Outcome]:
        return judged(name, sides, same, apart.__contains__, lambda pair: half_of(facts[pair[0]]), apart)

    yield from over("GEIQ with one SIRET in two lists", facts, known, two)
    yield from over("the same, the federation's rows without numbers", hidden_side(facts, "geiq"), known, two)
    yield from over("the same, no row with a number", bare, known, two)
    yield from over("GEIQ with one SIREN and town, two SIRET", facts, moved, two)
    yield from over("the same, the federation's rows without numbers", hidden_side(facts, "geiq"), moved, two)
    esat = {pair for pair in two if "ESAT" in {facts[pair[0]].kind, facts[pair[1]].kind}}
    shared = {pair for pair in esat if facts[pair[0]].siret and facts[pair[0]].siret == facts[pair[1]].siret}
    yield from over("ESAT that share a SIRET", facts, set(), shared)
    yield from over("ESAT of one SIREN, no row with a number", bare, set(), esat)
    kinds = {pair for pair in two if facts[pair[0]].kind != facts[pair[1]].kind}
    yield from over("two kinds of one SIREN, no row with a number", bare, set(), kinds)


def hidden_side(facts: Sequence[Facts], source: str) -> list[Facts]:
    """Every row of this source without its numbers."""
    return [numberless(one) if one.sources == {source} else one for one in facts]


def moved_units(facts: Sequence[Facts]) -> set[Pair]:
    """Rows of two sources: one kind, one SIREN, one town, the only ones of their source there; two SIRET."""
    by_place: dict[tuple[str, str, str], list[int]] = {}
    for position, one in enumerate(facts):
        if one.siret and one.siren and one.commune:
            by_place.setdefault((one.kind, one.siren, one.commune), []).append(position)
    return {
        pair
        for places in by_place.values()
        for pair in _across_sources(facts, places)
        if facts[pair[0]].siret != facts[pair[1]].siret
    }


def perturbed(one: Facts, chance: random.Random, what: str) -> Facts:
    """The row as another list, « other », would write it."""
    copy = replace(one, sources=frozenset({"other"}))
    if "typo" in what:
        copy = replace(copy, name=_typo(copy.name, chance), brand="")
    if "short" in what:
        words = [ABBREVIATIONS.get(word.upper(), word) for word in copy.name.split()]
        copy = replace(copy, name=" ".join(words).title(), address="", phone=copy.phone.replace(" ", ""))
    if "order" in what:
        words = copy.name.split()
        chance.shuffle(words)
        copy = replace(copy, name=" ".join(words))
    if "moved" in what:
        copy = replace(
            copy, address="12 rue Neuve", latitude=None, longitude=None, is_precise=False, phone=""
        )
        copy = replace(copy, siret=f"{copy.siren}99999" if copy.siren else None)
    if "numberless" in what:
        copy = numberless(copy)
    if "contactless" in what:
        copy = replace(copy, phone="", email="", website="")
    return copy


def _typo(name: str, chance: random.Random) -> str:
    """Two letters swapped, one lost, in a word of four letters or more."""
    words = name.split()
    long = [place for place, word in enumerate(words) if len(word) >= 4]
    if not long:
        return name
    place = chance.choice(long)
    word = words[place]
    at = chance.randrange(1, len(word) - 2)
    words[place] = chance.choice(
        [word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[:at] + word[at + 1 :]]
    )
    return " ".join(words)


def perturbations(facts: list[Facts], faults: Sequence[str] = FAULTS, rows: int = 2_000) -> Iterable[Outcome]:
    """(c) Real rows copied with faults beside all the others; whatever else a copy joins is wrong."""
    chance = random.Random(SEED)
    chosen = sorted(chance.sample(range(len(facts)), rows))
    # A supplier that two lists give already has two rows: its copy is both.
    twins = {position: {position} for position in range(len(facts))}
    for left, right in same_numbers(facts) | moved_units(facts):
        twins[left].add(right)
        twins[right].add(left)

    def real(one: int) -> int:
        return one if one < len(facts) else chosen[one - len(facts)]

    def is_wrong(pair: Pair) -> bool:
        return pair[1] >= len(facts) and real(pair[0]) not in twins[real(pair[1])]

    def half(pair: Pair) -> str:
        return half_of(facts[real(pair[1])])

    for what in faults:
        copies = [perturbed(facts[position], chance, what) for position in chosen]
        same = {(position, len(facts) + rank) for rank, position in enumerate(chosen)}
        yield from judged(what, [*facts, *copies], same, is_wrong, half)


def labels_line(data: Path) -> str:
    """(a) Do we hold any content of the structures that people judged for data.inclusion?

    Looked for as written, and without the producer's prefix when what is left is a UUID (a number alone says nothing).
    """
    rows = json.loads((data / LABELS).read_text(encoding="utf-8"))
    names = {row[side] for row in rows for side in ("left", "right")}
    written = {
        name: {name.encode(), name[-36:].encode()} if name.count("-") >= 5 else {name.encode()}
        for name in names
    }
    held: set[str] = set()
    read = 0
    for path in sorted(data.rglob("*")):
        if path.name == Path(LABELS).name or not path.name.endswith(
            (".json", ".csv", ".txt", ".json.gz", ".csv.gz")
        ):
            continue
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        read += 1
        held |= {name for name, texts in written.items() if any(text in content for text in texts)}
    return (
        f"data.inclusion: {len(rows)} judged pairs, {len(names)} identifiers, {len(held)} of them in the {read} files "
        "(JSON, CSV, text) we hold."
    )


def speed(rows: int) -> str:
    """Seconds and memory to compare generated suppliers, as one run does; one in ten stands twice, with a typing
    mistake and without its numbers."""
    from benchmarks.generate_suppliers import generate
    from levier.directory.resolution.finding import find_pairs
    from levier.directory.resolution.scoring import Facts

    facts = [
        Facts(
            kind=row.kind, name=row.name, brand=row.brand, siren=f"{row.key // 2:09d}", siret=f"{row.key:014d}",
            commune=row.commune, city=row.commune_name, departement=row.departement, latitude=row.latitude,
            longitude=row.longitude, is_precise=True, sources=frozenset({"one"}),
        )
        for row in generate(rows)
    ]  # fmt: skip
    chance = random.Random(SEED)
    facts += [perturbed(one, chance, "typo numberless") for one in facts[::10]]
    with watched_memory() as highest:
        start, busy = time.perf_counter(), time.process_time()
        found, compared = find_pairs(facts)
        seconds, cpu = time.perf_counter() - start, time.process_time() - busy
    return (
        f"{len(facts):,} generated suppliers: {compared:,} pairs looked at, {len(found):,} kept, {seconds:.1f} s "
        f"({cpu:.1f} s of CPU), "
        f"highest resident memory {highest[0]:.0f} MB."
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--home", type=Path, help="installation to use and keep")
    parser.add_argument("--tune", action="store_true", help="only look for better weights")
    chosen = parser.parse_args()
    before = os.getloadavg()[0]
    with installation(chosen.home):
        facts = published(chosen.data)
        if chosen.tune:
            from benchmarks.merging_weights import tune

            tune([one for one in facts if half_of(one) == "tune"])
            return
        head = (
            "| case | one supplier | two | precision | recall | recall with review | merged wrongly"
            " | asked for nothing |\n|---|---:|---:|---:|---:|---:|---:|---:|"
        )
        print(f"{labels_line(chosen.data)}\n\n{len(facts):,} rows of four lists.\n\n{head}")
        for outcome in overlaps(facts):
            print(outcome.line(), flush=True)
        print(f"\nCopies with faults (seed {SEED}), 2,000 rows beside all the others:\n\n{head}")
        for outcome in perturbations(facts):
            print(outcome.line(), flush=True)
        print(f"\n{speed(chosen.rows)}\n\n{machine()} ({before:.1f} before).")


if __name__ == "__main__":
    main()
