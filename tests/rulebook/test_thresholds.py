"""The dated thresholds give the figure in force on the day of launch, and refuse what they do not know."""

from datetime import date

import pytest

from levier.rulebook.thresholds import (
    ThresholdError,
    all_thresholds,
    names,
    parse_table,
    start_date,
    threshold,
)

BEFORE, AFTER = date(2025, 12, 31), date(2026, 1, 1)


@pytest.mark.parametrize(
    ("buyer", "contract", "on", "expected"),
    [
        ("etat", "services", BEFORE, 143_000),
        ("etat", "fournitures", AFTER, 140_000),
        ("collectivite", "services", BEFORE, 221_000),
        ("collectivite", "services", AFTER, 216_000),
        ("entite_adjudicatrice", "fournitures", BEFORE, 443_000),
        ("entite_adjudicatrice", "services", AFTER, 432_000),
        ("etat", "travaux", BEFORE, 5_538_000),
        ("collectivite", "travaux", AFTER, 5_404_000),
        ("autre", "concession", AFTER, 5_404_000),
    ],
)
def test_eu_threshold_follows_the_buyer_the_contract_and_the_year(buyer, contract, on, expected):
    found = threshold("eu_procedure", on=on, buyer=buyer, contract=contract)
    assert found.value == expected
    assert found.status == "confirmed"


@pytest.mark.parametrize(
    ("contract", "on", "expected", "status"),
    [
        ("services", date(2026, 3, 31), 40_000, "confirmed"),
        ("services", date(2026, 4, 1), 60_000, "confirmed"),
        ("fournitures", date(2026, 4, 1), 60_000, "confirmed"),
        ("travaux", date(2020, 3, 1), 40_000, "confirmed"),
        ("travaux", date(2020, 10, 1), 70_000, "confirmed"),
        ("travaux", date(2025, 12, 31), 100_000, "confirmed"),
        ("travaux", date(2026, 1, 1), 100_000, "confirmed"),
    ],
)
def test_direct_purchase_threshold_changes_on_the_day_of_the_decree(contract, on, expected, status):
    found = threshold("direct_purchase", on=on, contract=contract)
    assert (found.value, found.status) == (expected, status)


def test_without_a_date_the_newest_version_is_given():
    assert threshold("direct_purchase", contract="services").value == 60_000


def test_after_the_last_known_period_the_figure_is_no_longer_sure():
    found = threshold("eu_procedure", on=date(2028, 1, 1), buyer="etat", contract="services")
    assert found.status == "to_confirm"
    assert "01/01/2028" in found.note


def test_spaser_threshold_was_halved_in_2023():
    assert threshold("spaser", on=date(2022, 12, 31)).value == 100_000_000
    assert threshold("spaser", on=date(2023, 1, 1)).value == 50_000_000


def test_the_social_condition_starts_on_21_august_2026():
    rule = start_date("L2112-2-1")
    assert rule.on == date(2026, 8, 21)
    assert rule.status == "confirmed"
    assert rule.basis_status == "confirmed"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: threshold("tva"), "n’existe pas"),
        (lambda: threshold("eu_procedure", buyer="etat"), "contract"),
        (lambda: threshold("direct_purchase", contract="bail"), "aucune valeur pour contract = bail"),
        (lambda: threshold("spaser", on=date(1999, 1, 1)), "01/01/1999"),
        (lambda: start_date("L1"), "Aucune date"),
    ],
)
def test_what_is_not_known_gets_a_sentence(call, words):
    with pytest.raises(ThresholdError, match=words):
        call()


def test_every_value_has_a_source_and_a_status():
    rows = all_thresholds()
    assert {row.name for row in rows} == set(names())
    assert all(row.source and row.status in {"confirmed", "to_confirm"} for row in rows)


ROW = {"from": date(2026, 1, 1), "value": 1, "status": "confirmed", "source": "JO"}
TABLE = {"title": "t", "article": "a", "unit": "u", "keys": []}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{**ROW, "valeur": 2}], "ligne 1 : champ inconnu « valeur »"),
        ([{key: value for key, value in ROW.items() if key != "source"}], "ligne 1 : il manque « source »"),
        ([{**ROW, "source": "  "}], "la source est vide"),
        ([{**ROW, "status": "sure"}], "n’existe pas"),
        ([{**ROW, "to": date(2025, 1, 1)}], "finit avant de commencer"),
        ([ROW, {**ROW, "from": date(2027, 1, 1)}], "se recouvrent"),
        ([{**ROW, "to": date(2026, 6, 1)}, {**ROW, "from": date(2027, 1, 1)}], "trou"),
    ],
)
def test_a_badly_written_file_is_refused_with_its_name_and_row(rows, words):
    with pytest.raises(ThresholdError, match=words):
        parse_table("essai", {**TABLE, "values": rows})
