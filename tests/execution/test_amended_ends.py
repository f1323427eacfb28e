"""An amendment moves the end of a contract, once its buyer decides."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from levier.accounts.models import Role, User
from levier.core.models import OutgoingMail
from levier.core.typography import day
from levier.execution import actions
from levier.execution.control.work import contracts_work
from levier.execution.errors import RefusedError
from levier.execution.models import ContractContact, ContractSide, IncomingFile, IncomingKind, LedgerHead
from levier.execution.policies import without_decider
from tests.factories import execution as make
from tests.factories.accounts import member, organisation, user

pytestmark = pytest.mark.django_db


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


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


@pytest.mark.slow
def test_a_buyer_who_has_nobody_here_does_not_stop_an_amendment() -> None:
    town, house = organisation(), organisation()
    worker = member(house, role=Role.FACILITATOR).user
    contract = make.contract(buyer=town, facilitator=house)
    change = actions.propose_amendment(
        by=worker, commitment=contract.commitments.get(), reference="A1", signed_on=date(2026, 11, 2),
        hours_change=Decimal(-20),
    )  # fmt: skip
    page, address = f"/contrats/{contract.pk}", f"/contrats/avenants/{change.pk}/accord"
    said = {"decision": "oui", "preuve": "Avenant signé le 2 novembre"}
    assert "Noter son accord" in as_user(worker).get(page).content.decode()
    assert [(one.act, one.who) for one in contracts_work(worker, date(2026, 11, 3)) if "A1" in one.act] == [
        ("avenant « A1 » à décider", "me")
    ]
    neighbour = member(organisation(), role=Role.FACILITATOR).user
    for stranger, status in ((user(), 404), (neighbour, 404), (member(house, role=Role.NETWORK).user, 403)):
        assert as_user(stranger).post(address, said).status_code == status
    as_user(worker).post(address, {"decision": "oui", "preuve": " "})
    assert LedgerHead.objects.get(pk=change.commitment_id).due == 480
    buyer = member(town, role=Role.BUYER).user
    assert as_user(worker).post(address, said).status_code == 403
    assert "Noter son accord" not in as_user(worker).get(page).content.decode()
    contract.incoming = IncomingFile.objects.create(
        kind=IncomingKind.TAKING_OVER,
        organisation=house,
        name="suivi.csv",
        sha256="0" * 64,
        stored_as="suivi",
    )
    contract.save()
    assert without_decider([contract]) == {contract.pk}
    contract.contacts.create(side=ContractSide.BUYER, rank="referent", name="R", email=buyer.email)
    assert without_decider([contract]) == set()
    buyer.is_active = False
    buyer.save()
    assert as_user(worker).post(address, said).status_code == 302
    assert LedgerHead.objects.get(pk=change.commitment_id).due == 460
    assert "Avenant signé le 2 novembre" in as_user(worker).get(page).content.decode()
