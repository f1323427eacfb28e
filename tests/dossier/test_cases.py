"""The needs a facilitator would check, from the sentence to the whole answer, on the demonstration directory."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from levier.dossier.answering import warnings
from levier.dossier.composing import compose
from levier.dossier.need import NeedInput
from levier.dossier.result import Dossier
from tests.texts import plain_spaces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]

FILE = Path(__file__).parents[1] / "cases" / "dossier.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["cases"]
TODAY = date(2026, 11, 22)
KNOWN_KEYS = {
    "besoin", "division", "lu", "premier", "garde", "ecarte", "heures", "travail", "verdict", "demande",
    "ne_demande_pas", "dit", "avertit", "n_avertit_pas", "a_la_place", "obligation", "facilitateur", "personnes",
    "travaille", "travaille_dans", "pourquoi",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["besoin"])
def test_the_dossier_is_the_one_a_facilitator_would_give(case: dict[str, Any]) -> None:
    dossier = compose(NeedInput(text=case["besoin"]), today=TODAY)
    for check in (_need, _levers, _hours, _questions, _sentences, _suppliers):
        check(dossier, case)
    assert dossier.facilitator.primary.name
    assert case.get("facilitateur", "") in dossier.facilitator.primary.name
    assert dossier.clause is None or dossier.clause.documents


def test_each_case_says_why_and_no_key_is_misspelt() -> None:
    assert [set(case) - KNOWN_KEYS for case in CASES if set(case) - KNOWN_KEYS] == []
    assert all({"besoin", "division", "verdict", "pourquoi"} <= set(case) for case in CASES)
    assert len(CASES) >= 16


def _need(dossier: Dossier, case: dict[str, Any]) -> None:
    need = dossier.need
    assert need.cpv is not None and need.cpv.division == case["division"]
    read = {name: getattr(need, name) for name in case.get("lu", {})}
    if "place" in read:
        read["place"] = need.place.name if need.place else None
    assert read == case.get("lu", {})


def _levers(dossier: Dossier, case: dict[str, Any]) -> None:
    retained = {advice.code for advice in dossier.retained_levers}
    if "premier" in case:
        assert dossier.chosen is not None and dossier.chosen.code == case["premier"], case["pourquoi"]
    assert set(case.get("garde", [])) - retained == set()
    assert set(case.get("ecarte", [])) & retained == set()
    if "obligation" in case:
        assert (dossier.obligation is not None) is case["obligation"]
    assert all(advice.reason and advice.article for advice in dossier.levers)


def _hours(dossier: Dossier, case: dict[str, Any]) -> None:
    found = dossier.calibration
    assert found is not None and found.verdict == case["verdict"], case["pourquoi"]
    low, high = int(found.range.low), int(found.range.high)
    if "heures" in case:
        expected_low, expected_high = case["heures"]
        assert expected_low <= low <= high <= expected_high
        # Bounds so wide that they accept anything would be no test.
        assert high >= 0.9 * expected_high and expected_low >= 0.9 * low
    if "travail" in case:
        assert found.calibration is not None
        assert round(float(found.calibration.labour_hours or 0)) == case["travail"]
    advice = plain_spaces(" ".join(found.instead))
    assert [words for words in case.get("a_la_place", []) if words not in advice] == []


def _questions(dossier: Dossier, case: dict[str, Any]) -> None:
    asked = [question.field for question in dossier.questions]
    assert set(case.get("demande", [])) - set(asked) == set()
    assert set(case.get("ne_demande_pas", [])) & set(asked) == set()
    assert len(asked) == len(set(asked))


def _sentences(dossier: Dossier, case: dict[str, Any]) -> None:
    answer = dossier.answer
    said = plain_spaces(" ".join((answer.lever, answer.hours, answer.suppliers)))
    assert [words for words in case.get("dit", []) if words not in said] == []
    warned = plain_spaces(" ".join(dossier.warnings))
    assert [words for words in case.get("avertit", []) if words not in warned] == []
    assert [words for words in case.get("n_avertit_pas", []) if words in warned] == []
    assert len(dossier.warnings) == len(set(dossier.warnings))


def _suppliers(dossier: Dossier, case: dict[str, Any]) -> None:
    shelves = dossier.suppliers
    people = {line.card.kind.code for line in shelves.people.lines}
    work = {line.card.kind.code for line in shelves.work.lines}
    assert set(case.get("personnes", [])) - people == set()
    assert set(case.get("travaille", [])) - work == set()
    if "travaille_dans" in case:
        found = {line.card.departement_code for line in (*shelves.work.lines, *shelves.people.lines)}
        assert found and found <= set(case["travaille_dans"])
    assert all(line.why for shelf in (shelves.work, shelves.people, shelves.unknown) for line in shelf.lines)
    assert work.isdisjoint({"ETTI", "AI", "EATT"})  # who sends people is not who does the work


@pytest.mark.parametrize(("place", "comes"), [("Guéret", True), ("Bastia", False)])
def test_a_short_shelf_ends_with_who_says_it_comes_from_elsewhere_on_the_same_land(
    place: str, comes: bool
) -> None:
    given = NeedInput(text=f"entretien d'espaces verts à {place}, 40 k€")
    work = compose(given, today=TODAY).suppliers.work
    says = [line for line in work.lines if "dit intervenir ici" in line.why]
    assert work.total < 5
    assert bool(says) == comes
    assert ("ailleurs" in work.note) == comes


def test_a_start_typed_in_a_form_is_said_by_its_day() -> None:
    dossier = compose(NeedInput(text="un plombier à Lille, 5 000 €, en mars 2027"), today=TODAY)
    found = warnings(replace(dossier.need, starts_said=""), dossier.calibration, dossier.suppliers)
    assert any("début que vous dites (le 1er mars 2027)" in plain_spaces(each) for each in found)
