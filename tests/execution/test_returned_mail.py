"""Mails that come back, whoever they were for: what stops, who reads it, who mends it, and who never learns the address."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from levier.accounts.models import User
from levier.core import mail_returns
from levier.core.audit import Actor
from levier.core.models import OutgoingMail, ReturnedAddress
from levier.execution import digest
from levier.execution.candidates import actions
from levier.execution.cards import answering
from levier.execution.control.work import contracts_work
from levier.execution.errors import RefusedError
from levier.execution.work import people_work
from tests.execution.test_candidates import Market, market
from tests.execution.test_cards import Held, held
from tests.execution.test_control import Scene
from tests.factories import people as make
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db
__all__ = ["held", "market"]
ROY, DIAZ = "roy@exemple.invalid", "diaz@exemple.invalid"


def lose(address: str) -> None:
    """A mail to this address comes back for good."""
    mail = OutgoingMail.objects.create(message_id=f"lost-{address}", to_address=address, subject="x")
    mail_returns.note(mail, mail_returns.Failure("5.1.1", True))


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def text(response: Any) -> str:
    return plain_spaces(response.content.decode())


def mails_to(address: str) -> int:
    return OutgoingMail.objects.filter(to_address=address, returned_at=None).count()


def test_an_address_is_kept_as_a_digest_and_tried_again_in_time() -> None:
    lose("Zoe@Personne.invalid")
    row = ReturnedAddress.objects.get()
    assert "zoe" not in str(row.__dict__).casefold()
    both = {"zoe@personne.invalid", "ZOE@personne.invalid"}
    assert set(mail_returns.given_up([*both, "autre@x.fr", ""])) == both
    ReturnedAddress.objects.update(since=timezone.now() - mail_returns.GIVEN_UP_FOR - timedelta(days=1))
    assert not mail_returns.is_given_up("zoe@personne.invalid") and mail_returns.forget_old() == 1


@pytest.mark.slow
def test_a_post_is_told_to_who_can_be_reached_until_its_address_is_corrected(market: Market) -> None:
    page = f"/suivi/postes/{market.post.pk}"
    company, follower = market.where.company, market.where.facilitator
    lose(ROY)
    actions.remind(today=localdate() + timedelta(days=6))
    assert mails_to(DIAZ) == 1 and "à la place de Mme Roy" in OutgoingMail.objects.latest("pk").body
    lose(DIAZ)
    assert actions.remind(today=localdate() + timedelta(days=13)) == 0
    for one, is_told in ((company, True), (follower, True), (market.sender, False)):
        assert ("ne répond plus" in text(as_user(one).get(page))) == is_told
    lines = [one.title for one in contracts_work(follower, localdate()) if "poste" in one.title]
    assert len(lines) == 2 and "les courriels de Mme Roy reviennent" in lines[0]
    # Who only proposes, the buyer, an outsider and anybody else correct nothing.
    at = f"{page}/contacts"
    data = {"contact_name": "Mme Roy", "contact_email": ROY, "backup_name": "M. Diaz", "backup_email": ROY}
    outsider = make.place()
    for client, status in (
        (as_user(market.sender), 403), (as_user(market.where.buyer), 403), (as_user(outsider.company), 404),
        (as_user(outsider.facilitator), 404), (Client(), 302),
    ):  # fmt: skip
        assert client.post(at, data | {"backup_email": "x@y.fr"}).status_code == status
    mine = as_user(company)
    assert "Le remplaçant est quelqu’un d’autre" in text(mine.post(at, data))
    assert mail_returns.is_given_up(ROY)
    assert mine.post(at, data | {"backup_email": "neuf@exemple.invalid"}).status_code == 302
    assert "ne répond plus" not in text(mine.get(page))
    assert not [one for one in contracts_work(follower, localdate()) if "poste" in one.title]


def test_who_proposes_hears_of_each_answer_and_the_company_of_a_candidate_taken_back(market: Market) -> None:
    market.move("a_rencontrer")
    told = OutgoingMail.objects.latest("pk")
    assert told.to_address == market.sender.email and "veut rencontrer" in told.body
    assert make.GIVEN not in told.body + told.subject
    lose(market.sender.email)
    market.move("rencontree")
    assert mails_to(market.sender.email) == 1
    actions.withdraw(by=market.sender, seat=market.seat(market.sender), candidate=market.candidate)
    taken_back = OutgoingMail.objects.latest("pk")
    assert taken_back.to_address == ROY and "n’est plus candidate" in taken_back.body


@pytest.mark.slow
def test_a_person_is_written_to_no_more_and_its_structure_alone_reads_it(held: Held) -> None:
    person, structure = held.person_behind, held.where.facilitator
    sheet = f"/suivi/personnes/{person.pk}"
    lose(person.email)
    before = mails_to(person.email)
    with pytest.raises(RefusedError, match="reviennent"):
        answering.mail_notice(by=structure, participant=person)
    titles = [one.title for one in people_work(structure, localdate())]
    assert "Les courriels d’une personne reviennent : demandez-lui une autre adresse" in titles
    assert "Ses courriels reviennent" in text(as_user(structure).get(sheet))
    assert "courriel à corriger" in text(as_user(structure).get("/suivi/personnes"))
    # Neither the company nor the buyer reads that it has an address, nor that it is lost.
    grid = f"/suivi/contrats/{held.where.contract.pk}/grille"
    for one in (held.where.company, held.where.buyer):
        assert not people_work(one, localdate())
        for page in (grid, f"/contrats/{held.where.contract.pk}"):
            said = text(as_user(one).get(page))
            assert person.email not in said and "reviennent" not in said and "ne répond plus" not in said
    answering.set_address(by=structure, participant=person, email="neuve@personne.invalid", is_checked=False)
    assert mails_to(person.email) == before and mails_to("neuve@personne.invalid") == 1
    assert not [one for one in people_work(structure, localdate()) if "reviennent" in one.title]


@pytest.mark.slow
def test_letters_of_a_default_say_who_did_not_get_them() -> None:
    scene = Scene()
    lose(scene.company.email)
    procedure = scene.noticed()
    assert not mails_to(scene.company.email)
    page = reverse("control:default", args=[procedure.pk])
    for one, is_told in ((scene.helper, True), (scene.owner, True), (scene.company, False)):
        assert ("plus aucun contact ne reçoit" in text(as_user(one).get(page))) == is_told


@pytest.mark.slow
def test_an_account_whose_mails_come_back_reads_it_and_says_that_it_is_right(market: Market) -> None:
    reader = market.where.facilitator
    lose(reader.email)
    digest.send_digests(by=Actor.machine("essai"), today=localdate() + timedelta(days=1))
    assert not mails_to(reader.email)
    client, other = as_user(reader), as_user(market.where.company)
    assert "Vos courriels reviennent" in text(client.get("/mon-portefeuille"))
    assert "Vos courriels reviennent" not in text(other.get("/mon-portefeuille"))
    other.post("/mon-portefeuille/courriel")
    assert mail_returns.is_given_up(reader.email)
    assert client.get("/mon-portefeuille/courriel").status_code == 405
    client.post("/mon-portefeuille/courriel")
    assert not mail_returns.is_given_up(reader.email)
