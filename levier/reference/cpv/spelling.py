"""Typing mistakes: the nearest known word for a word that the vocabulary does not hold."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

# Short words are too close to each other to be corrected without inventing.
SHORTEST = 5


class Speller:
    """Corrects one word at a time against a closed vocabulary of folded words."""

    def __init__(self, vocabulary: Iterable[str], untouched: Iterable[str] = ()) -> None:
        """Keep the words, where each one-letter deletion of a word leads, and the words never to correct."""
        self._words = frozenset(vocabulary)
        self._untouched = frozenset(untouched)
        self._deletions: dict[str, list[str]] = {}
        for word in sorted(self._words):
            if len(word) >= SHORTEST - 1:
                for cut in _deletions(word):
                    self._deletions.setdefault(cut, []).append(word)
        self._memory: dict[str, str | None] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def correct(self, word: str) -> str | None:
        """Return the known word one mistake away from `word` (two from 9 letters on), else None."""
        if len(word) < SHORTEST or word in self._untouched:
            return None
        if word not in self._memory:
            if len(self._memory) > 20_000:
                self._memory.clear()
            self._memory[word] = self._nearest(word)
        return self._memory[word]

    def _nearest(self, word: str) -> str | None:
        allowed = 2 if len(word) >= 9 else 1
        candidates: set[str] = set()
        for cut in {word, *_deletions(word)}:
            if cut in self._words:
                candidates.add(cut)
            candidates.update(self._deletions.get(cut, ()))
        ranked = sorted(
            (distance, candidate[0] != word[0], candidate)
            for candidate in candidates
            if (distance := OSA.distance(word, candidate, score_cutoff=allowed)) <= allowed
        )
        return ranked[0][2] if ranked else None


def _deletions(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]
