"""The cases of tests/cases/calibration.yaml through the screens: the lot typed, its study opened, its hours read."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse

from levier.accounts.models import Role, User
from levier.purchasing.models import Lot, Purchase, PurchaseState
from levier.rulebook.calibration import CHOICES
from tests.factories import purchases as make
from tests.factories.accounts import member
from tests.texts import plain_spaces

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "calibration.yaml").read_text(encoding="utf-8"))
READ_ON = date(2026, 11, 22)
WHY = "valeurs du cas publié"
# Fields of the form of a lot, of a study: the names of the cases, and how a person types them.
OF_THE_LOT = {"amount_ht", "months", "cpv", "posts", "weeks", "headcount", "max_amount_ht"}
PER_CENT = {"labour_share", "insertion_rate"}
TYPED_AS = {"insertion_rate": "rate"}
CLEANING, BUILDING = "90919200", "45214200"
TOLERANCE = 0.02
_MEASURE = re.compile(r'<div class="measure">\s*<dt>([^<]*).*?<dd>([^<]*)', re.DOTALL)


@pytest.fixture
def facilitator() -> User:
    return make.facilitator()


@pytest.fixture
def purchase(facilitator: User) -> Purchase:
    return make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=facilitator.memberships.get().organisation, lots=0,
        contract_kind="", launch_on=READ_ON, departement_code="59",
    )  # fmt: skip


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _type_the_lot(purchase: Purchase, facts: dict[str, Any]) -> Lot:
    """The buyer adds the lot by its form."""
    buyer = member(purchase.organisation, role=Role.BUYER).user
    typed = {name: _typed(value) for name, value in facts.items() if name in OF_THE_LOT}
    hours = facts.get("takeover_hours")
    if hours:
        typed |= {"takeover": "oui", "takeover_hours": _typed(hours)}
    elif facts.get("takeover_known"):
        typed["takeover"] = "non"
    if facts.get("is_framework"):
        typed["is_framework"] = "on"
    answer = _as(buyer).post(
        reverse("purchasing:new_lot", args=[purchase.pk]), {"title": "Le lot du cas", "text": ""} | typed
    )
    assert answer.status_code == 302, answer.content.decode()
    return purchase.lots.get()


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value).replace(".", ",")


def _study(lot: Lot) -> str:
    return reverse("clauses:study", kwargs={"lot_pk": lot.pk})


def _measures(html: str) -> dict[str, float]:
    """The large figures of the page by their label."""
    return {
        plain_spaces(label).strip(): float(re.sub(r"[^\d,]", "", value).replace(",", "."))
        for label, value in _MEASURE.findall(html)
    }


METHODS = [case for case in CASES["methods"] if case["method"] in CHOICES and case["expect"].get("hours")]
NO_FIGURE = [
    case for case in CASES["methods"] if case["method"] == "per-amount" and not case["expect"]["hours"]
]
BESIDE = [case for case in CASES["methods"] if case["method"] in {"bracket", "inclusive-purchase"}]


@pytest.mark.parametrize("case", METHODS, ids=lambda case: case["name"])
def test_a_published_case_gives_its_hours_on_the_page(
    case: dict[str, Any], purchase: Purchase, facilitator: User
) -> None:
    inputs = case["inputs"]
    is_pact = case["method"] == "pact"
    facts = {"cpv": CLEANING if is_pact else BUILDING, "amount_ht": 100_000, "months": 12} | inputs
    lot = _type_the_lot(purchase, facts | {"is_framework": case["method"] == "per-amount"})
    values = _values_typed(inputs)
    method = {} if is_pact else {"method": case["method"]}
    answer = _as(facilitator).post(
        _study(lot), {"faire": "enregistrer", "reason": WHY} | method | values, follow=True
    )
    shown = _measures(answer.content.decode())
    expected = case["expect"]
    assert shown["heures d’insertion, valeur centrale"] == expected["hours"]
    if "labour_hours" in expected:
        assert shown["heures de travail du lot"] == pytest.approx(expected["labour_hours"], abs=0.5)
    if "fte" in expected:
        # From a hundred on, printed whole: 15 703, as published.
        is_large = expected["fte"] >= 100
        assert shown["équivalents temps plein"] == (
            round(expected["fte"]) if is_large else pytest.approx(expected["fte"], abs=0.006)
        )


def _values_typed(inputs: dict[str, Any]) -> dict[str, str]:
    """The inputs of a case that are values of the study, as its form takes them."""
    return {
        TYPED_AS.get(name, name): _typed(value * 100 if name in PER_CENT else value)
        for name, value in inputs.items()
        if name not in OF_THE_LOT and name != "takeover_hours"
    }


@pytest.mark.parametrize("case", NO_FIGURE, ids=lambda case: case["name"])
def test_a_slice_under_its_trigger_or_without_its_answer_says_so(
    case: dict[str, Any], purchase: Purchase, facilitator: User
) -> None:
    """No hour below the trigger; two bounds and a question while the contract is silent."""
    lot = _type_the_lot(purchase, {"cpv": BUILDING, "months": 12, "is_framework": True} | case["inputs"])
    answer = _as(facilitator).post(
        _study(lot), {"faire": "enregistrer", "reason": WHY} | _values_typed(case["inputs"]), follow=True
    )
    html = answer.content.decode()
    shown, expected = _measures(html), case["expect"]
    if expected["hours"] == 0:
        assert shown["heures d’insertion, valeur centrale"] == 0
        assert "reste sous le seuil de déclenchement" in html
    else:
        low, _, high = expected["range"]
        assert (shown["au moins"], shown["au plus, selon votre réponse"]) == (low, high)
        assert "les premiers euros comptent-ils aussi" in html


def test_every_published_case_passes_through_the_screens() -> None:
    """None is exempt: the two tables that calibrate nothing (placements, jobs paid for) are landmarks by rule."""
    taken = {id(case) for case in (*METHODS, *BESIDE, *NO_FIGURE)}
    left = [case for case in CASES["methods"] if id(case) not in taken]
    assert {case["method"] for case in left} <= {"pact"}


@pytest.mark.parametrize(
    "case", [one for one in CASES["methods"] if one["method"] == "pact" and not one["expect"]["hours"]],
    ids=lambda case: case["name"],
)  # fmt: skip
def test_a_takeover_that_leaves_nothing_says_so(
    case: dict[str, Any], purchase: Purchase, facilitator: User
) -> None:
    lot = _type_the_lot(purchase, {"cpv": CLEANING} | case["inputs"])
    html = _as(facilitator).get(_study(lot)).content.decode()
    shown = _measures(html)
    if case["expect"].get("verdict") == "to_answer":
        assert (shown["au moins"], shown["au plus, selon votre réponse"]) == (0, 240)
    else:
        assert shown["heures d’insertion, valeur centrale"] == 0
        assert "Que faire à la place" in html


@pytest.mark.parametrize("case", BESIDE, ids=lambda case: case["name"])
def test_what_calibrates_nothing_is_a_landmark_and_never_a_method(
    case: dict[str, Any], purchase: Purchase, facilitator: User
) -> None:
    """Placements and « jobs paid for »: shown beside the hours, never in the list of methods."""
    lot = _type_the_lot(purchase, {"cpv": BUILDING, "months": 12} | case["inputs"])
    html = plain_spaces(_as(facilitator).get(_study(lot)).content.decode())
    expected = case["expect"]
    if case["method"] == "bracket":
        assert f"{expected['months']} mois et {expected['hours']} h au plus" in html
    elif "hours" in expected:
        assert f"environ {expected['hours']} h" in html
    else:
        assert f"environ {expected['months']} mois" in html
    assert case["method"] not in CHOICES


@pytest.mark.parametrize("case", CASES["lots"], ids=lambda case: case["name"])
def test_a_need_answered_by_a_facilitator_is_answered_so_on_the_page(
    case: dict[str, Any], purchase: Purchase, facilitator: User
) -> None:
    facts, expected = case["facts"], case["expect"]
    purchase.programme = facts.get("programme", "")
    purchase.departement_code = facts.get("territory", "59")
    purchase.save(update_fields=["programme", "departement_code"])
    lot = _type_the_lot(purchase, facts)
    html = plain_spaces(_as(facilitator).get(_study(lot)).content.decode())
    shown = _measures(html)
    if "per_100k" in expected:
        assert shown["heures par tranche de 100 000 € commandés"] == expected["per_100k"]
    if "range" in expected and expected["method"] != "none":
        _check_range(shown, expected)
    if expected.get("instead"):
        assert expected["instead"] in html.replace("&#x27;", "'")


def _check_range(shown: dict[str, float], expected: dict[str, Any]) -> None:
    low, likely, high = expected["range"]
    if expected["verdict"] == "to_answer":
        assert shown["au moins"] == pytest.approx(low, rel=TOLERANCE)
        assert shown["au plus, selon votre réponse"] == pytest.approx(high, rel=TOLERANCE)
        return
    central = shown["heures d’insertion, valeur centrale"]
    if likely is not None:
        assert central == likely
    # Three times the same figure is shown once.
    assert shown.get("bas de la fourchette", central) == pytest.approx(low, rel=TOLERANCE)
    assert shown.get("haut de la fourchette", central) == pytest.approx(high, rel=TOLERANCE)
