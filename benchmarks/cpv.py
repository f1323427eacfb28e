"""Need → CPV on real contracts, buyers kept apart: labels, labels + lexicon, nearest neighbours, and ours.

    python -m benchmarks.cpv [contracts.json.gz]

Contracts with the same folded text are kept once, lost leading zeros are put back, codes beyond repair are
left out. Buyers (SIREN) are hashed into twenty parts: the figures printed here are those of parts 4 to 7,
whose buyers appear nowhere in training; the settings were tuned by folds of buyers among the other parts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from levier.reference.cpv.index import CpvIndex
from levier.reference.cpv.model import CpvModel, Sample, clean_samples, features, train
from levier.reference.cpv.needs import split_needs
from levier.reference.cpv.ranker import CpvRanker
from levier.reference.cpv.sparse import SparseRows
from levier.reference.cpv.tables import cpv_entries
from levier.reference.cpv.text import stems

DEFAULT = (
    Path(__file__).resolve().parents[2]
    / "shared/data/5_marches/decp_2019/decp_2019_10000_reconstruit.json.gz"
)
PARTS = 20
TEST_PARTS = frozenset({4, 5, 6, 7})
NEIGHBOURS = (1, 20)

Answer = tuple[list[str], str]


def part(buyer: str) -> int:
    """Return the part of a buyer: all the SIRETs of one SIREN fall in the same one."""
    return int(hashlib.sha256(buyer[:9].encode()).hexdigest(), 16) % PARTS


def read(path: Path) -> tuple[list[Sample], list[Sample]]:
    """Return (training, test) contracts, cleaned together so that no text is on both sides."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        contracts = json.load(stream)["marches"]
    pairs = [(str(row.get("objet") or ""), str(row.get("codeCPV") or "")) for row in contracts]
    buyers: dict[str, str] = {}
    for row, (text, _) in zip(contracts, pairs, strict=True):
        buyers.setdefault(text, str((row.get("acheteur") or {}).get("id") or ""))
    clean = clean_samples(pairs)
    print(
        f"{len(contracts)} contracts: {clean.repeated} repeated texts, {clean.without_code} without a usable "
        f"code, {clean.without_text} without a text; {len(clean.samples)} kept"
    )
    training = [sample for sample in clean.samples if part(buyers[sample.text]) not in TEST_PARTS]
    test = [sample for sample in clean.samples if part(buyers[sample.text]) in TEST_PARTS]
    apart = {buyers[sample.text][:9] for sample in training} & {buyers[sample.text][:9] for sample in test}
    assert not apart, "a buyer is on both sides"
    buyers_tested = len({buyers[sample.text][:9] for sample in test})
    print(
        f"train {len(training)}, test {len(test)} contracts of {buyers_tested} buyers never seen in training"
    )
    return training, test


def by_ranker(ranker: CpvRanker) -> Callable[[str], Answer]:
    """Answer with a ranker: five divisions, and the group of the first code."""

    def answer(text: str) -> Answer:
        matches = ranker.rank(text, 1)
        return [match.division for match in ranker.divisions(text, 5)], matches[0].code[:3] if matches else ""

    return answer


class Neighbours:
    """TF-IDF cosine over the training contracts: the usual baseline."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        documents = [features(stems(sample.text)) for sample in samples]
        names = sorted({feature for document in documents for feature in document})
        self._positions = {name: at for at, name in enumerate(names)}
        counts = np.zeros(len(names))
        for document in documents:
            counts[[self._positions[feature] for feature in set(document)]] += 1
        self._rarity = np.log(len(samples) / counts)
        self._rows = SparseRows([self._row(document) for document in documents], len(names))
        self._codes = [sample.code for sample in samples]

    def _row(self, document: Sequence[str]) -> dict[int, float]:
        places = [self._positions[feature] for feature in document if feature in self._positions]
        return {place: (1 + np.log(places.count(place))) * float(self._rarity[place]) for place in places}

    def answer(self, count: int) -> Callable[[str], Answer]:
        def by_vote(text: str) -> Answer:
            query = np.zeros((len(self._positions), 1), np.float32)
            for place, value in self._row(features(stems(text))).items():
                query[place] = value
            near = self._rows.times(query)[:, 0]
            votes: dict[str, float] = {}
            groups: dict[str, float] = {}
            for at in np.argsort(-near, kind="stable")[:count]:
                code, weight = self._codes[int(at)], float(near[int(at)])
                votes[code[:2]] = votes.get(code[:2], 0.0) + weight
                groups[code[:3]] = groups.get(code[:3], 0.0) + weight
            divisions = sorted(votes, key=lambda name: -votes[name])[:5]
            return divisions, max(groups, key=lambda name: groups[name])

        return by_vote


def measure(name: str, answer: Callable[[str], Answer], test: Sequence[Sample]) -> None:
    """Print one row: division top-1 and top-5, group top-1, milliseconds per query (both answers asked)."""
    first = five = group = 0
    start = time.perf_counter()
    for sample in test:
        divisions, found = answer(sample.text)
        first += divisions[:1] == [sample.code[:2]]
        five += sample.code[:2] in divisions
        group += found == sample.code[:3]
    spent = (time.perf_counter() - start) / len(test) * 1000
    size = len(test)
    print(f"{name:<28}{first / size:>9.1%}{five / size:>9.1%}{group / size:>9.1%}{spent:>10.2f}")


def count_parts(ranker: CpvRanker, test: Sequence[Sample]) -> None:
    """Print how often the title of one contract is taken for several needs: asked about (two), refused (more)."""
    parts = [len(split_needs(sample.text, ranker)) for sample in test]
    two, more = sum(count == 2 for count in parts) / len(test), sum(count > 2 for count in parts) / len(test)
    print(f"\ntitles of one contract taken for two needs: {two:.1%}, for more: {more:.1%}")


def main() -> None:
    """Print the whole table."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not path.exists():
        sys.exit(f"No contracts at {path}")
    training, test = read(path)
    packaged = CpvRanker.from_package()
    start, busy = time.perf_counter(), time.process_time()
    model = train(training)
    seconds, spent = time.perf_counter() - start, time.process_time() - busy
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "cpv.npz"
        model.save(target)
        size = target.stat().st_size / 1e6
        model = CpvModel.load(target)
    print(f"model trained in {seconds:.1f} s ({spent:.1f} s of CPU), {size:.2f} MB on disk\n")
    print(f"{'':<28}{'div@1':>9}{'div@5':>9}{'group@1':>9}{'ms/query':>10}")
    measure("labels only", by_ranker(CpvRanker(CpvIndex(cpv_entries(), ()))), test)
    measure("labels + lexicon", by_ranker(packaged), test)
    neighbours = Neighbours(training)
    for count in NEIGHBOURS:
        measure(f"nearest neighbours (k={count})", neighbours.answer(count), test)
    measure("ours (with the model)", by_ranker(packaged.with_model(model)), test)
    count_parts(packaged.with_model(model), test)


if __name__ == "__main__":
    main()
