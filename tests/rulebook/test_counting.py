"""Counting the hours of a month: each rule, and the properties that always hold."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levier.rulebook.counting import (
    RULES,
    AiDerogation,
    Coefficient,
    CountedMonth,
    CountingError,
    PersonMonth,
    Share,
    count_month,
    counting_keys,
    counting_rules,
)

D = Decimal
MONTH = date(2026, 6, 1)  # 22 working days, no public holiday
NATIONAL = counting_rules("national")
SHARE = Share(
    contract="A",
    hours=D(105),
    rules=NATIONAL,
    lot_from=date(2026, 1, 1),
    lot_to=date(2027, 12, 31),
    operation_from=date(2025, 1, 1),
    operation_to=date(2028, 12, 31),
)
PERSON = PersonMonth(
    month=MONTH,
    worked=D(105),
    shares=(SHARE,),
    eligible_from=date(2026, 1, 1),
    eligible_until=date(2027, 12, 31),
)


def counted(share: Share = SHARE, **person: object) -> CountedMonth:
    return count_month(replace(PERSON, **({"shares": (share,)} | person)))  # type: ignore[arg-type]


def questioned(found: CountedMonth) -> dict[str, D]:
    return {part.rule: part.hours for one in found.shares for part in one.questioned}


def test_a_plain_month_counts_whole() -> None:
    found = counted()
    assert (found.counted, found.questioned) == (D(105), 0)
    assert found.shares[0].trace


@pytest.mark.parametrize("key", counting_keys())
def test_every_shipped_rule_has_its_source(key: str) -> None:
    assert counting_rules(key).source


@pytest.mark.parametrize(
    ("change", "person", "expected"),
    [
        ({"tutoring_hours": D(14)}, {}, {"tutoring": D(14)}),
        ({"training_hours": D(35)}, {}, {"training": D(35)}),
        ({"training_hours": D(35), "modality": "alternance"}, {}, {}),
        ({"training_hours": D(35), "modality": "geiq"}, {}, {}),
        ({"modality": "formation"}, {}, {"training": D(105)}),
        ({"modality": "formation", "rules": counting_rules("creil")}, {}, {}),
        ({"place": "off_site"}, {}, {"place": D(105)}),
        ({"place": "off_site", "rules": counting_rules("alsace")}, {}, {}),
        ({"lot_to": date(2026, 5, 31)}, {}, {"contract_window": D(105)}),
        ({"lot_to": date(2026, 5, 31), "rules": counting_rules("alsace")}, {}, {}),
        # 1 to 12 June: ten working days of twenty-two.
        ({"lot_to": date(2026, 6, 12), "hours": D(110)}, {"worked": D(110)}, {"contract_window": D(60)}),
        ({}, {"eligible_until": None}, {"eligibility": D(105)}),
        ({}, {"eligible_until": date(2026, 5, 31)}, {"eligibility_window": D(105)}),
        ({}, {"eligible_from": date(2026, 7, 1)}, {"eligibility_window": D(105)}),
        ({"left_on": date(2026, 5, 20)}, {}, {"presence": D(105)}),
        ({"hired_on": date(2026, 6, 22), "hours": D(35)}, {}, {}),
        (
            {"is_cdi": True, "hired_on": date(2024, 1, 1), "rules": counting_rules("cdi_12")},
            {},
            {"cdi": D(105)},
        ),
        ({"is_cdi": True, "hired_on": date(2024, 1, 1)}, {}, {}),
        ({"is_cdi": True, "hired_on": date(2022, 1, 1)}, {}, {"cdi": D(105)}),
        ({}, {"worked": D(80)}, {"worked": D(25)}),
    ],
)
def test_each_rule_questions_the_hours_it_should(
    change: dict[str, object], person: dict[str, object], expected: dict[str, D]
) -> None:
    share = replace(SHARE, **change)  # type: ignore[arg-type]
    found = counted(share, **person)
    assert questioned(found) == expected
    assert found.counted == share.hours - sum(expected.values())
    for part in found.shares[0].questioned:
        assert part.rule in RULES
        assert part.sentence.endswith(".")


def test_a_cdi_counts_until_the_contract_ends_or_48_months_whichever_comes_first() -> None:
    cdi = replace(SHARE, is_cdi=True, hired_on=date(2026, 3, 1), lot_to=date(2026, 5, 31))
    assert questioned(counted(cdi)) == {"contract_window": D(105)}
    assert counted(replace(cdi, lot_to=date(2035, 1, 1))).counted == 105
    # Its own limit stands for that of the eligibility, if the person was eligible when hired.
    late = {"eligible_from": date(2024, 1, 1), "eligible_until": date(2026, 5, 31)}
    assert counted(replace(cdi, lot_to=date(2035, 1, 1)), **late).counted == 105
    assert questioned(counted(replace(SHARE, hired_on=date(2026, 3, 1)), **late)) == {
        "eligibility_window": D(105)
    }
    too_late = replace(cdi, hired_on=date(2026, 6, 1), lot_to=date(2035, 1, 1))
    assert questioned(counted(too_late, **late)) == {"eligibility_window": D(105)}


@pytest.mark.parametrize(
    ("before", "derogation", "expected"),
    [
        ([(date(2026, 5, 1), D(400))], None, D(80)),
        ([(date(2026, 5, 1), D(480))], None, D(0)),
        # The month 24 months ago has left the period; the one just after has not.
        ([(date(2024, 6, 1), D(480))], None, D(105)),
        ([(date(2024, 7, 1), D(480))], None, D(0)),
        ([(date(2026, 5, 1), D(480))], AiDerogation(date(2026, 1, 1), date(2026, 12, 31)), D(105)),
        ([(date(2026, 5, 1), D(480))], AiDerogation(date(2026, 1, 1), date(2026, 12, 31), D(500)), D(20)),
        ([(date(2026, 5, 1), D(480))], AiDerogation(date(2025, 1, 1), date(2025, 12, 31)), D(0)),
    ],
)
def test_an_association_intermediaire_stops_at_480_hours_over_24_months(
    before: list[tuple[date, D]], derogation: AiDerogation | None, expected: D
) -> None:
    found = counted(replace(SHARE, modality="ai"), ai_before=tuple(before), ai_derogation=derogation)
    assert found.counted == expected
    assert counted(replace(SHARE, modality="ai", in_company=False), ai_before=tuple(before)).counted == 105


def test_an_hour_counts_once_over_several_contracts() -> None:
    shares = (replace(SHARE, hours=D(80)), replace(SHARE, contract="B", hours=D(50)))
    found = count_month(replace(PERSON, shares=shares))
    assert [one.counted for one in found.shares] == [D(80), D(25)]
    assert questioned(found) == {"worked": D(25)}


def test_a_coefficient_sets_hours_aside_and_a_bonus_stays_apart() -> None:
    def rules(value: str, cap: D | None = None) -> Share:
        one = Coefficient("cdi", "cdi", D(value), date(2026, 1, 1), None, "délibération locale", cap)
        return replace(SHARE, rules=replace(NATIONAL, coefficients=(one,)), tags=frozenset({"cdi"}))

    assert questioned(counted(rules("0.5"))) == {"coefficient": D("52.5")}
    found = counted(rules("1.2"))
    assert (found.counted, found.shares[0].bonus) == (D(105), D(21))
    assert counted(rules("1.2", D(10))).shares[0].bonus == 10
    assert counted(replace(rules("1.2"), tags=frozenset())).shares[0].bonus == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"hours": D("NaN")}, "à partir de zéro"),
        ({"hours": D("-1")}, "à partir de zéro"),
        ({"hours": D("1.234")}, "deux décimales"),
        ({"hours": D(900)}, "un mois n’a pas"),
        ({"training_hours": D(60), "tutoring_hours": D(60)}, "dépassent"),
    ],
)
def test_hours_that_are_no_hours_are_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(CountingError, match=told):
        counted(replace(SHARE, **change))  # type: ignore[arg-type]


def test_one_contract_asks_once() -> None:
    with pytest.raises(CountingError, match="deux fois"):
        count_month(replace(PERSON, shares=(SHARE, SHARE)))
    with pytest.raises(CountingError, match="règles connues"):
        counting_rules("lune")


_HOURS = st.decimals(0, 300, places=2)
_DAY = st.dates(date(2022, 1, 1), date(2028, 12, 31))
_SHARES = st.builds(
    Share,
    contract=st.just("x"),
    hours=_HOURS,
    rules=st.sampled_from([counting_rules(key) for key in counting_keys()]),
    modality=st.sampled_from(["embauche", "alternance", "ai", "formation", "geiq"]),
    place=st.sampled_from(["on_site", "off_site"]),
    hired_on=st.none() | _DAY,
    left_on=st.none() | _DAY,
    is_cdi=st.booleans(),
    lot_from=st.none() | _DAY,
    lot_to=st.none() | _DAY,
    operation_to=st.none() | _DAY,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    st.lists(_SHARES, max_size=4),
    _HOURS,
    _DAY,
    st.none() | _DAY,
    st.lists(st.tuples(_DAY, _HOURS), max_size=3),
)
def test_never_more_than_worked_and_nothing_is_lost(
    shares: list[Share], worked: D, month: date, until: date | None, before: list[tuple[date, D]]
) -> None:
    named = tuple(
        replace(one, contract=str(rank), training_hours=one.hours // 3) for rank, one in enumerate(shares)
    )
    person = PersonMonth(month, worked, named, date(2022, 1, 1), until, tuple(before))
    found = count_month(person)
    assert found.counted <= worked
    assert sum((one.counted for one in found.shares), D(0)) == found.counted
    for one in found.shares:
        assert 0 <= one.counted <= one.asked
        assert one.counted + sum((part.hours for part in one.questioned), D(0)) == one.asked
        assert all(part.hours > 0 for part in one.questioned)
        assert one.counted == one.counted.quantize(D("0.01"))
