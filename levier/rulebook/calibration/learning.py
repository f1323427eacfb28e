"""What realised lots say of a labour share: a value to propose, its uncertainty, and on how many lots it stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

# The value in force counts as this many lots: three lots alone do not move a national figure far.
PRIOR_LOTS: Final = 5
# Below it nothing is proposed: one cannot tell a habit from an accident.
LEAST_LOTS: Final = 3
# Half-width of an interval that holds eight cases in ten, in standard errors (normal law).
EIGHTY_PERCENT: Final = 1.2816
# A lot that gives less or more than this is a mistake of typing or a clause that was dropped.
PLAUSIBLE: Final = (0.02, 1.0)


@dataclass(frozen=True, slots=True)
class Experience:
    """One realised lot. Euros without tax, hours; ``worked_hours`` None when nobody counted them."""

    amount_ht: float
    planned_hours: float
    done_hours: float
    worked_hours: float | None = None


@dataclass(frozen=True, slots=True)
class LearnedShare:
    """A labour share to propose (0 to 1) with the bounds that hold eight cases in ten.

    ``lots``: how many lots it stands on; ``measured``: those whose hours worked were counted, the others speak
    through done against planned only; ``set_aside``: lots left out as impossible.
    """

    value: float
    low: float
    high: float
    lots: int
    measured: int
    set_aside: int


def learned_share(
    experiences: Sequence[Experience], *, share: float, hourly_cost: float
) -> LearnedShare | None:
    """The labour share that realised lots suggest, drawn towards the one in force; None below LEAST_LOTS lots.

    In: lots of one trade, the share in force (0 to 1), its hourly cost in euros. A lot whose hours worked were
    counted gives hours × cost / amount; another one gives the share in force × done / planned, and weighs half.
    The mean is taken on logarithms, where a lot twice too high and one twice too low cancel out.
    """
    found: list[tuple[float, float]] = []
    measured = set_aside = 0
    for one in experiences:
        counted = one.worked_hours is not None
        implied = (
            one.worked_hours * hourly_cost / one.amount_ht
            if one.worked_hours is not None
            else share * one.done_hours / one.planned_hours
        )
        if not PLAUSIBLE[0] <= implied <= PLAUSIBLE[1]:
            set_aside += 1
            continue
        measured += counted
        found.append((math.log(implied), 1.0 if counted else 0.5))
    if len(found) < LEAST_LOTS:
        return None
    logs, weights = np.asarray(found, dtype=np.float64).T
    total = float(weights.sum())
    mean = (float((logs * weights).sum()) + PRIOR_LOTS * math.log(share)) / (total + PRIOR_LOTS)
    spread = math.sqrt(float((weights * (logs - mean) ** 2).sum()) / total)
    error = EIGHTY_PERCENT * max(spread, 0.05) / math.sqrt(total)
    value = min(1.0, math.exp(mean))
    return LearnedShare(
        value=round(value, 3),
        low=round(math.exp(mean - error), 3),
        high=round(min(1.0, math.exp(mean + error)), 3),
        lots=len(found),
        measured=measured,
        set_aside=set_aside,
    )
