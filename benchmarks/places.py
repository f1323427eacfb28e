"""Measures the place finder: what it finds and how fast, by family of question, against a linear scan.

    python -m benchmarks.places [--sample 2000]

Known item: each question is made from one commune; the right answer is the largest place of that name. The
baseline is rapidfuzz's `process.extract` over all the folded names, on the same questions in the same run.
"""

import argparse
import os
import platform
import random
import re
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from levier.reference.places import Place, PlaceFinder, folding, packaged_places

SEED = 20_261_122
Question = tuple[str, Place]
# Milliseconds of the clock and of the CPU for each question.
Times = list[tuple[float, float]]

SENTENCES = (
    "rénovation d'une école à {name}, 1,5 M€ sur 18 mois",
    "Nettoyage de bureaux, {name}, 120 k€, 24 mois",
    "entretien des espaces verts de la commune de {name}",
    "{name} : réfection de la voirie",
)
PLACELESS = (
    "accord-cadre voirie d'un EPCI, estimé 2,4 M€, maximum 4 M€",
    "Fourniture de pain pour les écoles",
    "Bois de chauffage et pellets",
    "Lot 2 : peinture et revêtements de sols",
    "Mur du cimetière, 45 k€",
    "Achat de tables et chaises pour la salle de réunion",
    "Travaux de couverture du pont",
    "Mission de maîtrise d'œuvre pour la halle",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sample", type=int, default=2_000, help="questions par famille, noms exacts exceptés"
    )
    sample = parser.parse_args().sample
    started = time.perf_counter()
    places = packaged_places()
    read = time.perf_counter()
    finder = PlaceFinder(places)
    built = time.perf_counter()
    print(
        f"{len(places)} places, read {read - started:.2f} s, built {built - read:.2f} s, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}\n"
    )
    print("| family | questions | at 1 | in 5 | p50 ms | p95 ms | max ms | CPU p95 ms |")
    print("|---|---|---|---|---|---|---|---|")
    families = build_families(places, sample)
    for family, questions in families.items():
        accepts = shares_code if family == "postal code" else is_largest_homonym(places)
        report(family, questions, lambda text: [match.place for match in finder.find(text, 5)], accepts)
    report_sentences(finder, places, sample)
    report_baseline(places, families)


def build_families(places: Iterable[Place], sample: int) -> dict[str, list[Question]]:
    """Questions with the name awaited, from a fixed seed; typing mistakes in towns of 2,000 or more."""
    rng = random.Random(SEED)
    communes = [place for place in places if place.kind == "commune"]
    towns = [place for place in communes if place.population >= 2_000]
    some = rng.sample(communes, min(sample, len(communes)))
    some_towns = rng.sample(towns, min(sample, len(towns)))
    saints = [place for place in communes if any(word in place.name for word in ("Saint", "-sur-"))]
    some_saints = rng.sample(saints, min(sample, len(saints)))
    coded = [(code, place) for place in some for code in place.postal_codes[:1]]
    return {
        "exact, every commune": [(place.name, place) for place in communes],
        "no accent, no hyphen": [(folding.fold_word(place.name).replace("-", " "), place) for place in some],
        "postal code": coded,
        "name and postal code": [(f"{place.name} {code}", place) for code, place in coded],
        "prefix": [(place.name[: max(4, len(place.name) - 3)], place) for place in some_towns],
        "typing mistake": [(mistyped(place.name, rng), place) for place in some_towns],
        "abbreviation": [(abbreviated(place.name), place) for place in some_saints],
    }


def mistyped(name: str, rng: random.Random) -> str:
    """One letter lost, doubled, changed or swapped with the next; the first is kept, as people do."""
    at = rng.randrange(1, len(name) - 1) if len(name) > 3 else 1
    kind = rng.choice(("lose", "double", "change", "swap"))
    if kind == "lose":
        return name[:at] + name[at + 1 :]
    if kind == "double":
        return name[:at] + name[at] + name[at:]
    if kind == "change":
        return name[:at] + rng.choice("aeiourstln") + name[at + 1 :]
    return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]


def abbreviated(name: str) -> str:
    text = re.sub(r"\bSaint(e?)\b", r"St\1", name)
    return text.replace("-sur-", " s/ ").replace("-", " ")


def is_largest_homonym(places: Iterable[Place]) -> Callable[[Place, Place, str], bool]:
    """Right is the largest commune of that name, or for a name with its code, the commune itself."""
    largest: dict[str, Place] = {}
    for place in places:
        if place.kind == "commune":
            name = folding.fold(place.name)
            if name not in largest or largest[name].population < place.population:
                largest[name] = place
    return lambda found, asked, text: found == asked or found == largest[folding.fold(asked.name)]


def shares_code(found: Place, asked: Place, text: str) -> bool:
    """One postal code serves several communes: any of them is right."""
    return text in found.postal_codes


def report(
    family: str,
    questions: list[Question],
    answer: Callable[[str], list[Place]],
    accepts: Callable[[Place, Place, str], bool],
) -> None:
    times: Times = []
    first = in_five = 0
    for text, asked in questions:
        found = timed(times, answer, text)
        right = [accepts(place, asked, text) for place in found]
        first += right[:1] == [True]
        in_five += any(right)
    line(family, len(questions), first, in_five, times)


def timed(times: Times, answer: Callable[[str], Any], text: str) -> Any:
    """The answer; its milliseconds of the clock and of the CPU are added to `times`."""
    started, busy = time.perf_counter(), time.process_time()
    found = answer(text)
    spent = time.process_time() - busy
    times.append(((time.perf_counter() - started) * 1_000, spent * 1_000))
    return found


def line(family: str, count: int, first: int, in_five: int | None, both: Times) -> None:
    """One row: on a machine that works for others too, the clock counts the wait for a core, the CPU does not."""
    times, spent = sorted(one for one, _ in both), sorted(one for _, one in both)
    five = "" if in_five is None else f"{in_five / count:.1%}"
    print(
        f"| {family} | {count} | {first / count:.1%} | {five} | {median(times):.2f} | "
        f"{times[int(len(times) * 0.95)]:.2f} | {times[-1]:.1f} | {spent[int(len(spent) * 0.95)]:.2f} |"
    )


def report_sentences(finder: PlaceFinder, places: Iterable[Place], sample: int) -> None:
    """Sentences that name a town of 2,000 or more, then sentences that name none."""
    rng = random.Random(SEED)
    towns = [place for place in places if place.kind == "commune" and place.population >= 2_000]
    times: Times = []
    right = questions = 0
    for place in rng.sample(towns, min(sample, len(towns))):
        text = rng.choice(SENTENCES).format(name=place.name)
        found = timed(times, finder.find_in_sentence, text).match
        right += found is not None and folding.fold(found.place.name) == folding.fold(place.name)
        questions += 1
    line("town in a sentence", questions, right, None, times)
    times = []
    silent = [timed(times, finder.find_in_sentence, text).match is None for text in PLACELESS]
    line("no place in a sentence", len(silent), sum(silent), None, times)


def report_baseline(places: list[Place], families: dict[str, list[Question]]) -> None:
    """The same typing mistakes answered by comparing the text with every name, one by one."""
    named: dict[str, Place] = {}
    for place in sorted(places, key=lambda place: place.population):
        if place.kind == "commune":
            named[folding.compact(folding.fold(place.name))] = place
    keys = list(named)

    def scan(text: str) -> list[Place]:
        key = folding.compact(folding.fold(text))
        near = process.extract(key, keys, scorer=OSA.normalized_similarity, limit=5)
        return [named[found] for found, _, _ in near]

    questions = families["typing mistake"][:300]
    report("baseline: linear scan, typing mistake", questions, scan, is_largest_homonym(places))


if __name__ == "__main__":
    main()
