"""Who a contract names: told once, and led to the space it lacks; a contract says nothing to anybody else."""

import pytest
from django.test import Client

from levier.accounts.models import Membership, Role
from levier.core.models import OutgoingMail
from levier.execution.actions import ContactPerson, set_contacts
from levier.execution.models import IncomingFile
from levier.execution.queries.named import named_for
from levier.organisations.models import Organisation
from tests.factories import execution as make
from tests.factories.accounts import member, organisation, user

pytestmark = pytest.mark.django_db


def taken_over(structure: Organisation) -> IncomingFile:
    return IncomingFile.objects.create(
        organisation=structure, kind="reprise", name="suivi.csv", stored_as="suivi", account={}
    )


def test_the_contact_of_a_buyer_is_told_once_and_led_to_its_space(client: Client) -> None:
    structure = organisation(name="MDE du Val")
    contract = make.contract(facilitator=structure, title="Parc de l’Hers")
    contract.incoming = taken_over(structure)
    contract.save()
    named = user(email="marc@ville.example")
    people = {"referent": ContactPerson(name="Marc", email="Marc@Ville.example")}
    for _ in range(2):
        set_contacts(by=user(), contract=contract, side="acheteur", people=people)
    (mail,) = OutgoingMail.objects.all()
    assert mail.to_address == named.email
    assert all(said in mail.body for said in ("MDE du Val", "Parc de l’Hers", "/contrats"))
    (one,) = named_for(named)
    assert (one.organisation, one.role, one.titles, one.has_space) == (
        contract.buyer, Role.BUYER, ("Parc de l’Hers",), False,
    )  # fmt: skip
    assert named_for(user()) == ()
    client.force_login(named)
    page = client.get("/contrats").content.decode()
    assert f"siren={contract.buyer.siren}" in page and "role=buyer" in page
    form = client.get(
        f"/compte/organisation/?autre=1&siren={contract.buyer.siren}&role=buyer"
    ).content.decode()
    assert f'value="{contract.buyer.siren}"' in form and 'value="buyer" selected' in form
    colleague = member(contract.buyer, role=Role.BUYER).user
    assert named_for(named)[0].has_space and named_for(colleague) == ()
    Membership.objects.create(user=named, organisation=contract.buyer, role=Role.BUYER)
    assert named_for(named) == ()


def test_a_buyer_that_opened_its_contract_and_a_company_are_not_written_to() -> None:
    contract = make.contract()
    person = {"referent": ContactPerson(name="Léa", email="lea@firme.example")}
    for side in ("acheteur", "titulaire"):
        set_contacts(by=user(), contract=contract, side=side, people=person)
    assert not OutgoingMail.objects.exists()
    lea = user(email="lea@firme.example")
    assert {one.role for one in named_for(lea)} == {Role.BUYER, Role.CONTRACTOR}
    # An inclusive supplier speaks for its firm as well.
    Membership.objects.create(user=lea, organisation=contract.holder, role=Role.SUPPLIER)
    assert {one.role for one in named_for(lea)} == {Role.BUYER}
