"""The pairs worth keeping among all suppliers: from facts to scores, by slices so that memory stays flat."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from levier.directory.resolution.blocking import candidate_pairs
from levier.directory.resolution.scoring import Facts, Table, promising, weigh
from levier.directory.resolution.weights import DOUBTFUL

_SLICE = 500_000


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two positions of the facts (left < right), their score and the points it is made of."""

    left: int
    right: int
    score: float
    evidence: dict[str, float]


def find_pairs(facts: Sequence[Facts]) -> tuple[list[FoundPair], int]:
    """Every pair that scores DOUBTFUL or more, the surest first; and how many pairs were looked at."""
    table = Table(facts)
    left, right = candidate_pairs(table)
    found: list[FoundPair] = []
    for start in range(0, len(left), _SLICE):
        ours, theirs = left[start : start + _SLICE], right[start : start + _SLICE]
        kept = promising(table, ours, theirs)
        ours, theirs = ours[kept], theirs[kept]
        weighed = weigh(table, ours, theirs)
        for i in np.flatnonzero(weighed.score >= DOUBTFUL):
            score = float(weighed.score[i])
            found.append(FoundPair(int(ours[i]), int(theirs[i]), score, weighed.evidence(int(i))))
    return sorted(found, key=lambda pair: (-pair.score, pair.left, pair.right)), len(left)
