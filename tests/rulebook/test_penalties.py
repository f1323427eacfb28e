"""Penalties: real amounts, notice, grace, excuses, cap; never negative, never decided."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levier.rulebook.penalties import (
    KINDS,
    Default,
    Late,
    PenaltyError,
    PenaltyRule,
    PenaltyTerms,
    contracts_read,
    propose,
)
from tests.texts import plain_spaces

D = Decimal
READ = {one.key: one for one in contracts_read()}
ON = date(2026, 11, 25)
MISSING = Default(on=ON, hours_due=D(1000), hours_done=D(900))


def test_the_amounts_read_in_real_contracts() -> None:
    amounts = {
        (key, rule.kind): rule.amount or rule.multiple
        for key, one in READ.items()
        for rule in one.terms.rules
    }
    assert amounts == {
        ("premier_ministre_2021", "hour"): 200,
        ("premier_ministre_2021", "proof_day"): 75,
        ("sncf_e2mt2", "hour"): 60,
        ("sncf_e2mt2", "proof_day"): 100,
        ("sncf_e2mt2", "final_report_day"): 300,
        ("vigicrues_2025", "hour"): 50,
        ("vigicrues_2025", "proof_day"): 100,
        ("education_formation", "hour"): 4,
        ("education_formation", "meeting"): 500,
    }
    assert all(one.source and one.status for one in READ.values())


@pytest.mark.parametrize(
    ("key", "total"),
    [("premier_ministre_2021", D(20_000)), ("sncf_e2mt2", D(6_000)), ("education_formation", D(12_000))],
)
def test_a_hundred_hours_not_done(key: str, total: D) -> None:
    found = propose(READ[key].terms, MISSING)
    assert found.total == total
    assert found.lines[0].trace
    assert "l’acheteur seul décide" in found.reminder


def test_a_multiple_names_its_dated_reference() -> None:
    line = propose(READ["education_formation"].terms, MISSING).lines[0]
    assert line.unit_amount == 120
    assert line.reference is not None
    assert line.reference.value == 30
    assert "4 × Plafond horaire" in plain_spaces(" ".join(line.trace))
    before = propose(READ["education_formation"].terms, replace(MISSING, on=date(2025, 6, 1))).lines[0]
    assert (before.unit_amount, "à confirmer" in " ".join(before.trace)) == (D(116), True)


def test_a_reference_of_an_unknown_year_is_a_question_and_no_amount() -> None:
    found = propose(READ["education_formation"].terms, replace(MISSING, on=date(2031, 1, 1)))
    assert found.total == 0
    assert found.lines[0].blocked_by
    assert "valeurs connues" in found.questions[0]


def test_hours_in_question_or_not_attributable_are_not_held_against_the_contractor() -> None:
    terms = READ["premier_ministre_2021"].terms
    found = propose(terms, replace(MISSING, hours_questioned=D(40)))
    assert (found.lines[0].quantity, found.total) == (D(60), D(12_000))
    assert "attendent l’avis" in found.questions[0]
    excused = replace(
        MISSING, hours_not_attributable=D(100), not_attributable_reason="aucun candidat présenté"
    )
    assert propose(terms, excused).lines == ()
    with pytest.raises(PenaltyError, match="écrivez pourquoi"):
        propose(terms, replace(excused, not_attributable_reason=" "))


def test_a_notice_comes_first_and_its_grace_runs() -> None:
    late = Late("Relevé de juin", date(2026, 7, 15))
    terms = PenaltyTerms((PenaltyRule("proof_day", D(75), requires_notice=True, grace_days=10),))
    no_notice = propose(terms, Default(on=ON, proofs=(late,)))
    assert no_notice.total == 0
    assert "mise en demeure" in no_notice.lines[0].blocked_by
    running = propose(terms, Default(on=date(2026, 9, 8), proofs=(late,), notice_on=date(2026, 9, 1)))
    assert running.total == 0
    # Notice on 1 September, ten days of grace: 11 September. Received on the 21st: ten days.
    late = replace(late, received_on=date(2026, 9, 21))
    assert propose(terms, Default(on=ON, proofs=(late,), notice_on=date(2026, 9, 1))).total == 750
    working = PenaltyTerms((replace(terms.rules[0], days="working"),))
    assert propose(working, Default(on=ON, proofs=(late,), notice_on=date(2026, 9, 1))).total == 450
    received = replace(late, received_on=date(2026, 9, 5))
    assert propose(terms, Default(on=ON, proofs=(received,), notice_on=date(2026, 9, 1))).lines == ()


def test_a_notice_for_hours_blocks_until_it_has_run() -> None:
    terms = PenaltyTerms((PenaltyRule("hour", D(50), requires_notice=True, grace_days=30),))
    assert propose(terms, MISSING).total == 0
    assert propose(terms, replace(MISSING, notice_on=date(2026, 11, 1))).total == 0
    # The contractor may still answer: nothing is due before, whatever the grace of the contract.
    answering = propose(terms, replace(MISSING, notice_on=date(2026, 10, 1), notice_until=ON))
    assert answering.total == 0 and f"{ON:%d/%m/%Y}" in answering.lines[0].blocked_by
    assert propose(terms, replace(MISSING, notice_on=date(2026, 10, 1))).total == 5000


def test_the_final_report_and_the_meetings() -> None:
    report = Late("Bilan final", date(2026, 10, 1))
    found = propose(
        READ["sncf_e2mt2"].terms, Default(on=ON, final_report=report, notice_on=date(2026, 11, 20))
    )
    assert found.total == 1500
    assert propose(READ["education_formation"].terms, Default(on=ON, meetings_missed=2)).total == 1000


def test_every_means_used_waives_when_the_contract_says_so() -> None:
    terms = READ["sncf_e2mt2"].terms
    assert any("tous les moyens" in one for one in propose(terms, MISSING).questions)
    waived = propose(terms, replace(MISSING, all_means_shown=True))
    assert (waived.before_cap, waived.total) == (D(6000), 0)
    assert "tous les moyens" in waived.waived_by
    assert (
        propose(READ["premier_ministre_2021"].terms, replace(MISSING, all_means_shown=True)).total == 20_000
    )


def test_the_cap_counts_what_was_already_applied() -> None:
    terms = READ["sncf_e2mt2"].terms
    assert any("base au plafond" in one for one in propose(terms, MISSING).questions)
    capped = propose(terms, replace(MISSING, cap_base_amount_ht=D(20_000)))
    assert (capped.cap, capped.total) == (D(4000), D(4000))
    again = propose(terms, replace(MISSING, cap_base_amount_ht=D(20_000), applied_before=D(4500)))
    assert (again.cap, again.total) == (0, 0)


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "hour"},
        {"kind": "hour", "amount": D(1), "multiple": D(4)},
        {"kind": "hour", "amount": D(-1)},
        {"kind": "hour", "amount": D("NaN")},
        {"kind": "hour", "multiple": D(4), "reference": "lune"},
        {"kind": "weather", "amount": D(1)},
        {"kind": "hour", "amount": D(1), "grace_days": -1},
    ],
)
def test_a_rule_that_says_nothing_sure_is_refused(bad: dict) -> None:
    with pytest.raises(PenaltyError):
        PenaltyRule(**bad)


def test_impossible_facts_are_refused() -> None:
    terms = READ["sncf_e2mt2"].terms
    for bad in ({"hours_done": D("NaN")}, {"hours_due": D(-1)}, {"meetings_missed": -1}):
        with pytest.raises(PenaltyError, match="à partir de zéro"):
            propose(terms, replace(MISSING, **bad))
    with pytest.raises(PenaltyError, match="après le jour du calcul"):
        propose(terms, replace(MISSING, proofs=(Late("Relevé", ON, date(2027, 1, 1)),)))
    with pytest.raises(PenaltyError, match="même manquement"):
        PenaltyTerms((PenaltyRule("hour", D(1)), PenaltyRule("hour", D(2))))


_HOURS = st.decimals(0, 100_000, places=2)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    _HOURS, _HOURS, _HOURS, _HOURS, st.none() | st.decimals("0.01", 1, places=2), st.none() | _HOURS, _HOURS
)
def test_never_negative_and_never_over_the_cap(
    due: D, done: D, questioned: D, excused: D, rate: D | None, base: D | None, before: D
) -> None:
    terms = PenaltyTerms((PenaltyRule("hour", D(60), requires_notice=False),), cap_rate=rate)
    default = Default(
        ON, due, done, questioned, excused, "raison", cap_base_amount_ht=base, applied_before=before
    )
    found = propose(terms, default)
    assert 0 <= found.total <= found.before_cap
    assert found.cap is None or found.total <= found.cap
    assert found.before_cap <= max(D(0), due - done) * 60


def test_the_words_are_those_of_the_clauses() -> None:
    from levier.clauses.values import PENALTY_KINDS

    assert PENALTY_KINDS == KINDS
