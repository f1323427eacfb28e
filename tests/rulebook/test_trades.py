"""The table from CPV to trades: complete, longest prefix first, honest where no source exists."""

from datetime import date

import pytest

from levier.rulebook import parameters
from levier.rulebook.calibration import (
    CalibrationError,
    all_trades,
    lot_calibration,
    lot_values,
    trade,
    trade_for_cpv,
)

READ_ON = date(2026, 11, 22)
OFFICIAL = (
    "03 09 14 15 16 18 19 22 24 30 31 32 33 34 35 37 38 39 41 42 43 44 45 "
    "48 50 51 55 60 63 64 65 66 70 71 72 73 75 76 77 79 80 85 90 92 98 "
)
DIVISIONS = OFFICIAL.split()


def test_the_nomenclature_has_forty_five_divisions() -> None:
    assert len(DIVISIONS) == 45


@pytest.mark.parametrize("division", DIVISIONS)
def test_every_division_has_a_trade_with_values_or_says_it_is_goods(division: str) -> None:
    found = trade_for_cpv(division)
    if found.is_goods:
        assert found.note
        return
    values = lot_values(found, on=READ_ON)
    assert 0 < values.share.likely <= 1
    if found.no_reference:
        assert found.note
        assert not (values.share.is_precise and values.cost.is_precise)


@pytest.mark.parametrize("division", [code for code in DIVISIONS if code < "45"])
def test_supplies_never_carry_a_clause_by_hours(division: str) -> None:
    assert trade_for_cpv(division).is_goods


@pytest.mark.parametrize(
    ("cpv", "key"),
    [
        ("45214200", "batiment"),
        ("45233140-2", "voirie"),
        ("45442100", "peinture"),
        ("45262520", "maconnerie"),
        ("45223210", "charpente_metallique"),
        ("45112700", "amenagement_paysager"),
        ("45111100", "demolition"),
        ("90911300", "proprete"),
        ("90511000", "dechets"),
        ("55520000", "restauration"),
        ("79713000", "securite"),
        ("77310000", "espaces_verts"),
        ("71000000", "prestations_intellectuelles"),
    ],
)
def test_the_longest_prefix_wins(cpv: str, key: str) -> None:
    assert trade_for_cpv(cpv).key == key


@pytest.mark.parametrize("cpv", ["90911300", "55520000", "79713000", "90511000", "60112000"])
def test_branches_with_staff_transfer_ask_the_question(cpv: str) -> None:
    assert trade_for_cpv(cpv).takeover_possible


@pytest.mark.parametrize("cpv", ["", "4", "abc", "45-", "452142001", "9x000000"])
def test_a_text_that_is_no_code_is_refused(cpv: str) -> None:
    with pytest.raises(CalibrationError, match="CPV"):
        trade_for_cpv(cpv)


def test_an_unknown_trade_is_answered_with_the_known_ones() -> None:
    with pytest.raises(CalibrationError, match="peinture"):
        trade("plomberie")


def test_goods_have_no_values() -> None:
    with pytest.raises(CalibrationError, match="pas de clause"):
        lot_values(trade("fournitures"), on=READ_ON)


def test_shares_and_costs_of_a_trade_are_of_one_kind() -> None:
    for item in all_trades():
        if not item.is_goods:
            share = parameters.get("labour_share", item.labour_share, READ_ON)
            cost = parameters.get("hourly_cost", item.hourly_cost, READ_ON)
            assert share.divisor_kind == cost.divisor_kind, item.key


def test_the_pace_of_road_works_is_the_one_written_in_the_parameters() -> None:
    written = parameters.get("hours_per_100k", "voirie", READ_ON)
    lot = lot_calibration(cpv="45233140", amount_ht=1e6, is_framework=True, on=READ_ON)
    assert lot.hours_per_100k is not None
    pace = lot.hours_per_100k
    assert (pace.low, pace.likely, pace.high) == (written.low, written.value, written.high)
