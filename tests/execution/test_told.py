"""What arrives is told: in the portfolio of whoever follows, then by one mail in the morning."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from levier.core import received_files
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.execution.cards import actions as card
from levier.execution.cards import answering, policies
from levier.execution.control import actions as control
from levier.execution.control.work import contracts_work
from levier.execution.digest import send_digests, token_of
from levier.execution.incoming import mailing
from levier.execution.models import (
    Confirmation,
    Declaration,
    DeclarationLine,
    HoursStatement,
    LedgerHead,
    LineState,
    MailedPaper,
    Participant,
    ReceivedMail,
    WorkDigest,
)
from levier.execution.people.scope import acting
from levier.execution.work import people_work
from tests.execution.test_declaring import World
from tests.factories import people as make
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db
MACHINE = Actor.machine("tests")


@pytest.fixture
def world() -> World:
    return World()


def as_user(one: Any) -> Client:
    client = Client()
    client.force_login(one)
    return client


def titles(world: World, today: date | None = None) -> set[str]:
    today = today or localdate()
    found = [*contracts_work(world.where.facilitator, today), *people_work(world.where.facilitator, today)]
    return {plain_spaces(one.title).rpartition(" : ")[2] for one in found if one.who == "me"}


@pytest.mark.slow
def test_everything_that_arrives_is_a_line_of_the_portfolio_then_one_mail(world: World) -> None:
    line, contract = world.line("35"), world.where.contract
    send_digests(by=MACHINE, today=localdate())
    DeclarationLine.objects.filter(pk=line.pk).update(state=LineState.QUESTIONED, reason="total")
    assert "1 ligne d’heures à décider" not in titles(world)
    line.refresh_from_db()
    world.type("30", entry=world.entry)
    # Sent some minutes before, rather than taken up some minutes later: those would be tomorrow at midnight.
    Declaration.objects.filter(lines=line).update(sent_at=timezone.now() - timedelta(minutes=5))
    assert "1 ligne d’heures à décider, dont 1 reprise depuis l’envoi" in titles(world)
    Confirmation.objects.create(
        line=line,
        organisation=contract.holder,
        hours=Decimal(30),
        state="contestee",
        answered_at=timezone.now(),
    )
    HoursStatement.objects.create(declaration=line.declaration, file=f"{'a' * 32}.jpg", size=3)
    ReceivedMail.objects.create(contract=contract, message_hash="x", sender="paie@exemple.invalid")
    control.tell_difficulty(by=None, label="Jo", contract=contract, cause="candidats", since_on=localdate())
    with acting(followers=[world.where.structure.pk]):
        person = Participant.objects.select_related("follower").get(pk=world.entry.participant_id)
    held = answering.make_card(by=world.where.facilitator, participant=person)
    card.ask_erasure(own=policies.own_pages(held.pk))
    expected = {
        "1 ligne contestée par l’autre entreprise", "1 relevé d’heures à voir", "1 courriel reçu, à lire",
        "difficulté signalée (aucune candidature présentée), à préparer pour l’acheteur", "effacer mes données",
    }  # fmt: skip
    assert expected <= titles(world)
    # The morning after: all of it in one mail, without a name nor a figure of hours; the next one says nothing again.
    assert OutgoingMail.objects.filter(message_id__startswith="work-digest-").count() == 0
    for day in (1, 1, 2):
        send_digests(by=MACHINE, today=localdate() + timedelta(days=day))
    mail = OutgoingMail.objects.get(message_id__startswith=f"work-digest-{world.where.facilitator.pk}-")
    for words in expected:
        assert words in plain_spaces(mail.body)
    assert (
        make.FAMILY not in mail.body and make.GIVEN not in mail.body and "30 h" not in plain_spaces(mail.body)
    )
    assert mail.to_address == world.where.facilitator.email


@pytest.mark.slow
def test_the_mail_of_the_morning_is_stopped_by_its_link_or_from_the_portfolio(world: World) -> None:
    reader, address = world.where.facilitator, f"/message-du-matin/{token_of(world.where.facilitator)}"
    world.line("35")
    assert Client().get(address).status_code == 200 and not WorkDigest.objects.exists()
    assert Client().get("/message-du-matin/nimporte").status_code == 404
    Client().post(address)
    send_digests(by=MACHINE, today=localdate() + timedelta(days=1))
    assert not OutgoingMail.objects.filter(message_id__startswith=f"work-digest-{reader.pk}-").exists()
    page = plain_spaces(as_user(reader).get("/message-du-matin", follow=True).content.decode())
    assert "Vous ne le recevez plus" in page
    as_user(reader).post(address, {"courriels": "oui"})
    assert WorkDigest.objects.get(user=reader).stopped_at is None
    assert Client().get("/message-du-matin").status_code == 302


@pytest.mark.slow
def test_a_payslip_is_erased_at_once_and_its_sender_is_told(
    world: World, settings: Any, tmp_path: Any
) -> None:
    settings.LEVIER_HOME = tmp_path
    line, client = world.line("35"), as_user(world.where.facilitator)
    kept = received_files.store(b"jpeg", "jpg", room="statements")
    statement = HoursStatement.objects.create(
        declaration=line.declaration, file=kept, size=4, by=world.where.company
    )
    client.post(f"/suivi/contrats/releves/{statement.pk}/vu", {"bulletin": "1"})
    statement.refresh_from_db()
    assert (statement.file, statement.is_payslip) == ("", True)
    # It proves no hour: nothing offers the line as « relevé vu ».
    grid = client.get(f"/suivi/contrats/{world.where.contract.pk}/grille").content.decode()
    assert 'name="releve"' in grid and 'name="releve" checked' not in grid
    paper = MailedPaper.objects.create(
        mail=ReceivedMail.objects.create(
            contract=world.where.contract, message_hash="x", sender="paie@exemple.invalid"
        ),
        stored_as=received_files.store(b"jpeg", "jpg", room=mailing.ROOM),
    )
    at = f"/suivi/courriels/pieces/{paper.pk}/bulletin"
    assert as_user(world.where.buyer).post(at).status_code == 403 and Client().post(at).status_code == 302
    assert as_user(make.place().facilitator).post(at).status_code == 404
    client.post(at)
    paper.refresh_from_db()
    assert (paper.stored_as, paper.is_payslip) == ("", True)
    told = OutgoingMail.objects.filter(subject__startswith="Document supprimé")
    assert {one.to_address for one in told} == {world.where.company.email, "paie@exemple.invalid"}
    assert all("relevé d’heures" in one.body for one in told)


@pytest.mark.slow
def test_a_printed_card_keeps_the_word_of_the_person_and_proves_nothing(world: World) -> None:
    """Whoever prints a card could open it: what proves comes by the link that the person's own mail received."""
    line = world.accept(world.line("35"))
    with acting(followers=[world.where.structure.pk]):
        person = Participant.objects.select_related("follower").get(pk=world.entry.participant_id)
    answering.make_card(by=world.where.facilitator, participant=person)
    sheet = plain_spaces(
        as_user(world.where.facilitator).get(f"/suivi/personnes/{person.pk}/carte").content.decode()
    )
    client = Client()

    def opened(address: str) -> str:
        client.post(address.split("localhost:8000")[-1], {"day": "4", "month": "5", "year": "1990"})
        return plain_spaces(client.get("/ma-carte/").content.decode())

    printed = next(
        word for word in sheet.replace("<", " ").replace(">", " ").split() if "/ma-carte/ouvrir/" in word
    )
    page = opened(printed)
    assert "impression de la carte" in page and "zephirine@personne.invalid" in page
    head = LedgerHead.objects.get(pk=world.commitment.pk)
    client.post(f"/ma-carte/mois/{line.pk}/confirmer", {"seen": "35"})
    head.refresh_from_db()
    assert (head.declared, head.confirmed_person) == (35, 0)
    assert "Vous avez dit : c’est juste" in opened(printed)
    client.post("/ma-carte/lien")
    mailed = OutgoingMail.objects.get(to_address="zephirine@personne.invalid").body
    link = next(word for word in mailed.split() if "/ma-carte/ouvrir/" in word)
    assert link != printed and link not in sheet
    assert "Oui, c’est juste" in opened(link)
    client.post(f"/ma-carte/mois/{line.pk}/confirmer", {"seen": "35"})
    head.refresh_from_db()
    assert (head.declared, head.confirmed_person) == (0, 35)
