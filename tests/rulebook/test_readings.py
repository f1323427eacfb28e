"""The values a calculation read are kept, put back, and replaced by one's own."""

import threading
from dataclasses import replace
from datetime import date

import pytest

from levier.rulebook import parameters, readings
from levier.rulebook.calibration import CHOICES, CalibrationError, lot_calibration

DAY = date(2026, 12, 1)
PAINTING = {"cpv": "45442100", "on": DAY, "amount_ht": 1_000_000.0, "months": 10.0}


def _own_share(value: float, **changes: object) -> parameters.Parameter:
    share = parameters.get("labour_share", "peinture", DAY)
    return replace(share, value=value, low=None, high=None, source="décision du territoire", **changes)  # type: ignore[arg-type]


def test_a_study_replays_to_the_same_figures_once_the_rule_book_has_changed() -> None:
    with readings.recorded() as read:
        saved = lot_calibration(**PAINTING)
    kept = [parameters.Parameter.from_dict(row.as_dict()) for row in read.values()]
    with readings.using([_own_share(0.3)]):  # what a later edition would say
        changed = lot_calibration(**PAINTING)
        with readings.pinned(kept):
            replayed = lot_calibration(**PAINTING)
    assert changed.as_dict() != saved.as_dict()
    assert replayed.as_dict() == saved.as_dict()


def test_pinned_values_are_read_whatever_the_day() -> None:
    ended = _own_share(0.4, valid_to=DAY)
    later = date(2031, 1, 1)
    with readings.using([ended]):
        assert parameters.get("labour_share", "peinture", later).value != 0.4
    with readings.pinned([ended]):
        assert parameters.get("labour_share", "peinture", later) is ended


def test_the_value_of_the_study_comes_before_the_territory_s() -> None:
    with readings.using([_own_share(0.5)]), readings.using([_own_share(0.6)]):
        assert parameters.get("labour_share", "peinture", DAY).value == 0.6
    assert parameters.get("labour_share", "peinture", DAY).value not in (0.5, 0.6)


def test_one_s_own_value_is_written_in_the_trace() -> None:
    with readings.using([_own_share(0.5)]):
        found = lot_calibration(**PAINTING)
    assert found.calibration is not None
    assert "décision du territoire" in {line.source for line in found.calibration.trace}


def test_another_request_never_reads_these_values() -> None:
    seen: list[float] = []
    with readings.using([_own_share(0.5)]):
        thread = threading.Thread(
            target=lambda: seen.append(parameters.get("labour_share", "peinture", DAY).value)
        )
        thread.start()
        thread.join()
    assert seen == [parameters.get("labour_share", "peinture", DAY).value]


@pytest.mark.parametrize("method", ["bracket", "inclusive-purchase", "n’importe"])
def test_what_does_not_size_a_clause_cannot_be_chosen(method: str) -> None:
    with pytest.raises(CalibrationError, match="ne dimensionne pas une clause"):
        lot_calibration(**PAINTING, method=method)


@pytest.mark.parametrize(("method", "asked"), [("percentage", "total_hours"), ("headcount", "headcount")])
def test_a_chosen_method_says_what_it_lacks(method: str, asked: str) -> None:
    with pytest.raises(CalibrationError) as refusal:
        lot_calibration(**PAINTING, method=method)
    assert refusal.value.field == asked


def test_each_method_for_a_clause_may_be_chosen_and_says_so() -> None:
    inputs = PAINTING | {"total_hours": 20_000.0, "headcount": 1.0, "takeover_hours": 100.0}
    for method, label in CHOICES.items():
        found = lot_calibration(**inputs, method=method)
        assert found.method == method
        assert label in found.reasons[0]


def test_a_percentage_needs_no_amount() -> None:
    found = lot_calibration(cpv="45442100", on=DAY, method="percentage", total_hours=24_750_000.0, rate=0.10)
    assert found.hours == 2_475_000
