"""A consultation of several lots: what the buyer typed once is offered in the next lot, and kept only when it is sent."""

from datetime import date
from decimal import Decimal

import pytest

from levier.clauses.lot_texts.actions import keep_values
from levier.clauses.lot_texts.drafting import texts_of
from levier.clauses.lot_texts.fields import TextField, fields_of
from levier.clauses.lot_texts.siblings import as_in_other_lots
from levier.clauses.studies import actions
from levier.clauses.studies.actions import ChoiceValues
from levier.purchasing.models import Lot, PurchaseState
from tests.factories import purchases as make

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def _fields(lot: Lot, **posted: str) -> dict[str, TextField]:
    asked = fields_of(lot, texts_of(lot), posted=posted)
    return {one.name: one for one in as_in_other_lots(lot, asked, posted=posted)}


def test_penalties_and_the_deadline_of_a_lot_are_offered_in_the_next() -> None:
    who = make.facilitator()
    purchase = make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=who.memberships.get().organisation, lots=0, launch_on=date(2026, 12, 1),
        contract_kind="services", amount_ht=900_000,
    )  # fmt: skip
    lots = [
        make.lot(purchase, cpv=cpv, amount_ht=300_000, months=24)
        for cpv in ("90911200", "77310000", "90919300")
    ]
    for each in lots:
        values = ChoiceValues(levers=("L2112-2",), hours=Decimal(400))
        actions.propose(by=who, lot=each, values=values)
    first, second, last = lots
    other = make.lot(make.purchase(lots=0), cpv="90911200")
    keep_values(by=who, lot=other, values={"penalty_proof": "999"})
    keep_values(
        by=who, lot=first,
        values={"penalty_hour": "60", "answer_deadline": "2027-05-03", "ccag": "fcs", "tasks": "Balayage"},
    )  # fmt: skip
    found = _fields(second)
    assert (found["penalty_hour"].value, found["answer_deadline"].value) == ("60", "2027-05-03")
    assert found["penalty_hour"].hint == f"Comme au lot {first.number} : relisez."
    # Another trade has its own tasks and general conditions; another purchase is never read; nothing is kept yet.
    assert (
        found["tasks"].value != "Balayage"
        and found["ccag"].value == ""
        and found["penalty_proof"].value == ""
    )
    assert "penalty_hour" in {gap.name for gap in texts_of(second).gaps}
    assert _fields(second, penalty_hour="")["penalty_hour"].value == ""
    # The nearest lot before speaks first.
    keep_values(by=who, lot=second, values={"penalty_hour": "80"})
    assert _fields(last)["penalty_hour"].value == "80"
