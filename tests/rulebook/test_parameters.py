"""The dated parameters: what the shipped files hold, and what a wrong file is told."""

from datetime import date
from pathlib import Path

import pytest

from levier.rulebook import parameters
from levier.rulebook.parameters import ParameterError, UnknownParameter, get, load_file

READ_ON = date(2026, 11, 22)
GOOD_ROW = "value: 0.5, source: MEF, status: confirmed, valid_from: 2020-01-01"


def _file(folder: Path, *rows: str, head: str = "unit: part") -> Path:
    path = folder / "share.yaml"
    lines = [head, "values:", *(f"  - {{{row}}}" for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _refusal(path: Path) -> str:
    with pytest.raises(ParameterError) as caught:
        load_file(path)
    return str(caught.value).replace("\u202f", " ")


@pytest.mark.parametrize(
    ("name", "key", "value", "status"),
    [
        ("labour_share", "peinture", 0.70, "confirmed"),
        ("labour_share", "maconnerie", 0.50, "confirmed"),
        ("labour_share", "charpente_metallique", 0.20, "confirmed"),
        ("labour_share", "securite", 0.85, "confirmed"),
        ("labour_share", "voirie", 0.30, "to_confirm"),
        ("hourly_cost", "construction", 42, "to_confirm"),
        ("hourly_price", "maconnerie", 38.90, "confirmed"),
        ("pact_hourly_cost", "", 20, "confirmed"),
        ("fte_base", "ave", 1600, "confirmed"),
        ("smic_hourly", "976", 9.33, "confirmed"),
        ("social_security_hourly_ceiling", "", 30, "confirmed"),
        ("ai_ceiling_hours", "", 480, "confirmed"),
        ("cdi_count_months", "", 48, "confirmed"),
    ],
)
def test_shipped_value_and_status(name: str, key: str, value: float, status: str) -> None:
    found = get(name, key, READ_ON)
    assert (found.value, found.status) == (value, status)


def test_the_day_decides_the_value() -> None:
    assert get("hourly_cost", "construction", date(2011, 12, 31)).value == 28.0
    assert get("hourly_cost", "construction", date(2012, 1, 1)).value == 30.3
    assert get("hourly_cost", "construction", date(2020, 6, 1)).is_confirmed


def test_the_indexed_cost_follows_from_the_published_one() -> None:
    published = get("hourly_cost", "construction", date(2020, 6, 1)).value
    assert get("hourly_cost", "construction", READ_ON).value == pytest.approx(published * 1.03**6, abs=0.1)


def test_the_mayotte_factor_follows_from_the_two_minimum_wages() -> None:
    ratio = get("smic_hourly", "976", READ_ON).value / get("smic_hourly", "", READ_ON).value
    factor = get("overseas_cost_factor", "976", READ_ON)
    assert factor.value == pytest.approx(ratio * 2 / 3 + 1 / 3, abs=0.002)
    assert factor.bounds == pytest.approx((ratio, 1), abs=0.001)


def test_the_social_security_ceilings_agree() -> None:
    assert get("pass", "", READ_ON).value == 12 * get("pmss", "", READ_ON).value


def test_the_branch_method_names_its_author() -> None:
    assert "Fédération" in get("pact_hourly_cost", "", READ_ON).author


def test_each_share_and_each_hourly_value_says_its_kind() -> None:
    rows = [row for row in parameters.all_parameters() if row.unit == "€/h" and row.domain == "calibration"]
    rows += [row for row in parameters.all_parameters() if row.name == "labour_share"]
    assert len(rows) > 30
    assert [row.key for row in rows if row.divisor_kind is None] == []


def test_an_interval_without_source_is_never_confirmed() -> None:
    unsourced = [row for row in parameters.all_parameters() if "Usage courant" in row.source]
    assert len(unsourced) > 5
    assert {row.status for row in unsourced} == {"to_confirm"}


def test_bounds_are_the_value_when_no_interval_is_known() -> None:
    assert get("labour_share", "peinture", READ_ON).bounds == (0.70, 0.70)


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        ("labor_share", "", "labour_share"),
        ("labour_share", "plomberie", "peinture"),
        ("pmss", "", "01/01/2026"),
    ],
)
def test_an_unknown_parameter_is_answered_with_what_exists(name: str, key: str, said: str) -> None:
    with pytest.raises(UnknownParameter) as caught:
        get(name, key, date(2019, 1, 1))
    assert said in str(caught.value)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = _file(tmp_path, f"key: a, {GOOD_ROW}, low: 0.4, high: 0.6", f"key: b, {GOOD_ROW}")
    first, second = load_file(path)
    assert (first.name, first.domain, first.key, first.bounds) == ("share", tmp_path.name, "a", (0.4, 0.6))
    assert second.unit == "part"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("value: 0.5, status: confirmed, valid_from: 2020-01-01", "« source » manque"),
        (f"{GOOD_ROW}, colour: red", "« colour » est inconnu"),
        (f"{GOOD_ROW}, low: 0.6", "sort de ses bornes"),
        ("value: many, source: MEF, status: confirmed, valid_from: 2020-01-01", "doit être un nombre"),
        ("value: 1, source: MEF, status: sure, valid_from: 2020-01-01", "« to_confirm », pas « sure »"),
        ("value: 1, source: MEF, status: confirmed, valid_from: '2020'", "AAAA-MM-JJ"),
        (f"{GOOD_ROW}, valid_to: 2019-01-01", "précède"),
        (f"{GOOD_ROW}, divisor_kind: mixed", "« selling_price », pas « mixed »"),
        (f"{GOOD_ROW}, source: AVE", "écrit deux fois"),
    ],
)
def test_a_wrong_row_is_named_with_its_file_and_line(tmp_path: Path, row: str, said: str) -> None:
    sentence = _refusal(_file(tmp_path, f"key: a, {GOOD_ROW}", row))
    assert said in sentence
    assert sentence.startswith("share.yaml, ligne 4")


def test_two_values_on_one_day_are_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, f"{GOOD_ROW}, valid_to: 2021-06-01", GOOD_ROW.replace("2020", "2021"))
    assert "deux valeurs valent le 01/01/2021" in _refusal(path)


@pytest.mark.parametrize(
    ("text", "said"), [("a: [", "YAML"), ("- 1", "champs nommés"), ("unit: h", "values")]
)
def test_an_unreadable_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "share.yaml"
    path.write_text(text, encoding="utf-8")
    assert said in _refusal(path)
