"""Name index: exact, by prefix, by words, and by trigrams for what is badly spelled."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from rapidfuzz.distance import OSA

# Letters, digits and the edge mark, as digits of a base: a trigram is one number.
_BASE = 38
_EDGE = 37
_CODE = np.full(256, 0, dtype=np.int64)
for _position, _character in enumerate(b"abcdefghijklmnopqrstuvwxyz0123456789"):
    _CODE[_character] = _position + 1

MOST_PREFIXED = 30
MOST_COMPARED = 60
# Two letters swapped in a name of five spoil four of its six trigrams.
LEAST_SHARED = 0.3
LEAST_GRAMS = 7
MOST_HOLDERS = 5_000
MOST_WITH_WORD = 60


class NameIndex:
    """Maps compact folded names to the ranks of the places that bear them.

    `names` holds (compact name, rank, quality of that form of the name); `population` those of each rank.
    """

    def __init__(self, names: Iterable[tuple[str, int, float]], population: Sequence[int]) -> None:
        self._exact: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for key, rank, quality in names:
            self._exact[key].append((rank, quality))
        self._keys = sorted(self._exact)
        self._largest = np.array(
            [max(population[rank] for rank, _ in self._exact[key]) for key in self._keys], dtype=np.int64
        )
        self._build_trigrams()

    def exact(self, key: str) -> list[tuple[int, float]]:
        """(rank, quality) of the places with exactly this compact name."""
        return self._exact.get(key, [])

    def starting_with(self, prefix: str) -> list[tuple[int, float]]:
        """(rank, share of the name already typed) for the largest places whose name starts so."""
        low = bisect_left(self._keys, prefix)
        high = bisect_left(self._keys, prefix + "\x7f")
        positions = range(low, high)
        if high - low > MOST_PREFIXED:
            largest = np.argpartition(self._largest[low:high], -MOST_PREFIXED)[-MOST_PREFIXED:]
            positions = sorted(int(low + position) for position in largest)  # type: ignore[assignment]
        return [
            (rank, quality * len(prefix) / len(self._keys[position]))
            for position in positions
            for rank, quality in self._exact[self._keys[position]]
        ]

    def with_words(self, words: Sequence[str]) -> list[tuple[int, float]]:
        """(rank, share of the name) for the largest places whose compact name contains every long word."""
        long = [word for word in words if len(word) >= 4]
        if not long or len(long) * 2 < len(words):
            return []
        rarest: np.ndarray | None = None
        for word in long:
            holders = self._containing(word)
            rarest = holders if rarest is None else np.intersect1d(rarest, holders)
            if not len(rarest):
                return []
        assert rarest is not None
        if len(rarest) > MOST_WITH_WORD:
            rarest = rarest[np.argpartition(self._largest[rarest], -MOST_WITH_WORD)[-MOST_WITH_WORD:]]
        size = sum(len(word) for word in long)
        return [
            (rank, min(1.0, size / len(self._keys[position])))
            for position in sorted(int(p) for p in rarest)
            for rank, _ in self._exact[self._keys[position]]
            if all(word in self._keys[position] for word in long)
        ]

    def fuzzy(self, key: str, floor: float) -> list[tuple[int, float]]:
        """(rank, similarity from `floor` to 1) of names near `key`: letters lost, added, changed, swapped."""
        if len(key) < 3:
            return []
        grams = self._telling(np.unique(_trigrams(key)))
        held = [self._holders[self._starts[gram] : self._starts[gram + 1]] for gram in grams]
        counts = np.bincount(np.concatenate(held), minlength=len(self._keys))
        near = np.flatnonzero(counts >= max(2, LEAST_SHARED * len(grams)))
        best = near
        if len(near) > MOST_COMPARED:
            # Partitioning the few that are near, never the whole array: its ties cost milliseconds.
            likeness = counts[near] / len(grams) - np.abs(self._lengths[near] - len(key)) / (2 * len(key))
            best = near[np.argpartition(likeness, -MOST_COMPARED)[-MOST_COMPARED:]]
        matches = []
        for position in sorted(int(p) for p in best):
            similarity = OSA.normalized_similarity(key, self._keys[position], score_cutoff=floor)
            if similarity >= floor:
                matches += [
                    (rank, similarity * quality) for rank, quality in self._exact[self._keys[position]]
                ]
        return matches

    def _telling(self, grams: np.ndarray) -> np.ndarray:
        """The rarest trigrams: those of « saint » or « ville » stand in thousands of names."""
        holders = self._starts[grams + 1] - self._starts[grams]
        order = np.argsort(holders, kind="stable")
        kept = max(LEAST_GRAMS, int(np.searchsorted(np.cumsum(holders[order]), MOST_HOLDERS)))
        return grams[order[:kept]]

    def _containing(self, word: str) -> np.ndarray:
        """Positions of the keys that hold the rarest inner trigram of the word."""
        grams = _trigrams(word)[2:-1]
        spans = [(self._starts[gram], self._starts[gram + 1]) for gram in grams]
        start, end = min(spans, key=lambda span: int(span[1] - span[0]))
        holders: np.ndarray = self._holders[start:end]
        return holders

    def _build_trigrams(self) -> None:
        """Postings of every trigram, built with array operations: a Python loop would take a second."""
        self._lengths = lengths = np.array([len(key) for key in self._keys], dtype=np.int64)
        text = np.frombuffer("".join(f"  {key} " for key in self._keys).encode("ascii"), dtype=np.uint8)
        codes = np.where(text == 32, _EDGE, _CODE[text])
        grams = (codes[:-2] * _BASE + codes[1:-1]) * _BASE + codes[2:]
        owner = np.repeat(np.arange(len(self._keys)), lengths + 3)[:-2]
        starts_of_key = np.concatenate([[0], np.cumsum(lengths + 3)])[:-1]
        offset = np.arange(len(grams)) - starts_of_key[owner]
        is_inside = offset <= lengths[owner]
        # A pair as one number: to sort couples takes numpy ten times longer.
        pairs = np.unique(grams[is_inside].astype(np.int64) * len(lengths) + owner[is_inside])
        held, self._holders = np.divmod(pairs, max(len(lengths), 1))
        self._starts = np.searchsorted(held, np.arange(_BASE**3 + 1))


def _trigrams(key: str) -> np.ndarray:
    text = np.frombuffer(f"  {key} ".encode("ascii"), dtype=np.uint8)
    codes = np.where(text == 32, _EDGE, _CODE[text])
    return (codes[:-2] * _BASE + codes[1:-1]) * _BASE + codes[2:]
