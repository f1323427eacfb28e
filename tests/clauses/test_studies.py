"""Studies of a lot: versions that replay, values of one's own, proposal and signature."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from levier.accounts.models import Role, User
from levier.clauses.errors import StudyRefusedError
from levier.clauses.models import LiveClause, RealisedLot, StudyVersion
from levier.clauses.studies import actions, limiting, policies, queries
from levier.clauses.studies.actions import ChoiceValues
from levier.clauses.studies.calculating import Change
from levier.clauses.studies.landmarks import landmarks
from levier.clauses.studies.replaying import replay
from levier.purchasing.models import Lot, Purchase, PurchaseState
from levier.rulebook.calibration import CalibrationError, trade
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation

pytestmark = pytest.mark.django_db

PAINTING = {"cpv": "45442100", "amount_ht": 1_000_000, "months": 10, "title": "Peinture"}
WHY = "mesuré sur nos dix derniers lots"


@pytest.fixture
def facilitator() -> User:
    return make.facilitator()


@pytest.fixture
def purchase(facilitator: User) -> Purchase:
    structure = facilitator.memberships.get().organisation
    return make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=structure, lots=0, contract_kind="travaux",
        launch_on=date(2026, 12, 1), departement_code="59", amount_ht=1_000_000,
    )  # fmt: skip


@pytest.fixture
def lot(purchase: Purchase) -> Lot:
    return make.lot(purchase, **PAINTING)


def _buyer(purchase: Purchase) -> User:
    return member(purchase.organisation, role=Role.BUYER).user


def _move(lot: Lot, state: str) -> None:
    lot.purchase.state = state
    lot.purchase.save(update_fields=["state"])


def test_a_study_keeps_all_it_read_and_replays(lot: Lot, facilitator: User) -> None:
    version = actions.save_version(by=facilitator, lot=lot)
    assert (version.hours_low, version.hours_likely, version.hours_high) == (833, 1000, 1167)
    assert {row["name"] for row in version.readings} >= {"labour_share", "hourly_cost", "insertion_rate"}
    again = replay(StudyVersion.objects.get(pk=version.pk))
    assert again.is_same
    assert again.changed_values == ()


def test_a_changed_figure_is_named_by_the_replay(lot: Lot, facilitator: User) -> None:
    version = actions.save_version(by=facilitator, lot=lot)
    version.readings = [
        row | {"value": 0.35} if row["name"] == "labour_share" else row for row in version.readings
    ]
    found = replay(version)
    assert not found.is_same
    assert "range" in {one.what for one in found.differences}
    assert [(one.then, one.now) for one in found.changed_values] == [(0.35, 0.7)]


def test_a_change_needs_a_reason_and_stands_in_the_trace(lot: Lot, facilitator: User) -> None:
    with pytest.raises(StudyRefusedError, match="pourquoi"):
        actions.save_version(by=facilitator, lot=lot, changes=[Change("rate", 0.05, "")])
    version = actions.save_version(
        by=facilitator, lot=lot, changes=[Change("labour_share", 0.5, WHY), Change("rate", 0.05, WHY)]
    )
    assert version.hours_likely == 595
    assert any(WHY in line["source"] for line in version.result["trace"])
    with pytest.raises(CalibrationError, match="ne change pas"):
        actions.save_version(by=facilitator, lot=lot, changes=[Change("territory", "75", WHY)])


def test_the_structure_s_own_value_counts_and_that_of_the_territory_first(
    lot: Lot, facilitator: User
) -> None:
    structure = lot.purchase.facilitator
    assert structure is not None
    own: dict[str, Any] = {"by": facilitator, "organisation": structure, "name": "labour_share", "key": "peinture",
                           "reason": WHY, "valid_from": date(2026, 1, 1)}  # fmt: skip
    actions.keep_own_value(**own, value=0.5)
    assert actions.save_version(by=facilitator, lot=lot).hours_likely == 714
    actions.keep_own_value(**own, value=0.6, departement_code="59")
    actions.keep_own_value(**own, value=0.9, departement_code="62")
    assert actions.save_version(by=facilitator, lot=lot, name="Deux").hours_likely == 857
    actions.keep_own_value(**own, value=None, departement_code="59")
    actions.keep_own_value(**own, value=None)
    assert actions.save_version(by=facilitator, lot=lot, name="Trois").hours_likely == 1000


@pytest.mark.parametrize(("name", "key", "value"), [("labour_share", "peinture", 1.2), ("labour_share", "rien", 0.5),
                                                   ("fte_base", "ave", 1607), ("expected_people", "", -3)])  # fmt: skip
def test_an_impossible_own_value_is_refused(
    lot: Lot, facilitator: User, name: str, key: str, value: float
) -> None:
    structure = lot.purchase.facilitator
    assert structure is not None
    with pytest.raises(StudyRefusedError):
        actions.keep_own_value(
            by=facilitator, organisation=structure, name=name, key=key, value=value, reason=WHY
        )


@pytest.mark.slow
def test_scenarios_stand_side_by_side_and_a_proposed_one_stays(lot: Lot, facilitator: User) -> None:
    first = actions.save_version(by=facilitator, lot=lot)
    second = actions.save_version(by=facilitator, lot=lot, name="À 5 %", changes=[Change("rate", 0.05, WHY)])
    actions.save_version(
        by=facilitator, lot=lot, scenario=second.scenario, changes=[Change("rate", 0.06, WHY)]
    )
    lines = queries.scenarios_of(lot)
    assert [(line.scenario.name, line.versions) for line in lines] == [("Proposition", 1), ("À 5 %", 2)]
    assert len(queries.compared(lines)) == 2
    with pytest.raises(StudyRefusedError, match="s’appelle déjà"):
        actions.save_version(by=facilitator, lot=lot, name="À 5 %")
    actions.propose(
        by=facilitator, lot=lot, values=ChoiceValues(levers=("L2112-2",), hours=Decimal(950), version=first)
    )
    with pytest.raises(StudyRefusedError, match="que vous proposez"):
        actions.remove_scenario(by=facilitator, scenario=first.scenario)
    actions.remove_scenario(by=facilitator, scenario=second.scenario)
    assert len(queries.scenarios_of(lot)) == 1
    actions.restore_scenario(by=facilitator, scenario=second.scenario)
    assert len(queries.scenarios_of(lot)) == 2


def test_the_buyer_signs_once_it_was_proposed_and_the_hours_weigh_on_the_territory(
    lot: Lot, facilitator: User
) -> None:
    values = ChoiceValues(levers=("L2112-2",), hours=Decimal(950))
    buyer = _buyer(lot.purchase)
    with pytest.raises(StudyRefusedError, match="une fois l’étude proposée"):
        actions.decide(by=buyer, lot=lot, values=values)
    actions.propose(by=facilitator, lot=lot, values=values)
    _move(lot, PurchaseState.PROPOSED)
    with pytest.raises(StudyRefusedError, match="plus à étudier"):
        actions.propose(by=facilitator, lot=lot, values=values)
    actions.decide(by=buyer, lot=lot, values=values)
    choices = queries.last_choices([lot])[lot.pk]
    assert queries.is_studied(choices) and queries.is_signed(choices)
    assert LiveClause.objects.get().hours == 950
    actions.decide(by=buyer, lot=lot, values=ChoiceValues(why_none="Le besoin a été réduit de moitié."))
    assert not LiveClause.objects.exists()


@pytest.mark.slow
def test_no_clause_above_the_thresholds_takes_a_case_of_the_closed_list(
    purchase: Purchase, facilitator: User
) -> None:
    purchase.amount_ht = Decimal(12_000_000)
    purchase.save(update_fields=["amount_ht"])
    lot = make.lot(purchase, **PAINTING)
    why = "Les travaux durent moins de six mois, sur un site occupé."
    with pytest.raises(StudyRefusedError, match="choisissez le cas de dérogation dans la liste"):
        actions.propose(by=facilitator, lot=lot, values=ChoiceValues(why_none=why))
    made = actions.propose(
        by=facilitator, lot=lot, values=ChoiceValues(why_none=why, derogation="travaux_courts")
    )
    assert made.derogation == "travaux_courts"
    client = Client()
    client.force_login(facilitator)
    shown = client.get(reverse("clauses:study", kwargs={"lot_pk": lot.pk})).content.decode()
    assert "Cas de dérogation" in shown and "rédaction à confirmer" in shown
    # While the duty is not known, a case may be given or not.
    Purchase.objects.filter(pk=purchase.pk).update(contract_kind="", amount_ht=3_000_000)
    unsure = Lot.objects.select_related("purchase").get(pk=lot.pk)
    for case in ("travaux_courts", ""):
        actions.propose(by=facilitator, lot=unsure, values=ChoiceValues(why_none=why, derogation=case))


def test_below_the_thresholds_a_reason_is_enough(lot: Lot, facilitator: User) -> None:
    why = "Volume trop mince pour un parcours."
    with pytest.raises(StudyRefusedError, match="aucune dérogation"):
        actions.propose(
            by=facilitator, lot=lot, values=ChoiceValues(why_none=why, derogation="travaux_courts")
        )
    with pytest.raises(StudyRefusedError, match="Choisissez un levier"):
        actions.propose(by=facilitator, lot=lot, values=ChoiceValues())
    assert actions.propose(by=facilitator, lot=lot, values=ChoiceValues(why_none=why)).why_none == why


def test_the_landmarks_speak_of_the_amount_in_view(lot: Lot) -> None:
    said = " ".join(landmarks(lot, on=date(2026, 11, 26), given={"amount_ht": 180_000, "months": 12}))
    assert "2 mois et 300\u202fh au plus" in said or "2 mois et 300\u00a0h au plus" in said


def test_a_lot_only_reserved_keeps_no_hours(lot: Lot, facilitator: User) -> None:
    """Its texts say that no hours are asked for: the decision must not say otherwise, nor weigh on the territory."""
    reserved = ChoiceValues(levers=("L2113-12", "L2113-10"), hours=Decimal(109))
    assert actions.propose(by=facilitator, lot=lot, values=reserved).hours is None
    both = ChoiceValues(levers=("L2113-12", "L2112-2"), hours=Decimal(109))
    assert actions.propose(by=facilitator, lot=lot, values=both).hours == 109


def test_levers_that_exclude_each_other_are_refused(lot: Lot, facilitator: User) -> None:
    with pytest.raises(StudyRefusedError, match="ne vont pas ensemble"):
        actions.propose(by=facilitator, lot=lot, values=ChoiceValues(levers=("L2113-13-1", "L2113-13")))
    with pytest.raises(StudyRefusedError, match="n’existe pas"):
        actions.propose(by=facilitator, lot=lot, values=ChoiceValues(levers=("L9999",)))


def test_what_is_saved_is_never_rewritten(lot: Lot, facilitator: User) -> None:
    version = actions.save_version(by=facilitator, lot=lot)
    for wrong in (lambda: StudyVersion.objects.filter(pk=version.pk).update(hours_low=1), version.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong()


@pytest.mark.slow
def test_only_those_of_the_purchase_open_its_studies(lot: Lot, facilitator: User) -> None:
    version = actions.save_version(by=facilitator, lot=lot)
    structure = lot.purchase.facilitator
    assert structure is not None
    colleague = member(structure, role=Role.FACILITATOR).user
    for allowed in (facilitator, colleague, _buyer(lot.purchase)):
        assert policies.get_version_for(allowed, version.pk).pk == version.pk
    for outsider in (make.facilitator(), member(organisation(), role=Role.BUYER).user):
        with pytest.raises(Http404):
            policies.get_version_for(outsider, version.pk)
        with pytest.raises(Http404):
            policies.get_scenario_for(outsider, version.scenario_id)
    assert policies.get_table_for(facilitator, structure.pk) == structure
    with pytest.raises(Http404):
        policies.get_table_for(_buyer(lot.purchase), structure.pk)


def test_a_line_shown_since_is_not_a_figure_that_moved(lot: Lot, facilitator: User) -> None:
    version = actions.save_version(by=facilitator, lot=lot)
    trace = version.result["trace"]
    version.result["trace"] = [line for line in trace if line["label"] != "Effort d’insertion en euros"]
    assert len(version.result["trace"]) == len(trace) - 1 and replay(version).is_same
    version.result["trace"][0] = trace[0] | {"value": 1.0}
    assert [one.what for one in replay(version).differences] == [trace[0]["label"]]


def test_the_people_of_the_territory_bound_the_hours(lot: Lot, facilitator: User) -> None:
    structure = lot.purchase.facilitator
    assert structure is not None
    assert [one.name for one in limiting.limits_of(lot, hours=1000, own=[], today=date(2026, 11, 25))] == []
    actions.keep_own_value(
        by=facilitator, organisation=structure, name="expected_people", key="", value=3, departement_code="59",
        reason="convention avec la mission locale", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    LiveClause.objects.create(
        key="autre", organisation=structure, departement_code="59", hours=400,
        starts_on=date(2026, 12, 1), ends_on=date(2027, 9, 30),
    )  # fmt: skip
    own = queries.own_values_for(lot)
    (found,) = limiting.limits_of(lot, hours=1000, own=own, today=date(2026, 11, 25))
    # They bound a study, and are no value it is calculated with.
    assert actions.save_version(by=facilitator, lot=lot).hours_likely
    assert found.is_binding
    assert found.hours == pytest.approx(3 * 439 * 10 / 12 - 400, abs=2)


def test_realised_lots_are_compared_and_teach_a_share(lot: Lot, facilitator: User) -> None:
    structure = lot.purchase.facilitator
    assert structure is not None
    for number in range(6):
        RealisedLot.objects.create(
            organisation=structure, key=str(number), title=f"École {number}", trade="peinture",
            departement_code="59" if number % 2 else "62", amount_ht=900_000, planned_hours=1000, done_hours=900,
            worked_hours=12_000, ended_on=date(2026, 1, number + 1),
        )  # fmt: skip
    painting = trade("peinture")
    found = queries.similar_realised(
        organisation=structure, trade=painting, amount_ht=1_000_000, departement_code="59"
    )
    assert [one.departement_code for one in found] == ["59"] * 3 + ["62"] * 3
    learned = queries.learned_for(structure, painting, on=date(2026, 11, 25))
    assert learned is not None
    assert (learned.lots, learned.measured) == (6, 6)
    assert learned.low < learned.value < learned.high
    assert learned.value < 0.7
