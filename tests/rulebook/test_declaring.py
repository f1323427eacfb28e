"""The checks of a declared line: for each rule, a line that sets it off and one that does not."""

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levier.rulebook.declaring import (
    ALWAYS_BLOCK,
    CHECKS,
    Around,
    DeclaringError,
    Line,
    check,
    check_switches,
    rules,
)

D = Decimal
JUNE, MAY = date(2026, 6, 1), date(2026, 5, 1)
LINE = Line(month=JUNE, hours=D(140), employer="acme", declared_by="acme")
AROUND = Around(
    today=date(2026, 7, 5),
    contract_from=date(2026, 1, 1),
    contract_to=date(2027, 12, 31),
    hired_on=date(2026, 2, 2),
    eligible_from=date(2026, 2, 2),
    eligible_until=date(2028, 2, 1),
    known_modalities=frozenset({"embauche", "ai", "sous-traitance"}),
    holders=frozenset({"acme"}),
    subcontractors=frozenset({"jardins"}),
)


def past(*hours: int) -> dict[str, Any]:
    """The months that end in May 2026, oldest first."""
    return {
        "history": tuple(
            (date(2026, 6 - back, 1), D(one)) for back, one in enumerate(reversed(hours), start=1)
        )
    }


# rule → (changes of the line, of what is around) that sets it off, and that does not.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "hours_missing": ({"hours": math.nan}, {}, {"hours": 140.0}, {}),
    "hours_negative": ({"hours": D(-7)}, {}, {"hours": D(7)}, {}),
    "hours_zero": ({"hours": D(0)}, {}, {"hours": D("0.01")}, {}),
    "hours_too_precise": ({"hours": 7.125}, {}, {"hours": 7.1}, {}),
    "parts_over_total": ({"training_hours": D(141)}, {}, {"training_hours": D(140)}, {}),
    "tutoring_declared": ({"tutoring_hours": D(1)}, {}, {}, {}),
    "number_of_a_person": (
        {"comment": "dossier 1 85 05 78 006 084 36"},
        {},
        {"comment": "tél. 06 12 34 56 78"},
        {},
    ),
    "month_missing": ({"month": None}, {}, {}, {}),
    "month_in_future": ({"month": date(2026, 8, 1)}, {}, {"month": date(2026, 7, 1)}, {}),
    "month_closed": ({}, {"closed_on": date(2026, 7, 4)}, {}, {"closed_on": date(2026, 7, 5)}),
    "month_skipped": ({}, {"history": ((date(2026, 3, 1), D(100)),)}, {}, {"history": ((MAY, D(100)),)}),
    "declared_late": ({}, {"due_on": date(2026, 7, 4)}, {}, {"due_on": date(2026, 7, 15)}),
    "duplicate_line": ({}, {"has_same_line": True}, {}, {}),
    "over_35_a_week": ({"hours": D(155)}, {}, {"hours": D(154)}, {}),
    "over_48_a_week": ({"hours": D(212)}, {}, {"hours": D(211)}, {}),
    "over_a_month": ({"hours": D("220.01")}, {}, {"hours": D(220)}, {}),
    "holiday_month_too_high": ({"month": MAY, "hours": D(120)}, {}, {"month": MAY, "hours": D(119)}, {}),
    "overlap_between_employers": ({}, {"other_employers": D(81)}, {}, {"other_employers": D(80)}),
    "before_contract": ({}, {"contract_from": date(2026, 7, 1)}, {}, {"contract_from": date(2026, 6, 30)}),
    "after_contract": ({}, {"contract_to": date(2026, 5, 31)}, {}, {"contract_to": JUNE}),
    "before_hiring": ({}, {"hired_on": date(2026, 7, 1)}, {}, {"hired_on": date(2026, 6, 1)}),
    "after_departure": ({}, {"left_on": date(2026, 5, 31)}, {}, {"left_on": date(2026, 6, 30)}),
    "person_not_validated": ({}, {"is_validated": False}, {}, {}),
    "privacy_notice_missing": ({}, {"notice_given": False}, {}, {}),
    "before_eligibility": ({}, {"eligible_from": date(2026, 7, 1)}, {}, {"eligible_from": date(2026, 6, 30)}),
    "after_eligibility": ({}, {"eligible_until": date(2026, 5, 31)}, {}, {"eligible_until": JUNE}),
    "over_ai_ceiling": (
        {"modality": "ai"},
        {"ai_total_before": D(341)},
        {"modality": "ai"},
        {"ai_total_before": D(340)},
    ),
    "no_proof": ({}, {"proof_seen": False}, {}, {}),
    "proof_expired": (
        {},
        {"entry_on": date(2026, 2, 2), "proof_valid_to": date(2026, 2, 1)},
        {},
        {"entry_on": date(2026, 2, 2), "proof_valid_to": date(2026, 2, 2)},
    ),
    "counted_elsewhere": (
        {},
        {"worked": D(151), "allocated": D(12)},
        {},
        {"worked": D(152), "allocated": D(12)},
    ),
    "statement_differs": ({}, {"counterpart_hours": D(139)}, {}, {"counterpart_hours": D("139.5")}),
    "unlike_own_history": ({}, past(80, 90, 85), {}, past(130, 110, 120)),
    "unlike_contract_pace": (
        {},
        {"contract_month": D(301), "contract_pace": D(150)},
        {},
        {"contract_month": D(300), "contract_pace": D(150)},
    ),
    "same_total_each_month": ({}, past(140, 140), {}, past(140, 139)),
    "over_commitment": ({}, {"commitment_left": D(139)}, {}, {"commitment_left": D(140)}),
    "modality_unknown": ({"modality": "stage"}, {}, {"modality": "embauche"}, {}),
    "modality_not_accepted": (
        {},
        {"accepted_modalities": frozenset({"ai"})},
        {},
        {"accepted_modalities": frozenset({"embauche"})},
    ),
    "place_not_counted": (
        {"place": "off_site"},
        {"places": frozenset({"on_site"})},
        {"place": "off_site"},
        {"places": frozenset({"on_site", "off_site"})},
    ),
    "structure_without_convention": ({}, {"structure_convention": False}, {}, {"structure_convention": True}),
    "declared_by_another": ({"declared_by": "voisin"}, {}, {"declared_by": "jardins"}, {}),
    "subcontractor_not_declared": (
        {"modality": "sous-traitance", "employer": "voisin"},
        {},
        {"modality": "sous-traitance", "employer": "jardins"},
        {},
    ),
}


def found(line: dict[str, Any], around: dict[str, Any]) -> set[str]:
    return {one.rule.name for one in check(replace(LINE, **line), replace(AROUND, **around))}


def test_a_clean_line_has_no_remark() -> None:
    assert check(LINE, AROUND) == ()


def test_the_table_the_functions_and_the_cases_name_the_same_rules() -> None:
    assert set(rules()) == set(CHECKS) == set(CASES)
    assert len(rules()) >= 25


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_rule_speaks_when_it_should_and_only_then(name: str) -> None:
    line, around, quiet_line, quiet_around = CASES[name]
    assert name in found(line, around)
    assert name not in found(quiet_line, quiet_around)


@pytest.mark.parametrize("name", sorted(CASES))
def test_each_sentence_is_whole_and_sourced(name: str) -> None:
    line, around, *_ = CASES[name]
    one = next(
        one for one in check(replace(LINE, **line), replace(AROUND, **around)) if one.rule.name == name
    )
    assert one.sentence.rstrip()[-1] in ".?"
    assert "{" not in one.sentence
    assert one.rule.source
    assert one.rule.status in ("confirmed", "to_confirm")


@pytest.mark.parametrize("hours", [None, math.inf, -math.inf, D("NaN"), D("Infinity")])
def test_hours_that_are_no_figure_are_missing_and_break_nothing(hours: Any) -> None:
    assert found({"hours": hours}, past(80, 90, 85)) == {"hours_missing"}


def test_a_contract_switches_its_checks() -> None:
    late = replace(AROUND, due_on=date(2026, 7, 1))
    assert [one.severity for one in check(LINE, late)] == ["warn"]
    assert [one.is_blocking for one in check(LINE, late, {"declared_late": "block"})] == [True]
    assert check(LINE, late, {"declared_late": "off"}) == ()


@pytest.mark.parametrize(
    ("switches", "told"),
    [
        ({"lune": "off"}, "n’existe pas"),
        ({"declared_late": "maybe"}, "choisissez off, warn ou block"),
        *(({name: "off"}, "bloque toujours") for name in sorted(ALWAYS_BLOCK)),
    ],
)
def test_a_wrong_switch_is_told(switches: dict[str, str], told: str) -> None:
    with pytest.raises(DeclaringError, match=told):
        check_switches(switches)


def test_an_employer_that_joined_in_the_month_is_judged_on_its_days() -> None:
    late = replace(AROUND, hired_on=date(2026, 6, 22))
    assert {one.rule.name for one in check(replace(LINE, hours=D(60)), late)} == {"over_35_a_week"}
    assert check(replace(LINE, hours=D(49)), late) == ()


def test_a_derogation_or_another_user_lifts_the_ceiling_of_an_association() -> None:
    line, around = {"modality": "ai"}, {"ai_total_before": D(400)}
    assert "over_ai_ceiling" in found(line, around)
    assert "over_ai_ceiling" not in found(line, around | {"ai_ceiling_lifted": True})
    assert "over_ai_ceiling" not in found(line, around | {"in_company": False})


_ANY = st.none() | st.floats() | st.decimals(allow_nan=True, allow_infinity=True)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    _ANY,
    st.none() | st.dates(date(1600, 1, 1), date(9998, 1, 1)),
    st.text(max_size=20),
    st.lists(
        st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.decimals(0, 300, places=2)), max_size=5
    ),
)
def test_whatever_is_declared_gets_sentences_and_never_an_error(
    hours: Any, month: date | None, text: str, history: list[tuple[date, Decimal]]
) -> None:
    line = Line(month=month, hours=hours, modality=text, comment=text, declared_by=text, employer=text)
    for one in check(line, replace(AROUND, history=tuple(history))):
        assert one.sentence
