"""Hours by slice of the amount invoiced (M7): from the study to the signed words, the texts and their checks."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from levier.accounts.models import User
from levier.clauses.lot_texts.actions import keep_values
from levier.clauses.lot_texts.drafting import texts_of
from levier.clauses.models.slices import in_hours_per_100k, slice_of
from levier.clauses.proportion import proportion
from levier.clauses.studies import actions
from levier.clauses.studies.actions import ChoiceValues
from levier.clauses.studies.calculating import Change
from levier.clauses.studies.lot_lines import in_words
from levier.clauses.studies.replaying import replay
from levier.clauses.values import ClauseValues
from levier.purchasing.models import Lot, PurchaseState
from levier.rulebook.calibration import CalibrationError
from levier.rulebook.levers import Facts, HoursRange
from tests.factories import purchases as make
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db

WHY = "clause lue dans un contrat de l’État"
SLICE = {"tranche_amount": 2_000.0, "trigger_amount": 2_700_000.0, "retroactive": False}


@pytest.fixture
def facilitator() -> User:
    return make.facilitator()


@pytest.fixture
def lot(facilitator: User) -> Lot:
    purchase = make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=facilitator.memberships.get().organisation, lots=0,
        contract_kind="services", departement_code="59",
    )  # fmt: skip
    return make.lot(
        purchase, cpv="79620000", title="Intérim", amount_ht=Decimal(3_000_000), is_framework=True,
        months=Decimal(48),
    )  # fmt: skip


def _changes(**values: float | bool | None) -> list[Change]:
    return [Change(name, value, WHY) for name, value in (SLICE | values).items() if value is not None]


def test_a_slice_is_kept_and_replays(lot: Lot, facilitator: User) -> None:
    version = actions.save_version(by=facilitator, lot=lot, changes=_changes())
    assert (version.method, version.hours_low, version.hours_likely, version.hours_high) == (
        "per-amount",
        150,
        150,
        150,
    )
    assert {name: version.given[name] for name in SLICE} == SLICE
    assert version.result["slice"] == {"amount_ht": 2_000, "trigger_ht": 2_700_000, "retroactive": False}
    labels = [line["label"] for line in version.result["trace"]]
    assert any(label.startswith("Montant d") and "tranche" in label for label in labels)
    assert "Seuil de déclenchement" in labels
    assert any(label.startswith("Heures par 100") for label in labels)
    assert replay(version).is_same


def test_a_silent_contract_is_a_question(lot: Lot, facilitator: User) -> None:
    version = actions.save_version(by=facilitator, lot=lot, changes=_changes(retroactive=None))
    assert (version.verdict, version.hours_low, version.hours_likely, version.hours_high) == (
        "to_answer",
        150,
        None,
        1500,
    )
    assert "premiers euros" in version.result["questions"][0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ([Change("retroactive", True, WHY)], "retroactive"),
        ([Change("method", "amount", WHY), Change("tranche_amount", 2_000.0, WHY)], "tranche_amount"),
        ([Change("tranche_amount", 0.0, WHY)], "tranche_amount"),
        ([Change("tranche_amount", 5_000_000.0, WHY)], "tranche_amount"),
        ([Change("trigger_amount", -1.0, WHY)], "trigger_amount"),
    ],
)
def test_an_impossible_slice_is_refused(
    lot: Lot, facilitator: User, changes: list[Change], field: str
) -> None:
    with pytest.raises(CalibrationError) as refusal:
        actions.save_version(by=facilitator, lot=lot, changes=changes)
    assert refusal.value.field == field
    assert not lot.scenarios.exists()


def test_the_proposal_starts_with_the_slice_and_the_texts_say_it(lot: Lot, facilitator: User) -> None:
    version = actions.save_version(by=facilitator, lot=lot, changes=_changes())
    values = ChoiceValues(levers=("L2112-2",), hours_per_100k=in_hours_per_100k(2_000), version=version)
    choice = actions.propose(by=facilitator, lot=lot, values=values)
    said = "1 h par tranche de 2 000 € HT facturée, à partir de 2 700 000 € HT, sur l’excédent seul"
    assert said in plain_spaces(in_words(choice))
    found = texts_of(lot)
    ccap = plain_spaces(next(one.markdown for one in found.documents if one.code == "ccap"))
    assert "| 1 h | 2 000 € HT facturée |" in ccap and "atteint 2 700 000 € HT" in ccap
    assert "il ne porte que sur les montants facturés au-delà" in ccap
    assert "trigger_sentence" not in {gap.name for gap in found.gaps}
    # Somebody else's pace is no longer the slice of the study.
    other = actions.propose(
        by=facilitator, lot=lot,
        values=ChoiceValues(levers=("L2112-2",), hours_per_100k=Decimal(40), version=version),
    )  # fmt: skip
    assert "40 h par tranche de 100 000 €" in plain_spaces(in_words(other))


@pytest.mark.slow
def test_a_trigger_nobody_said_is_asked_in_two_answers(lot: Lot, facilitator: User) -> None:
    version = actions.save_version(by=facilitator, lot=lot)
    actions.propose(
        by=facilitator, lot=lot,
        values=ChoiceValues(levers=("L2112-2",), hours_per_100k=Decimal(40), version=version),
    )  # fmt: skip
    client = Client()
    client.force_login(facilitator)
    page = client.get(reverse("clauses:lot_texts", kwargs={"lot_pk": lot.pk})).content.decode()
    assert 'name="trigger_amount_ht"' in page
    assert 'name="is_trigger_retroactive"' in page
    keep_values(
        by=facilitator, lot=lot, values={"trigger_amount_ht": "500 000", "is_trigger_retroactive": "oui"}
    )
    ccap = next(one.markdown for one in texts_of(lot).documents if one.code == "ccap")
    assert "tout le montant facturé depuis le début" in ccap


@pytest.mark.slow
def test_only_a_lot_that_may_be_counted_so_is_asked(lot: Lot, facilitator: User) -> None:
    client = Client()
    client.force_login(facilitator)
    address = reverse("clauses:study", kwargs={"lot_pk": lot.pk})
    assert 'name="tranche_amount"' in client.get(address).content.decode()
    lot.is_framework = False
    lot.save(update_fields=["is_framework"])
    assert 'name="tranche_amount"' not in client.get(address).content.decode()
    tried = client.post(address, {"faire": "essayer", "method": "per-amount", "reason": WHY})
    assert 'name="tranche_amount"' in tried.content.decode()


@pytest.mark.parametrize(
    ("trigger", "retroactive", "outcome"), [(0, None, "ok"), (2_700_000, False, "ok"), (2_700_000, True, "fail"),
                                            (3_100_000, False, "fail")]
)  # fmt: skip
def test_the_check_counts_from_the_trigger(trigger: float, retroactive: bool | None, outcome: str) -> None:
    facts = Facts(
        buyer_side="public", lot_amount_ht=3_000_000, hours=HoursRange(100, 150, 200 if trigger else 2_000)
    )
    values = ClauseValues(
        tranche_hours=1,
        tranche_amount_ht=2_000,
        trigger_amount_ht=trigger,
        is_trigger_retroactive=retroactive,
    )
    document = type("Doc", (), {"code": "ccap", "title": "", "markdown": ""})()
    assert proportion(document, facts, values)[0] == outcome


def test_a_pace_without_a_study_is_a_slice_of_100_000_euros() -> None:
    assert plain_spaces(slice_of(Decimal(40), {}).in_words) == "40 h par tranche de 100 000 € HT facturée"
    odd = slice_of(in_hours_per_100k(3_000), {"tranche_amount": 3_000.0})
    assert (odd.hours, odd.amount_ht, odd.trigger_ht) == (1, 3_000, 0)
