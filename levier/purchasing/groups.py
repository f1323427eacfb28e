"""Which suppliers together can carry a need: an exact search over few candidates. Pure Python, no database.

A group covers the need when its members together have every sector asked for, and can carry the yearly
amount without any of them depending too much on it. Among the groups that do, the best has the fewest members
whose capacity nobody knows, then the fewest members, then the shortest total distance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MOST_CANDIDATES = 30
MOST_MEMBERS = 6
# Nobody said where it is: as far as the farthest who may be chosen, so that a known neighbour comes first.
UNKNOWN_DISTANCE_KM = 200.0


@dataclass(frozen=True, slots=True)
class Partner:
    """One candidate. `sectors`: those it does; `capacity_ht`: the most it may take of one contract in a year
    (euros without tax), None when its turnover is unknown; `distance_km` None when its place is unknown."""

    key: int
    sectors: frozenset[str]
    capacity_ht: float | None = None
    distance_km: float | None = None

    @property
    def metres(self) -> int:
        """The distance to count with: whole metres, whose sum does not depend on the order."""
        return round(1000 * (UNKNOWN_DISTANCE_KM if self.distance_km is None else self.distance_km))


@dataclass(frozen=True, slots=True)
class Group:
    """The members of a group, in the order of the candidates, and what it costs: (unknown, members, metres)."""

    keys: tuple[int, ...]
    cost: tuple[int, int, int]

    @property
    def is_volume_checked(self) -> bool:
        """False when the capacity of at least one member is unknown: to be asked before bidding."""
        return self.cost[0] == 0


def best_group(
    candidates: Sequence[Partner],
    *,
    sectors: frozenset[str],
    yearly_amount_ht: float | None,
    lead: int | None = None,
    least: int = 2,
    most: int = MOST_MEMBERS,
) -> Group | None:
    """The best group of `least` to `most` members, with `lead` in it; None when there is none.

    Exact: every group is considered, those that cannot be better are cut. The amount is None when unknown:
    then only sectors count. Raises ValueError beyond MOST_CANDIDATES, or when the lead is no candidate.
    """
    if len(candidates) > MOST_CANDIDATES:
        raise ValueError(f"{MOST_CANDIDATES} candidates at most, {len(candidates)} given")
    if lead is not None and all(one.key != lead for one in candidates):
        raise ValueError("the lead is not among the candidates")
    return _Search(candidates, sectors, yearly_amount_ht, lead, least, most).run()


class _Search:
    """Depth first over the candidates, nearest first; a branch is cut as soon as it cannot win."""

    def __init__(
        self,
        candidates: Sequence[Partner],
        sectors: frozenset[str],
        amount: float | None,
        lead: int | None,
        least: int,
        most: int,
    ) -> None:
        bits = {slug: 1 << number for number, slug in enumerate(sorted(sectors))}
        self.positions = {one.key: number for number, one in enumerate(candidates)}
        self.full = (1 << len(bits)) - 1
        self.amount = amount or 0.0
        self.least, self.most = least, most
        first = [one for one in candidates if one.key == lead]
        others = [one for one in candidates if one.key != lead]
        others.sort(key=lambda one: (one.capacity_ht is None, one.metres, one.key))
        self.order = [*first, *others]
        self.forced = len(first)
        self.masks = [sum(bits[slug] for slug in one.sectors if slug in bits) for one in self.order]
        # What everyone from a position on could still bring.
        self.mask_left = [0] * (len(self.order) + 1)
        # can_left[position][places]: the most that so many of them could carry.
        self.can_left = [[0.0] * (most + 1)] * (len(self.order) + 1)
        largest: list[float] = []
        for number in range(len(self.order) - 1, -1, -1):
            largest = sorted([*largest, self._brought(number)], reverse=True)[:most]
            sums = [0.0, *accumulate(largest)]
            self.mask_left[number] = self.mask_left[number + 1] | self.masks[number]
            self.can_left[number] = sums + sums[-1:] * (most + 1 - len(sums))
        self.best: tuple[tuple[int, int, int], tuple[int, ...]] | None = None

    def _brought(self, number: int) -> float:
        """What a candidate can carry; one whose capacity is unknown may be asked for any amount."""
        capacity = self.order[number].capacity_ht
        return float("inf") if capacity is None else capacity

    def run(self) -> Group | None:
        self._extend(0, (), 0, 0.0, (0, 0, 0))
        if self.best is None:
            return None
        cost, chosen = self.best
        keys = sorted((self.order[number].key for number in chosen), key=self.positions.__getitem__)
        return Group(tuple(keys), cost)

    def _extend(
        self,
        start: int,
        chosen: tuple[int, ...],
        mask: int,
        capacity: float,
        cost: tuple[int, int, int],
    ) -> None:
        is_whole = mask == self.full and capacity >= self.amount and len(chosen) >= self.forced
        if is_whole and len(chosen) >= self.least:
            # Nothing that adds a member to this group can be better.
            if self.best is None or (cost, chosen) < self.best:
                self.best = (cost, chosen)
            return
        places = self.most - len(chosen)
        if not places:
            return
        end = self.forced if not chosen and self.forced else len(self.order)
        for number in range(start, end):
            can_carry = capacity + self.can_left[number][places] >= self.amount
            if (mask | self.mask_left[number]) != self.full or not can_carry:
                return
            one = self.order[number]
            unknown, members, metres = cost
            grown = (unknown + (one.capacity_ht is None), members + 1, metres + one.metres)
            if self.best is not None and grown > self.best[0]:
                continue
            brought = capacity + self._brought(number)
            self._extend(number + 1, (*chosen, number), mask | self.masks[number], brought, grown)
