"""Addresses whose mails come back, in the rooms that write to named people: nothing more leaves, the page says so, saving it mends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core import mail_returns
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.facilitators import actions as desks
from levier.facilitators.models import Convention, PartyRole
from levier.purchasing import actions as purchases
from levier.purchasing.models import ContactSide, PurchaseState
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation
from tests.factories.needs import buyer
from tests.factories.network import animation, animator_of, ask, buyer_of, desk, facilitator_of, person

pytestmark = pytest.mark.django_db


@dataclass
class Case:
    """`dead` is the address that answers no more, `instead` the one told in its place; `page` says so to `reader`."""

    dead: str
    instead: str
    page: str
    reader: User
    write: Callable[[], object]


def referral_to_somebody() -> Case:
    structure = desk(place=organisation())
    main = person(structure)
    town = organisation()
    one = ask(place=town)
    reader = facilitator_of(structure)
    own = f"/ma-structure/{structure.pk}"
    return Case(
        main.email, structure.email, own, reader, lambda: desks.withdraw_request(by=reader, request=one)
    )


def referral_to_a_silent_desk() -> Case:
    structure, region = desk(phone="03 20 00 00 00"), animation("32", email="region@exemple.invalid")
    animator_of(region)
    town = organisation()
    one, reader = ask(place=town), buyer_of(town)
    return Case(
        structure.email, "region@exemple.invalid", f"/demandes/{one.pk}", reader,
        lambda: ask(place=organisation()),
    )  # fmt: skip


def convention_to_renew() -> Case:
    house, town = organisation(), organisation()
    structure = desk(place=house)
    worker = member(house, role=Role.FACILITATOR, is_admin=True).user
    mayor = member(town, role=Role.BUYER, is_admin=True).user
    today = timezone.localdate()
    made = desks.save_convention(
        by=worker, structure=structure,
        values=desks.ConventionValues(
            kind="acheteur", title="Convention", valid_from=today, valid_to=today + timedelta(days=60),
            structure_party=desks.PartyValues(name="PLIE"),
            others=(desks.PartyValues(name=town.name, siren=town.siren or ""),),
            services=("conseil",), territory="Nord",
            commitments=(desks.CommitmentValues(party=1, text="Nommer", measure="constat", due_on=today),),
        ),
    )  # fmt: skip
    assert made.parties.filter(role=PartyRole.BUYER, organisation=town).exists()
    Convention.objects.filter(pk=made.pk).update(state="signee", signed_on=today)
    return Case(
        mayor.email, worker.email, f"/conventions/{made.pk}", worker,
        lambda: desks.follow_terms(by=Actor.machine("essai"), today=today),
    )  # fmt: skip


def purchase_contact() -> Case:
    town = organisation()
    one = make.purchase(town, state=PurchaseState.TO_STUDY, facilitator=organisation())
    main, backup = make.contacts(one, ContactSide.BUYER)
    reader = buyer(town)
    return Case(
        main.email, backup.email, f"/achats/{one.pk}", reader,
        lambda: purchases.leave_word(by=reader, purchase=one, side=ContactSide.BUYER, note="Un mot"),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "build", [referral_to_somebody, referral_to_a_silent_desk, convention_to_renew, purchase_contact]
)
def test_a_dead_address_is_not_written_to_and_its_page_says_so(build: Callable[[], Case]) -> None:
    case = build()
    client = Client()
    client.force_login(case.reader)
    assert "ne répond plus" not in client.get(case.page).content.decode()
    sent = OutgoingMail.objects.create(message_id="revient", to_address=case.dead, subject="Essai")
    mail_returns.note(sent, mail_returns.Failure("5.1.1", True))
    OutgoingMail.objects.all().delete()
    case.write()
    told = set(OutgoingMail.objects.values_list("to_address", flat=True))
    assert case.dead not in told and case.instead in told
    html = client.get(case.page).content.decode()
    assert "ne répond plus" in html and "reviennent" in html


@pytest.mark.slow
def test_who_saves_the_address_again_is_written_to() -> None:
    case = purchase_contact()
    sent = OutgoingMail.objects.create(message_id="revient", to_address=case.dead, subject="Essai")
    mail_returns.note(sent, mail_returns.Failure("5.1.1", True))
    client = Client()
    client.force_login(case.reader)
    fields = {"referent-name": "Ada", "referent-email": case.dead}
    html = client.get(f"{case.page}/contacts/acheteur").content.decode()
    assert "enregistrez-la telle quelle" in html
    assert client.post(f"{case.page}/contacts/acheteur", fields).status_code == 302
    assert not mail_returns.is_given_up(case.dead)
