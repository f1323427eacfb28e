"""An amendment moves the end of a contract, once its buyer decides."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from levier.core.models import OutgoingMail
from levier.core.typography import day
from levier.execution import actions
from levier.execution.errors import RefusedError
from levier.execution.models import ContractContact, ContractSide, LedgerHead
from tests.factories import execution as make
from tests.factories.accounts import user

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_an_amendment_prolongs_a_contract_once_the_buyer_decides() -> None:
    one = make.commitment()
    contract = one.contract
    ContractContact.objects.create(
        contract=contract, side=ContractSide.HOLDER, rank="referent", name="R", email="holder@bati.example"
    )
    before, later = contract.ends_on, date(contract.ends_on.year + 1, 3, 31)
    with pytest.raises(RefusedError, match="ce que l’avenant change"):
        actions.propose_amendment(by=user(), commitment=one, reference="A0", signed_on=before)
    with pytest.raises(RefusedError, match="suivre le début"):
        actions.propose_amendment(
            by=user(),
            commitment=one,
            reference="A0",
            signed_on=before,
            ends_on=contract.starts_on - timedelta(days=1),
        )
    change = actions.propose_amendment(
        by=user(), commitment=one, reference="A1", signed_on=before, ends_on=later
    )
    contract.refresh_from_db()
    assert contract.ends_on == before
    actions.decide_amendment(by=user(), amendment=change, is_accepted=True)
    contract.refresh_from_db()
    change.refresh_from_db()
    told = OutgoingMail.objects.get(to_address="holder@bati.example").body
    assert f"le contrat finit le {day(later)}, au lieu du {day(before)}" in told
    assert (contract.ends_on, change.ended_on, LedgerHead.objects.get(pk=one.pk).due) == (later, before, 480)
    month = make.month()
    actions.post_done(by=user(), commitment=one, month=month, hours=Decimal(35), evidence="declared")
    too_soon = month.month - timedelta(days=1)
    with pytest.raises(RefusedError, match="Des heures comptent déjà"):
        actions.propose_amendment(
            by=user(), commitment=one, reference="A2", signed_on=before, ends_on=too_soon
        )
