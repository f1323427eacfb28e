"""Mends a mistyped word with the words of the index: every neighbour within two edits is considered."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_DIGITS_BIT = 52
# An edit inside the word costs so many powers of e in frequency.
_EDIT_COST = 4.0
_FIRST_LETTER_COST = 1.5


def signature(word: str) -> int:
    """First and second occurrence of each letter, digits together, on 54 bits.

    A letter added or removed flips one bit, replaced two, swapped none: words within `d` edits differ
    by at most `2 d` bits. That is what lets one pass over all the words leave few to compare.
    """
    bits = 0
    for char in word:
        place = ord(char) - 97
        if 0 <= place < 26:
            bits |= 1 << (place + 26) if bits >> place & 1 else 1 << place
        else:
            bits |= 1 << (_DIGITS_BIT + 1) if bits >> _DIGITS_BIT & 1 else 1 << _DIGITS_BIT
    return bits


class Speller:
    """The words of an index with their number of documents; immutable."""

    def __init__(self, words: Sequence[tuple[str, int]]) -> None:
        ordered = sorted(words)
        self.words = [word for word, _ in ordered]
        self.frequencies: npt.NDArray[np.int64] = np.array([count for _, count in ordered], dtype=np.int64)
        # Numbers are looked up, never guessed; words of one or two letters have too many neighbours.
        mendable = [
            at for at, word in enumerate(self.words) if len(word) >= 3 and not any(map(str.isdigit, word))
        ]
        self._places = np.array(mendable, dtype=np.int64)
        kept = [self.words[at] for at in mendable]
        self._signatures = np.fromiter((signature(word) for word in kept), dtype=np.uint64, count=len(kept))
        self._lengths = np.fromiter((len(word) for word in kept), dtype=np.int16, count=len(kept))

    def __len__(self) -> int:
        return len(self.words)

    def frequency(self, word: str) -> int:
        """Documents that hold the word."""
        at = bisect_left(self.words, word)
        found = at < len(self.words) and self.words[at] == word
        return int(self.frequencies[at]) if found else 0

    def completions(self, prefix: str, limit: int) -> list[str]:
        """The most frequent words that begin so."""
        start = bisect_left(self.words, prefix)
        stop = bisect_left(self.words, prefix + "\x7f", lo=start)
        if stop - start <= limit:
            return self.words[start:stop]
        best = np.argpartition(-self.frequencies[start:stop], limit)[:limit]
        return [self.words[start + int(at)] for at in best]

    def mend(self, word: str) -> str | None:
        """The likeliest word within one edit (two from six letters on), or None."""
        if len(word) < 4 or any(map(str.isdigit, word)) or not len(self._places):
            return None
        edits = 1 if len(word) < 6 else 2
        differing = np.bitwise_count(self._signatures ^ np.uint64(signature(word)))
        close = (differing <= 2 * edits) & (np.abs(self._lengths - len(word)) <= edits)
        places = self._places[np.flatnonzero(close)]
        candidates = [self.words[at] for at in places]
        best: tuple[float, str] | None = None
        found = extract(word, candidates, scorer=OSA.distance, score_cutoff=edits, limit=None)
        for candidate, distance, at in found:
            if candidate == word:
                continue
            cost = _EDIT_COST * distance - math.log1p(int(self.frequencies[places[at]]))
            cost += _FIRST_LETTER_COST * (candidate[0] != word[0])
            if best is None or (cost, candidate) < best:
                best = (cost, candidate)
        return best[1] if best else None
