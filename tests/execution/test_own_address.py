"""Whose address a card is sent to: what is confirmed through it proves once it is known to be the person's own."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from levier.accounts.models import Membership, Role
from levier.core import mail_returns
from levier.core.models import OutgoingMail
from levier.execution.cards import actions, answering, policies
from levier.execution.cards.links import address_of
from levier.execution.cards.proving import doubt_of
from levier.execution.models import Participant
from levier.execution.people.scope import acting
from tests.execution.test_cards import BIRTH, Held, text
from tests.factories import people as make
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> Held:
    return Held()


def proves(held: Held, **told: Any) -> str:
    """Why the address does not prove; empty when it does."""
    answering.set_address(by=held.where.facilitator, participant=held.person_behind, **told)
    with acting(followers=[held.where.structure.pk]):
        held.person_behind.refresh_from_db()
    doubt = doubt_of(held.person_behind)
    return doubt.sentence if doubt else ""


@pytest.mark.slow
def test_an_address_proves_once_its_structure_knows_it_is_hers(held: Held) -> None:
    firm = held.entry.company
    owner = member(firm, role=Role.CONTRACTOR).user
    where = held.where
    assert "Personne n’a vérifié" in proves(held, email="zef@gmail.com", is_checked=False)
    assert not proves(held, email="zef@gmail.com", is_checked=True)
    assert not proves(held, email="ZEF@gmail.com", is_checked=False), "saved again, what is known of it stays"
    # At the employer's: questioned, then lifted by a check; one of those who declare, never.
    make.participant(where, email="ouvrier@" + owner.email.partition("@")[2])
    domain = owner.email.partition("@")[2]
    assert domain in proves(held, email=f"zef@{domain}", is_checked=False)
    assert not proves(held, email=f"zef@{domain}", is_checked=True)
    assert "contact de l’entreprise" in proves(held, email=owner.email.upper(), is_checked=True)
    assert "membre de votre structure" in proves(held, email=where.facilitator.email, is_checked=True)
    make.participant(where, given_name="Ida", email="deux@gmail.com")
    assert "même adresse" in proves(held, email="deux@gmail.com", is_checked=False)
    # A facilitator who declares the hours as well does not check alone.
    Membership.objects.create(user=where.facilitator, organisation=firm, role=Role.CONTRACTOR)
    assert "un collègue" in proves(held, email="zef@gmail.com", is_checked=True)


@pytest.mark.slow
def test_an_address_asked_from_a_printed_card_confirms_nothing(held: Held) -> None:
    """Whoever declares the hours may hold the printed card: the address it asks for proves only once checked with the person."""
    printed = policies.own_pages(held.card.pk)
    asked = actions.ask_correction(own=printed, field="email", proposed="patron@gmail.com")
    answering.answer_request(by=held.where.facilitator, request=asked, word="fait")
    with pytest.raises(Http404):
        policies.own_pages(held.card.pk, by_mail=True)
    card = answering.card_of(held.person_behind)
    assert card is not None and card.pk != held.card.pk
    sent = {one.to_address: one.subject for one in OutgoingMail.objects.all()}
    assert "remplacée" in sent["zephirine@personne.invalid"] and "patron@gmail.com" in sent
    own = policies.own_pages(card.pk, by_mail=True)
    assert own.by_mail and not own.is_proved
    actions.confirm_month(own=own, line=held.line_.pk, seen=Decimal(35))
    assert held.head.confirmed_person == 0 and held.shown().is_said
    page = Client()
    assert page.post(address_of(card, by_mail=True).split("localhost:8000")[-1], BIRTH).status_code == 302
    assert "doit d’abord vérifier avec vous" in text(page.get("/ma-carte/"))
    # Checked with the person, the same word proves.
    assert not proves(held, email="patron@gmail.com", is_checked=True)
    actions.confirm_month(own=policies.own_pages(card.pk, by_mail=True), line=held.line_.pk, seen=Decimal(35))
    assert held.head.confirmed_person == 35
    # From the link of the address that proves, another one is hers.
    again = actions.ask_correction(
        own=policies.own_pages(card.pk, by_mail=True), field="email", proposed="neuve@gmail.com"
    )
    answering.answer_request(by=held.where.facilitator, request=again, word="fait")
    with acting(followers=[held.where.structure.pk]):
        assert Participant.objects.get(pk=held.person_behind.pk).email_check == "ancienne"


@pytest.mark.slow
def test_only_her_structure_writes_the_address_of_a_person(held: Held) -> None:
    key = held.person_behind.pk
    at, posted = f"/suivi/personnes/{key}/adresse", {"email": "zef@gmail.com", "is_checked": "1"}
    colleague = member(held.where.structure, role=Role.BUYER).user
    elsewhere = make.place().facilitator
    expected = [(held.where.company, 403), (held.where.buyer, 403), (colleague, 403), (elsewhere, 404)]
    for reader, status in expected:
        client = Client()
        client.force_login(reader)
        assert client.post(at, posted).status_code == status
    assert Client().post(at, posted).status_code == 302
    client = Client()
    client.force_login(held.where.facilitator)
    assert client.get(at).status_code == 405
    assert client.post(at, posted).status_code == 302
    sheet = text(client.get(f"/suivi/personnes/{key}"))
    assert "Vérifiée avec la personne" in sheet and "ne l’écrivez pas sous la dictée" in sheet
    assert "reviennent" not in sheet
    mail = OutgoingMail.objects.create(message_id="r", to_address="ZEF@gmail.com", subject="x")
    mail_returns.note(mail, mail_returns.Failure("5.1.1", True))
    assert "Ses courriels reviennent" in text(client.get(f"/suivi/personnes/{key}"))
    assert client.post(at, {"email": "rien"}, follow=True).status_code == 200
    with acting(followers=[held.where.structure.pk]):
        assert Participant.objects.get(pk=key).email == "zef@gmail.com"
