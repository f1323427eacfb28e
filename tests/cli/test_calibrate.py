"""`levier calibrate`: the example of the manual to the figure, each method, each refusal."""

from typing import Any

import pytest

from tests.cli.calls import document, refusal, run
from tests.texts import plain_spaces

EXAMPLE = (
    "calibrate", "--method", "amount", "--amount", "1000000", "--labour-share", "0.5",
    "--insertion-rate", "0.05", "--hourly-cost", "30",
)  # fmt: skip


def test_the_example_of_the_manual() -> None:
    found = document(*EXAMPLE)
    assert found["hours"] == 833
    assert found["labour_hours"] == pytest.approx(16_666.67, abs=0.01)
    assert found["person_weeks"] == pytest.approx(833 / 35, abs=0.05)
    assert found["fte"] == pytest.approx(833 / 1600, abs=0.005)
    assert set(found["range"]) == {"low", "likely", "high"}
    assert {"label", "value", "unit", "formula", "source", "status"} <= set(found["trace"][0])


def test_the_text_shows_hours_and_calculation() -> None:
    shown = plain_spaces(run(*EXAMPLE).stdout)
    assert shown.startswith("833 h")
    assert "ETP (base 1 600 h)" in shown
    assert "Calcul :" in shown


@pytest.mark.parametrize(
    ("options", "hours"),
    [
        (("--method", "percentage", "--total-hours", "10000", "--insertion-rate", "0.07"), 700),
        (("--method", "per-amount", "--amount", "2400000", "--hours-per-100k", "40"), 960),
        (("--method", "headcount", "--headcount", "2", "--months", "12"), None),
    ],
)
def test_each_method_has_its_options(options: tuple[str, ...], hours: int | None) -> None:
    found = document("calibrate", *options)
    assert found["hours"] == hours if hours is not None else found["hours"] > 0


def test_a_cpv_code_replaces_the_parameters() -> None:
    found = document(
        "calibrate", "--cpv", "45214200", "--amount", "1500000", "--months", "18", "--on", "2026-12-01"
    )
    assert (found["range"]["low"], found["range"]["high"]) == (893, 1250)
    assert found["verdict"] == "clause"


def test_a_sector_replaces_the_parameters() -> None:
    found = document("calibrate", "--sector", "nettoyage-locaux", "--amount", "120000", "--months", "24")
    assert found["verdict"] == "to_answer"
    assert found["hours"] is None
    answered = document(
        "calibrate",
        "--sector",
        "nettoyage-locaux",
        "--amount",
        "120000",
        "--months",
        "24",
        "--takeover-hours",
        "140",
    )
    assert (answered["hours"], answered["verdict"]) == (72, "no_clause")


@pytest.mark.parametrize(
    "options",
    [
        ("--method", "amount", "--amount", "1000"),
        (
            "--method",
            "amount",
            "--amount",
            "-5",
            "--labour-share",
            "0.5",
            "--insertion-rate",
            "0.05",
            "--hourly-cost",
            "30",
        ),
        (
            "--method",
            "amount",
            "--amount",
            "nan",
            "--labour-share",
            "0.5",
            "--insertion-rate",
            "0.05",
            "--hourly-cost",
            "30",
        ),
        (
            "--method",
            "amount",
            "--amount",
            "inf",
            "--labour-share",
            "0.5",
            "--insertion-rate",
            "0.05",
            "--hourly-cost",
            "30",
        ),
        (
            "--method",
            "amount",
            "--amount",
            "1e6",
            "--labour-share",
            "5",
            "--insertion-rate",
            "0.05",
            "--hourly-cost",
            "30",
        ),
        ("--method", "percentage", "--amount", "1000"),
        ("--cpv", "45214200"),
        ("--cpv", "45214200", "--amount", "0"),
        ("--cpv", "00", "--amount", "1000"),
        ("--cpv", "🧹", "--amount", "1000"),
        ("--sector", "magie", "--amount", "1000"),
        ("--cpv", "45214200", "--amount", "1000", "--months", "-3"),
        ("--cpv", "45214200", "--amount", "1000", "--on", "1950-01-01"),
    ],
)
def test_an_impossible_input_is_one_sentence_and_code_1(options: tuple[str, ...]) -> None:
    sentence = refusal("calibrate", *options)
    assert sentence.endswith(".")
    found: dict[str, Any] = document("calibrate", *options, code=1)
    assert plain_spaces(found["error"]) == sentence


@pytest.mark.parametrize(
    "options",
    [("--method", "guess"), ("--method", "amount", "--amount", "douze"), ("--on", "hier"), ()],
)
def test_a_wrong_use_is_code_2(options: tuple[str, ...]) -> None:
    assert run("calibrate", *options).exit_code == 2
