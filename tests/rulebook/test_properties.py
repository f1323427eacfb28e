"""Properties of the arithmetic: monotone, never negative, bounded, and one array equals its elements."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from levier.rulebook.calibration import (
    Rounding,
    Settings,
    by_amount,
    by_headcount,
    by_ordered_amount,
    by_percentage,
    by_training_bracket,
    inclusive_purchase,
    pact,
    physical_bound,
    within_physical_bound,
)

pytestmark = pytest.mark.slow

quick = settings(max_examples=100, deadline=None)

amounts = st.floats(0, 1e9, allow_nan=False)
rates = st.floats(0, 1, allow_nan=False)
costs = st.floats(10, 100, allow_nan=False)
months = st.floats(0.5, 120, allow_nan=False)
takeovers = st.floats(0, 20_000, allow_nan=False)
roundings = st.builds(Rounding, st.sampled_from([1, 5, 7, 35]), st.sampled_from(["half_up", "truncate"]))


def m1(amount: Any, share: Any, rate: Any, cost: Any, how: Rounding) -> Any:
    return by_amount(
        amount_ht=amount,
        labour_share=share,
        insertion_rate=rate,
        hourly_cost=cost,
        settings=Settings(rounding=how),
    )


def m3(amount: Any, length: Any, taken: Any, rate: Any, how: Rounding) -> Any:
    return pact(
        amount_ht=amount,
        months=length,
        takeover_hours=taken,
        insertion_rate=rate,
        settings=Settings(rounding=how),
    )


@quick
@given(amounts, rates, rates, costs, roundings, st.data())
def test_amount_method_rises_with_amount_share_and_rate(
    amount: float, share: float, rate: float, cost: float, how: Rounding, data: st.DataObject
) -> None:
    base = m1(amount, share, rate, cost, how).hours
    assert base >= 0
    assert m1(data.draw(st.floats(amount, 1e10)), share, rate, cost, how).hours >= base
    assert m1(amount, data.draw(st.floats(share, 1)), rate, cost, how).hours >= base
    assert m1(amount, share, data.draw(st.floats(rate, 1)), cost, how).hours >= base
    assert m1(amount, share, rate, data.draw(st.floats(cost, 1000)), how).hours <= base


@quick
@given(st.floats(0, 1e9), rates, st.data())
def test_percentage_method_rises_with_hours_and_rate(total: float, rate: float, data: st.DataObject) -> None:
    base = by_percentage(total_hours=total, insertion_rate=rate).hours
    assert 0 <= base <= round(total) + 1
    assert by_percentage(total_hours=data.draw(st.floats(total, 1e10)), insertion_rate=rate).hours >= base
    assert by_percentage(total_hours=total, insertion_rate=data.draw(st.floats(rate, 1))).hours >= base


@quick
@given(amounts, months, takeovers, rates, roundings, st.data())
def test_pact_rises_with_amount_and_rate_and_falls_with_the_hours_taken_over(
    amount: float, length: float, taken: float, rate: float, how: Rounding, data: st.DataObject
) -> None:
    base = m3(amount, length, taken, rate, how).hours
    assert base >= 0
    assert m3(data.draw(st.floats(amount, 1e10)), length, taken, rate, how).hours >= base
    assert m3(amount, length, taken, data.draw(st.floats(rate, 1)), how).hours >= base
    assert m3(amount, length, data.draw(st.floats(taken, 1e6)), rate, how).hours <= base


@quick
@given(st.floats(1000, 1e9), months, takeovers, rates)
def test_pact_rules_hold(amount: float, length: float, taken: float, rate: float) -> None:
    result = pact(amount_ht=amount, months=length, takeover_hours=taken, insertion_rate=rate)
    weight = next(line.value for line in result.trace if line.label == "P")
    assert weight <= 1
    # Rule 2 then rule 1 of the branch: P ≤ 0, then less than 150 h, and nothing else forbids the clause.
    assert (result.verdict == "clause") == (weight > 0 and result.hours >= 150)
    unanswered = pact(amount_ht=amount, months=length, takeover_hours=None, insertion_rate=rate)
    assert unanswered.range.low == 0
    assert result.hours <= unanswered.range.high


@quick
@given(amounts, st.floats(1, 1e6), st.floats(0, 1e7), st.booleans(), st.data())
def test_ordered_amount_rises_with_the_amount_and_falls_with_the_trigger(
    amount: float, tranche: float, trigger: float, retroactive: bool, data: st.DataObject
) -> None:
    def hours(ordered: float, threshold: float) -> Any:
        return by_ordered_amount(
            amount_ht=ordered, tranche_amount=tranche, trigger_amount=threshold, retroactive=retroactive
        ).hours

    base = hours(amount, trigger)
    assert base >= 0
    assert hours(data.draw(st.floats(amount, 1e10)), trigger) >= base
    assert hours(amount, data.draw(st.floats(trigger, 1e8))) <= base
    silent = by_ordered_amount(amount_ht=amount, tranche_amount=tranche, trigger_amount=trigger)
    assert silent.range.low <= base <= silent.range.high


@quick
@given(amounts, st.floats(0, 500), st.data())
def test_ordered_amount_rises_with_the_hours_for_100k(
    amount: float, pace: float, data: st.DataObject
) -> None:
    base = by_ordered_amount(amount_ht=amount, hours_per_100k=pace).hours
    more = by_ordered_amount(amount_ht=amount, hours_per_100k=data.draw(st.floats(pace, 1000))).hours
    assert 0 <= base <= more


def _same(array: Any, one: Any, index: int) -> None:
    assert array.hours[index] == one.hours
    assert array.verdict[index] == one.verdict
    assert array.fte[index] == pytest.approx(one.fte)
    assert (array.range.low[index], array.range.high[index]) == (one.range.low, one.range.high)
    if one.labour_hours is not None:
        assert np.broadcast_to(array.labour_hours, array.hours.shape)[index] == pytest.approx(
            one.labour_hours
        )


@quick
@given(
    st.lists(st.tuples(amounts, rates, rates, costs, months, takeovers), min_size=1, max_size=3), roundings
)
def test_an_array_gives_what_each_of_its_elements_gives(
    rows: list[tuple[float, float, float, float, float, float]], how: Rounding
) -> None:
    amount, share, rate, cost, length, taken = (np.asarray(column) for column in zip(*rows, strict=True))
    common = {"settings": Settings(rounding=how)}
    together = [
        m1(amount, share, rate, cost, how),
        by_percentage(total_hours=amount, insertion_rate=rate, **common),
        m3(amount, length, taken, rate, how),
        by_training_bracket(amount_ht=amount, **common),
        inclusive_purchase(amount_ht=amount, **common),
        by_headcount(headcount=taken, months=length, **common),
        by_ordered_amount(amount_ht=amount, hours_per_100k=cost, **common),
    ]
    for index, (one_amount, one_share, one_rate, one_cost, one_length, one_taken) in enumerate(rows):
        alone = [
            m1(one_amount, one_share, one_rate, one_cost, how),
            by_percentage(total_hours=one_amount, insertion_rate=one_rate, **common),
            m3(one_amount, one_length, one_taken, one_rate, how),
            by_training_bracket(amount_ht=one_amount, **common),
            inclusive_purchase(amount_ht=one_amount, **common),
            by_headcount(headcount=one_taken, months=one_length, **common),
            by_ordered_amount(amount_ht=one_amount, hours_per_100k=one_cost, **common),
        ]
        for many, single in zip(together, alone, strict=True):
            _same(many, single, index)


@quick
@given(amounts, rates, rates, costs, st.floats(0, 50), st.floats(0, 200), st.floats(0, 48), roundings)
def test_the_physical_bound_is_never_passed(
    amount: float,
    share: float,
    rate: float,
    cost: float,
    posts: float,
    weeks: float,
    weekly: float,
    how: Rounding,
) -> None:
    free = m1(amount, share, rate, cost, how)
    bound = physical_bound(posts=posts, weeks=weeks, weekly_hours=weekly)
    cut = within_physical_bound(free, posts=posts, weeks=weeks, weekly_hours=weekly)
    assert cut.hours <= bound + 1e-6
    assert cut.range.high <= bound + 1e-6
    assert cut.hours <= free.hours
    assert cut.verdict in (free.verdict, "no_clause")
    if cut.verdict == "clause":
        assert cut.hours >= cut.minimum_hours


@quick
@given(amounts, rates, rates, costs, roundings)
def test_rounding_stays_within_its_step(
    amount: float, share: float, rate: float, cost: float, how: Rounding
) -> None:
    exact = amount * share / cost * rate
    assume(exact < 1e9)
    hours = m1(amount, share, rate, cost, how).hours
    assert hours % how.step == 0
    slack = how.step / 2 if how.mode == "half_up" else how.step
    assert abs(hours - exact) <= slack + 1e-3
    if how.mode == "truncate":
        assert hours <= exact + 1e-3
