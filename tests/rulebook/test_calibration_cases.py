"""The cases of tests/cases/calibration.yaml: published examples and needs answered as a facilitator would."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from levier.rulebook.calibration import Calibration, LotCalibration, Settings, calibrate, lot_calibration

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "calibration.yaml").read_text(encoding="utf-8"))
READ_ON = date(2026, 11, 22)


def _values(result: Calibration) -> dict[str, Any]:
    values = result.as_dict()
    weights = [line["value"] for line in values["trace"] if line["label"] == "P"]
    return values | {"P": weights[0] if weights else None}


@pytest.mark.parametrize("case", CASES["methods"], ids=lambda case: case["name"])
def test_method_gives_the_expected_figures(case: dict[str, Any]) -> None:
    assert case["source"]
    result = calibrate(case["method"], **case["inputs"], settings=Settings(on=READ_ON))
    values = _values(result)
    for name, expected in case["expect"].items():
        if name == "range":
            assert [result.range.low, result.range.likely, result.range.high] == expected
        elif isinstance(expected, float):
            assert values[name] == pytest.approx(expected, abs=0.006)
        else:
            assert values[name] == expected, name


def _said(texts: tuple[str, ...]) -> str:
    return " ".join(texts).replace("\u202f", " ")


@pytest.mark.parametrize("case", CASES["lots"], ids=lambda case: case["name"])
def test_lot_is_answered_as_a_facilitator_would(case: dict[str, Any]) -> None:
    lot = lot_calibration(on=READ_ON, **case["facts"])
    expected = case["expect"]
    assert lot.verdict == expected["verdict"]
    assert lot.method == expected.get("method", lot.method)
    if "labour_hours" in expected:
        assert lot.calibration is not None
        assert lot.calibration.labour_hours == pytest.approx(expected["labour_hours"], rel=0.02)
    if "per_100k" in expected:
        assert lot.hours_per_100k is not None
        assert lot.hours_per_100k.likely == expected["per_100k"]
    if "range" in expected:
        _check_range(lot, expected["range"])
    for name, texts in (("instead", lot.instead), ("question", lot.questions)):
        if expected.get(name):
            assert expected[name] in _said(texts)
        elif name in expected:
            assert texts == ()


def _check_range(lot: LotCalibration, expected: list[int | None]) -> None:
    low, likely, high = expected
    assert lot.range.low == pytest.approx(low, rel=0.02)
    assert lot.range.high == pytest.approx(high, rel=0.02)
    if likely is not None:
        assert lot.range.likely == likely
    if lot.verdict == "to_answer":
        assert lot.range.likely is None


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case["name"] for case in (*CASES["methods"], *CASES["lots"])]
    assert len(names) == len(set(names))
