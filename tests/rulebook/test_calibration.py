"""The calibration beyond its published cases: errors, range, trace, rounding and physical bound."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from levier.rulebook import parameters
from levier.rulebook.calibration import (
    METHOD_VERSIONS,
    METHODS,
    CalibrationError,
    MixedDivisor,
    Rounding,
    Settings,
    by_amount,
    by_headcount,
    by_ordered_amount,
    by_percentage,
    calibrate,
    lot_calibration,
    pact,
    physical_bound,
    within_physical_bound,
)

READ_ON = date(2026, 11, 22)
T1: dict[str, Any] = {
    "amount_ht": 1_000_000,
    "labour_share": 0.5,
    "insertion_rate": 0.05,
    "hourly_cost": 30,
}


def test_parameters_to_confirm_give_a_range_and_no_precise_figure() -> None:
    cost = parameters.get("hourly_cost", "construction", READ_ON)
    result = by_amount(**(T1 | {"hourly_cost": cost}))
    assert (result.range.low, result.hours, result.range.high) == (556, 595, 758)
    assert not result.is_precise
    assert any("À confirmer" in warning for warning in result.warnings)


def test_given_values_are_precise() -> None:
    result = by_amount(**T1)
    assert result.is_precise
    assert result.range.low == result.range.high == 833


def test_the_trace_holds_each_value_with_its_source_date_and_status() -> None:
    share = parameters.get("labour_share", "peinture", READ_ON)
    trace = by_amount(**(T1 | {"labour_share": share})).trace
    line = next(line for line in trace if line.label == share.label)
    assert (line.value, line.source, line.date, line.status) == (
        0.7,
        share.source,
        share.valid_from,
        "confirmed",
    )
    assert {line.status for line in trace if line.formula} == {"computed"}
    assert any(line.label == "Heures de travail du lot" and line.formula for line in trace)


def test_a_result_is_json_with_the_keys_of_the_command_line() -> None:
    document = json.loads(json.dumps(by_amount(**T1).as_dict(), allow_nan=False))
    assert {"hours", "labour_hours", "person_weeks", "fte", "fte_base", "range", "trace"} <= set(document)
    assert document["range"] == {"low": 833, "likely": 833, "high": 833}
    unanswered = pact(amount_ht=120_000, months=24, takeover_hours=None, insertion_rate=0.05)
    assert json.loads(json.dumps(unanswered.as_dict(), allow_nan=False))["hours"] is None


def test_an_array_result_is_json_too() -> None:
    document = json.loads(json.dumps(by_amount(**(T1 | {"amount_ht": [1e6, 1e4]})).as_dict()))
    assert document["hours"] == [833, 8]
    assert document["verdict"] == ["clause", "no_clause"]


def test_reasons_of_an_array_count_the_lots() -> None:
    reasons = by_amount(**(T1 | {"amount_ht": [1e6, 2e6, 1e4]})).reasons
    assert [reason.split(":")[0] for reason in reasons] == [
        "1\u00a0lot sur 3\u202f",
        "2\u00a0lots sur 3\u202f",
    ]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount_ht", -1, "au moins 0"),
        ("amount_ht", float("nan"), "nombre fini"),
        ("amount_ht", float("inf"), "nombre fini"),
        ("amount_ht", 1e15, "au plus 10 000 000 000 000"),
        ("amount_ht", "1,5 M€", "pas « 1,5 M€ »"),
        ("amount_ht", "12", "pas « 12 »"),
        ("amount_ht", True, "nombre fini"),
        ("amount_ht", None, "manque"),
        ("amount_ht", [1e6, -5], "vaut −5"),
        ("labour_share", 1.01, "au plus 1"),
        ("insertion_rate", 5, "au plus 1"),
        ("hourly_cost", 0, "au moins 1"),
    ],
)
def test_an_impossible_input_gets_a_sentence_naming_the_field(field: str, value: object, said: str) -> None:
    with pytest.raises(CalibrationError) as caught:
        by_amount(**(T1 | {field: value}))
    assert caught.value.field == field
    assert f"«\u202f{field}\u202f»" in str(caught.value)
    assert said in str(caught.value).replace("\u202f", " ")


def test_a_contract_of_no_month_is_refused() -> None:
    with pytest.raises(CalibrationError, match="months"):
        pact(amount_ht=1e5, months=0, takeover_hours=1, insertion_rate=0.05)


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(CalibrationError, match="même longueur"):
        by_percentage(total_hours=[1, 2, 3], insertion_rate=[0.1, 0.2])


def test_a_share_of_cost_is_not_divided_by_a_selling_price() -> None:
    share = parameters.get("labour_share", "maconnerie", READ_ON)
    price = parameters.get("hourly_price", "maconnerie", READ_ON)
    with pytest.raises(MixedDivisor, match="prix de vente"):
        by_amount(**(T1 | {"labour_share": share, "hourly_cost": price}))
    with pytest.raises(MixedDivisor):
        by_amount(**T1, labour_share_kind="selling_price", hourly_cost_kind="cost")


def test_two_values_of_selling_price_agree_with_two_of_cost() -> None:
    on = date(2015, 1, 1)
    by_price = by_amount(
        amount_ht=1e6,
        labour_share=parameters.get("labour_share", "maconnerie_prix_de_vente", on),
        insertion_rate=0.05,
        hourly_cost=parameters.get("hourly_price", "maconnerie", on),
    )
    by_cost = by_amount(
        amount_ht=1e6,
        labour_share=parameters.get("labour_share", "maconnerie", on),
        insertion_rate=0.05,
        hourly_cost=parameters.get("hourly_cost", "maconnerie_batiprix", on),
    )
    assert by_price.hours == by_cost.hours == 932


@pytest.mark.parametrize(
    ("rounding", "hours"),
    [
        (Rounding(), 833),
        (Rounding(5), 835),
        (Rounding(7), 833),
        (Rounding(35), 840),
        (Rounding(35, "truncate"), 805),
        (Rounding(5, "truncate"), 830),
    ],
)
def test_hours_round_as_asked(rounding: Rounding, hours: int) -> None:
    assert by_amount(**T1, settings=Settings(rounding=rounding)).hours == hours


def test_a_half_rounds_up() -> None:
    assert by_percentage(total_hours=1000, insertion_rate=0.0105).hours == 11


def test_a_whole_result_is_not_cut_by_truncation() -> None:
    cut = Settings(rounding=Rounding(1, "truncate"))
    result = pact(amount_ht=120_000, months=24, takeover_hours=140, insertion_rate=0.05, settings=cut)
    assert result.hours == 72


@pytest.mark.parametrize("step", [0, -5, 1.5, 2000])
def test_an_absurd_step_is_refused(step: float) -> None:
    with pytest.raises(CalibrationError, match="arrondi"):
        Rounding(step)  # type: ignore[arg-type]


def test_the_full_time_base_is_a_setting_printed_beside_the_figure() -> None:
    legal = parameters.get("fte_base", "legal", READ_ON)
    result = by_amount(**T1, settings=Settings(fte_base=legal))
    assert result.fte_base == 1607
    assert result.fte == pytest.approx(833 / 1607)
    assert any(line.value == 1607 for line in result.trace)


def test_the_least_volume_is_a_setting() -> None:
    assert by_amount(**T1, settings=Settings(minimum_hours=1000)).verdict == "no_clause"


def test_the_old_cost_of_the_branch_is_said_with_the_figure_of_today() -> None:
    result = pact(amount_ht=120_000, months=24, takeover_hours=140, insertion_rate=0.05)
    assert any("7 h" in warning and "27,5" in warning for warning in result.warnings)


def test_placements_and_purchases_never_size_a_clause() -> None:
    for method in ("bracket", "inclusive-purchase"):
        result = calibrate(method, amount_ht=10_000_000)
        assert not result.is_for_clause
        assert result.verdict == "no_clause"
    assert any("non déclarable" in text for text in calibrate("inclusive-purchase", amount_ht=1).warnings)


def test_ordered_amount_takes_one_form_and_only_one() -> None:
    for forms in ({}, {"tranche_amount": 2000, "hours_per_100k": 40}):
        with pytest.raises(CalibrationError, match="un seul des deux"):
            by_ordered_amount(amount_ht=1e6, **forms)


def test_the_physical_bound_cuts_hours_and_judges_again() -> None:
    free = by_amount(**T1)
    assert physical_bound(posts=2, weeks=6) == 420
    cut = within_physical_bound(free, posts=2, weeks=6)
    assert (cut.hours, cut.range.high, cut.verdict) == (420, 420, "clause")
    assert cut.person_weeks == 12
    assert cut.fte == pytest.approx(420 / 1600)
    assert within_physical_bound(free, posts=1, weeks=1).verdict == "no_clause"


def test_a_wide_bound_changes_nothing_but_the_trace() -> None:
    free = by_amount(**T1)
    bounded = within_physical_bound(free, posts=10, weeks=50)
    assert replace(bounded, trace=free.trace) == free
    assert bounded.trace[-1].value == 17_500


def test_the_bound_keeps_an_open_question_open() -> None:
    free = pact(amount_ht=1_200_000, months=24, takeover_hours=None, insertion_rate=0.05)
    cut = within_physical_bound(free, posts=2, weeks=10)
    assert (cut.hours, cut.range.low, cut.range.high, cut.verdict) == (None, 0, 700, "to_answer")


def test_the_bound_applies_lot_by_lot() -> None:
    free = by_amount(**(T1 | {"amount_ht": [1e6, 2e5, 4e4]}))
    cut = within_physical_bound(free, posts=2, weeks=np.asarray([0.5, 20, 20]))
    assert list(cut.hours) == [35, 167, 33]  # type: ignore[arg-type]
    assert list(cut.verdict) == ["no_clause", "clause", "no_clause"]


def test_the_door_to_the_methods_refuses_with_what_it_knows() -> None:
    with pytest.raises(CalibrationError, match="méthodes connues"):
        calibrate("guess")
    with pytest.raises(CalibrationError, match="ne connaît pas"):
        calibrate("amount", **T1, colour=1)
    with pytest.raises(CalibrationError, match="hourly_cost"):
        calibrate("amount", amount_ht=1, labour_share=0.5, insertion_rate=0.05)


def test_every_method_has_a_version() -> None:
    assert set(METHODS) <= set(METHOD_VERSIONS)
    assert by_headcount(headcount=1).method_version == METHOD_VERSIONS["headcount"]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"cpv": "45", "amount_ht": 0}, "vaut 0"),
        ({"cpv": "45"}, "montant manque"),
        ({"cpv": "45", "amount_ht": 1e15}, "au plus"),
        ({"cpv": "45", "amount_ht": [1, 2]}, "un seul nombre"),
        ({"cpv": "45", "amount_ht": 1e6, "months": -3}, "months"),
        ({"cpv": "45", "amount_ht": 1e6, "rate": 7}, "insertion"),
        ({"cpv": "45", "amount_ht": 1e6, "posts": 2}, "semaines"),
        ({"cpv": "école", "amount_ht": 1e6}, "CPV"),
        ({"cpv": "99000000", "amount_ht": 1e6}, "division"),
        ({"cpv": "45", "amount_ht": 1e6, "programme": "anru"}, "anru-2014"),
        (
            {"cpv": "45", "amount_ht": 1e6, "programme": "solideo", "programme_part": "amounts"},
            "pas des heures",
        ),
        ({"cpv": "45", "amount_ht": 1e6, "on": date(1999, 1, 1)}, "01/01/1999"),
    ],
)
def test_an_impossible_lot_gets_a_sentence(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(CalibrationError) as caught:
        lot_calibration(**({"on": READ_ON} | facts))
    assert said in str(caught.value).replace("\u202f", " ")


def test_a_chosen_rate_leaves_the_doubt_on_share_and_cost() -> None:
    lot = lot_calibration(cpv="45214200", amount_ht=1_500_000, on=READ_ON, rate=0.05)
    assert lot.range == lot.plausible_range
    assert (lot.range.low, lot.hours, lot.range.high) == (500, 893, 1364)


def test_the_wide_range_holds_the_proposed_one() -> None:
    lot = lot_calibration(cpv="45214200", amount_ht=1_500_000, on=READ_ON)
    assert lot.plausible_range.low < lot.range.low < lot.range.high < lot.plausible_range.high


def test_mayotte_explains_its_hourly_cost_in_the_trace() -> None:
    lot = lot_calibration(cpv="45214220", amount_ht=12_000_000, on=READ_ON, territory="976")
    assert lot.calibration is not None
    line = next(line for line in lot.calibration.trace if "Mayotte" in line.label)
    assert line.value == pytest.approx(35.7)
    assert line.status == "to_confirm"
    assert "deux tiers" in line.note


def test_no_clause_always_comes_with_something_to_do() -> None:
    for cpv in ("30000000", "45000000", "55520000", "90910000"):
        lot = lot_calibration(cpv=cpv, amount_ht=5_000, on=READ_ON)
        assert lot.verdict == "no_clause"
        assert lot.instead


def test_a_lot_is_json() -> None:
    document = json.loads(json.dumps(lot_calibration(cpv="45", amount_ht=1e6, on=READ_ON).as_dict()))
    assert document["hours"] == document["range"]["likely"] == 714
    goods = json.loads(json.dumps(lot_calibration(cpv="30", amount_ht=1e6, on=READ_ON).as_dict()))
    assert goods["hours"] == 0
