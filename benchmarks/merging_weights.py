"""Looks for better weights of the resolution, one at a time, on the truths that may be looked at.

Called by `python -m benchmarks.merging --tune`: it receives the rows of the half to tune on, and never sees the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING

from benchmarks.merging import Outcome, overlaps, perturbations

if TYPE_CHECKING:
    from levier.directory.resolution.scoring import Facts

STEPS = (-1.0, -0.5, 0.5, 1.0)
FAULTS = ("typo numberless", "short numberless", "moved numberless")
ROWS = 800
# A wrong merge costs a sheet to somebody; a question for nothing costs a minute.
WRONG, ASKED, NEEDLESS = 5.0, 0.5, 0.1
# Not points of evidence: what the score is compared with, shares and similarities.
KEPT = {
    "SAME", "DOUBTFUL", "MATERIAL_CHANGE", "INITIALS_SIMILARITY", "CONTAINED_SHARE", "MOST_FOR_BRANDS",
    "BLAND_NAME_FACTOR",
}  # fmt: skip


def worth(outcomes: Iterable[Outcome]) -> float:
    """One figure to raise: right merges, less wrong ones; a question counts half."""
    return sum(
        one.found + ASKED * one.doubtful - WRONG * one.wrong - NEEDLESS * one.wrong_doubtful
        for one in outcomes
    )


def tune(facts: list[Facts]) -> None:
    """Print the worth of each weight moved by each step, and the best one; nothing is written."""
    from levier.directory.resolution import weights

    def measured() -> float:
        return worth(itertools.chain(overlaps(facts), perturbations(facts, FAULTS, ROWS)))

    names = [
        name
        for name, value in vars(weights).items()
        if name.isupper() and isinstance(value, float) and name not in KEPT
    ]
    start = measured()
    print(f"{len(facts):,} rows to tune on; worth of the weights as they stand: {start:,.1f}\n")
    print("| weight | now | best | gain |\n|---|---:|---:|---:|")
    for name in names:
        now = getattr(weights, name)
        tried = {}
        for step in STEPS:
            setattr(weights, name, now + step)
            tried[now + step] = measured() - start
        setattr(weights, name, now)
        best = max(tried, key=lambda value: tried[value])
        print(f"| {name} | {now:g} | {best:g} | {tried[best]:+,.1f} |", flush=True)
