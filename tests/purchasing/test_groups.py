"""Groups of suppliers: known optima, and the same answer as trying everything."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levier.purchasing.groups import MOST_CANDIDATES, Group, Partner, best_group


def partner(key: int, sectors: str, capacity: float | None = None, km: float | None = 10.0) -> Partner:
    """Sectors are letters: « ab »."""
    return Partner(key, frozenset(sectors), capacity, km)


def keys(group: Group | None) -> tuple[int, ...]:
    assert group is not None
    return group.keys


def test_the_two_that_cover_all_sectors_together() -> None:
    candidates = [partner(1, "a"), partner(2, "b"), partner(3, "c"), partner(4, "bc")]
    assert keys(best_group(candidates, sectors=frozenset("abc"), yearly_amount_ht=None)) == (1, 4)


def test_the_nearest_of_two_equal_partners() -> None:
    candidates = [partner(1, "a"), partner(2, "b", km=80), partner(3, "b", km=5)]
    assert keys(best_group(candidates, sectors=frozenset("ab"), yearly_amount_ht=None)) == (1, 3)


def test_the_volume_asks_for_a_third_member() -> None:
    candidates = [partner(1, "ab", 30_000), partner(2, "ab", 30_000), partner(3, "ab", 40_000, km=90)]
    found = best_group(candidates, sectors=frozenset("ab"), yearly_amount_ht=95_000)
    assert keys(found) == (1, 2, 3)
    assert best_group(candidates, sectors=frozenset("ab"), yearly_amount_ht=60_000).keys == (1, 2)  # type: ignore[union-attr]


def test_a_known_capacity_comes_before_a_shorter_road() -> None:
    candidates = [partner(1, "a", 50_000), partner(2, "a", None, km=1), partner(3, "a", 50_000, km=60)]
    found = best_group(candidates, sectors=frozenset("a"), yearly_amount_ht=80_000)
    assert keys(found) == (1, 3)
    assert found is not None and found.is_volume_checked


def test_an_unknown_capacity_is_said_and_not_dropped() -> None:
    found = best_group(
        [partner(1, "a"), partner(2, "b", 10_000)], sectors=frozenset("ab"), yearly_amount_ht=80_000
    )
    assert keys(found) == (1, 2)
    assert found is not None and not found.is_volume_checked


def test_the_lead_is_in_the_group_even_far_away() -> None:
    candidates = [partner(1, "a", km=1), partner(2, "b", km=1), partner(3, "a", km=500)]
    assert keys(best_group(candidates, sectors=frozenset("ab"), yearly_amount_ht=None, lead=3)) == (2, 3)


def test_there_may_be_no_group() -> None:
    candidates = [partner(1, "a", 10.0), partner(2, "b", 10.0)]
    assert best_group(candidates, sectors=frozenset("abc"), yearly_amount_ht=None) is None
    assert best_group(candidates, sectors=frozenset("ab"), yearly_amount_ht=21) is None
    assert best_group(candidates[:1], sectors=frozenset("a"), yearly_amount_ht=None) is None


def test_too_many_candidates_or_a_stranger_as_lead_are_refused() -> None:
    many = [partner(number, "a") for number in range(MOST_CANDIDATES + 1)]
    with pytest.raises(ValueError, match="at most"):
        best_group(many, sectors=frozenset("a"), yearly_amount_ht=None)
    with pytest.raises(ValueError, match="lead"):
        best_group(many[:2], sectors=frozenset("a"), yearly_amount_ht=None, lead=99)


def brute_force(
    candidates: list[Partner], sectors: frozenset[str], amount: float | None, lead: int | None, most: int
) -> tuple[int, int, int] | None:
    """The cost of the best of all groups, tried one by one."""
    costs = []
    for size in range(2, most + 1):
        for group in combinations(candidates, size):
            capacity = sum(float("inf") if one.capacity_ht is None else one.capacity_ht for one in group)
            covered = frozenset[str]().union(*(one.sectors for one in group))
            if (
                sectors <= covered
                and capacity >= (amount or 0)
                and (lead is None or lead in {one.key for one in group})
            ):
                costs.append(
                    (sum(one.capacity_ht is None for one in group), size, sum(one.metres for one in group))
                )
    return min(costs, default=None)


PARTNERS = st.lists(
    st.builds(
        lambda sectors, capacity, km: (frozenset(sectors), capacity, km),
        st.sets(st.sampled_from("abcd"), max_size=3),
        st.one_of(st.none(), st.integers(0, 50)),
        st.one_of(st.none(), st.integers(0, 300)),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    PARTNERS, st.sets(st.sampled_from("abcd"), max_size=4), st.one_of(st.none(), st.integers(0, 150)),
    st.booleans(), st.integers(2, 5),
)  # fmt: skip
def test_no_group_is_better_than_the_one_found(
    drawn: list[tuple[frozenset[str], float | None, float | None]],
    wanted: set[str],
    amount: float | None,
    with_lead: bool,
    most: int,
) -> None:
    candidates = [Partner(number, *one) for number, one in enumerate(drawn)]
    lead = 0 if with_lead else None
    found = best_group(candidates, sectors=frozenset(wanted), yearly_amount_ht=amount, lead=lead, most=most)
    best = brute_force(candidates, frozenset(wanted), amount, lead, most)
    assert (found.cost if found else None) == best
    if found:
        chosen = [one for one in candidates if one.key in found.keys]
        assert frozenset(wanted) <= frozenset[str]().union(*(one.sectors for one in chosen))
        assert len(chosen) == len(found.keys) == found.cost[1]
