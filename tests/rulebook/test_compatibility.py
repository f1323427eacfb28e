"""Levers that clash are warned or blocked, and derogations keep to their closed list."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from levier.rulebook.compatibility import (
    CompatibilityError,
    check_levers,
    compatibility,
    parse_matrix,
    supply_for_reservation,
)
from levier.rulebook.derogations import (
    DerogationError,
    derogations,
    is_ready_for_lawyer,
    reasons_record,
    record,
)

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "compatibility.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: f"{case['pair']} {case['scope']}")
def test_pairs_get_the_verdict_of_the_rule_in_both_orders(case):
    first, second = case["pair"]
    for pair in ((first, second), (second, first)):
        assert compatibility(*pair, scope=case["scope"]).verdict == case["verdict"], case["rule"]


@pytest.mark.parametrize("case", CASES["reservation"], ids=lambda case: str(case["suppliers"]))
def test_reservation_needs_competition(case):
    found = supply_for_reservation(case["suppliers"])
    assert found.verdict == case["verdict"]
    assert "tout réserver" not in found.reason


def test_a_choice_of_levers_shows_the_blocking_pairs_first():
    found = check_levers(["L2112-2", "L2113-13", "L2113-13-1", "R2152-7"])
    assert [pair.verdict for pair in found] == ["block", "warn", "warn", "ok"]


def test_the_same_lever_twice_is_not_a_pair():
    assert check_levers(["L2112-2", "L2112-2"]) == ()


def test_unknown_levers_and_scopes_get_a_sentence():
    with pytest.raises(CompatibilityError, match="L9999"):
        compatibility("L2112-2", "L9999")
    with pytest.raises(CompatibilityError, match="portée"):
        compatibility("L2112-2", "R2152-7", scope="ville")
    with pytest.raises(CompatibilityError, match="négatif"):
        supply_for_reservation(-1)


ROW = {
    "pair": ["L2112-2", "R2152-7"],
    "scope": "lot",
    "verdict": "ok",
    "status": "confirmed",
    "reason": "r",
    "source": "s",
}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{**ROW, "avis": 1}], "ligne 1 : champ en trop"),
        ([{**ROW, "pair": ["L2112-2", "L1"]}], "levier inconnu"),
        ([{**ROW, "verdict": "non"}], "à revoir"),
        ([ROW, {**ROW, "pair": ["R2152-7", "L2112-2"]}], "ligne 2 : la paire"),
    ],
)
def test_a_badly_written_matrix_is_refused(rows, words):
    with pytest.raises(CompatibilityError, match=words):
        parse_matrix(rows)


def test_contracts_have_four_derogations_two_of_them_still_to_confirm():
    assert [(case.code, case.status) for case in derogations()] == [
        ("solution_disponible", "to_confirm"),
        ("lien_insuffisant", "confirmed_by_twin"),
        ("concurrence_ou_difficulte", "confirmed_by_twin"),
        ("travaux_courts", "to_confirm"),
    ]


def test_concessions_have_two_derogations_and_free_means_to_keep_the_reasons():
    assert len(derogations(is_concession=True)) == 2
    assert "tout moyen approprié" in reasons_record(is_concession=True)
    assert "par écrit" in reasons_record()


def test_no_document_is_ready_for_the_lawyer_while_a_quoted_wording_is_unsure():
    unsure = derogations()
    assert not is_ready_for_lawyer(unsure)
    assert not is_ready_for_lawyer(unsure[1:2])
    sure = [replace(case, status="confirmed") for case in unsure]
    assert is_ready_for_lawyer(sure)
    assert not is_ready_for_lawyer([*sure, unsure[0]])


def test_a_recorded_derogation_names_its_case_reasons_and_signatory():
    kept = record(
        "lien_insuffisant", reasons=" achat de licences ", decided_on=date(2026, 12, 1), decided_by="A. Roy"
    )
    assert kept.derogation.article == "L2112-2-1"
    assert kept.reasons == "achat de licences"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "urgence"}, "liste est fermée"),
        ({"code": "travaux_courts", "is_concession": True}, "liste est fermée"),
        ({"reasons": " "}, "motifs"),
        ({"decided_by": ""}, "revient à l’acheteur"),
    ],
)
def test_a_derogation_outside_the_list_or_without_reasons_is_refused(changes, words):
    given = {"code": "lien_insuffisant", "reasons": "r", "decided_by": "A. Roy", **changes}
    with pytest.raises(DerogationError, match=words):
        record(given.pop("code"), decided_on=date(2026, 12, 1), **given)
