"""How a company is told and reached: answers, reminders that go further, contacts that answer no more."""

import smtplib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from levier.accounts.models import User
from levier.core import mail_returns
from levier.core.models import OutgoingMail
from levier.core.tasks import deliver_mail
from levier.execution.control.work import contracts_work
from levier.execution.declaring import actions, contacts, letters, links, reminding
from levier.execution.errors import RefusedError
from levier.execution.models import ContactNote, ContractContact, DeclarationLine, DeclarationLink, LineState
from tests.factories import people as make
from tests.factories.company_month import DUE, FIRST, SECOND, Company
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(settings: Any, tmp_path: Path) -> Company:
    settings.LEVIER_HOME = tmp_path
    return Company()


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def text(response: Any) -> str:
    return plain_spaces(response.content.decode())


@pytest.mark.slow
@pytest.mark.parametrize("state", [LineState.QUESTIONED, LineState.REJECTED])
def test_an_answer_is_told_once_a_day_without_a_name(company: Company, state: LineState) -> None:
    company.send(70)
    line = DeclarationLine.objects.get()
    act = actions.question if state == LineState.QUESTIONED else actions.reject
    act(by=company.where.facilitator, desk=company.follower, line=line, seen=line.hours, reason="total")
    letters.tell_answer(line.declaration, state)
    mail = OutgoingMail.objects.get(message_id__startswith=f"declaration-{state}")
    assert mail.to_address == FIRST and "/declarer/" in mail.body and make.GIVEN not in mail.body


@pytest.mark.slow
def test_reminders_go_further_each_time_and_once(company: Company) -> None:
    """The first contact three times, then the second one; then who follows reads it, without a mail of its own."""
    said = []
    for today in (
        date(2026, 5, 1),
        DUE - timedelta(days=4),
        DUE + timedelta(days=2),
        DUE + timedelta(days=8),
    ):
        with_clock(today)
        assert company.remind(today) == 1
        assert company.remind(today) == company.remind(today + timedelta(days=1)) == 0
        last = OutgoingMail.objects.latest("pk")
        said.append((last.to_address, bool(last.unsubscribe_url)))
        assert make.GIVEN not in last.body + last.subject
    assert said == [(FIRST, True), (FIRST, True), (FIRST, True), (SECOND, True)]
    with_clock(today)
    assert company.remind(DUE + timedelta(days=15)) == 0
    assert ["malgré les rappels" in one for one in late_lines(company)] == [True]


def late_lines(company: Company) -> list[str]:
    found = contracts_work(company.where.facilitator, DUE + timedelta(days=15))
    return [one.title for one in found if "non déclaré" in one.title]


def with_clock(today: date) -> None:
    """As if what was sent before had been sent on its day, long enough ago."""
    reminding.DeclarationReminder.objects.update(
        sent_at=datetime(2026, 4, 1, tzinfo=timezone.get_current_timezone())
    )


@pytest.mark.slow
def test_who_sent_its_month_is_left_in_peace(company: Company) -> None:
    company.send(0)
    assert company.remind(DUE + timedelta(days=2)) == 0


@pytest.mark.parametrize(
    ("notes", "told"),
    [
        ([(FIRST, "silence")], SECOND),
        ([(FIRST, "sans_rappel")], SECOND),
        ([(FIRST, "silence"), (FIRST, "joint")], FIRST),
        ([(FIRST, "rebond"), (SECOND, "silence")], "facilitator"),
    ],
)
def test_reminders_go_round_who_does_not_answer(
    company: Company, notes: list[tuple[str, str]], told: str
) -> None:
    for reach, word in notes:
        contacts.note_contact(
            by=company.where.facilitator, contract=company.where.contract, reach=reach, word=word
        )
    is_mailed = told != "facilitator"
    assert company.remind(DUE + timedelta(days=2)) == is_mailed
    assert ["malgré les rappels" in one for one in late_lines(company)] == [not is_mailed]
    if is_mailed:
        assert OutgoingMail.objects.latest("pk").to_address == told


REPORT = """From: MAILER-DAEMON@mx.invalid
To: {to}
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Delivery has failed.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.invalid

Final-Recipient: rfc822; a@b.invalid
Action: {action}
Status: {status}
--b--
"""
QMAIL = """From: MAILER-DAEMON@mx.invalid
To: {to}

Hi. This is the qmail-send program. This is a permanent error; I've given up. Sorry it didn't work out.

<a@b.invalid>: Sorry, no mailbox here by that name. (#5.1.1)
"""
ABSENCE = """From: Paie <paie@bati.invalid>
To: {to}
Auto-Submitted: auto-replied

Absente jusqu'au 4, poste 550.
"""
ANSWER = """From: Paie <paie@bati.invalid>
To: {to}

Bonjour, voici le relevé.
"""


@pytest.mark.parametrize(
    ("notice", "failure"),
    [
        (REPORT.format(to="x", action="failed", status="5.1.1"), mail_returns.Failure("5.1.1", True)),
        (
            REPORT.format(to="x", action="failed", status="5.2.2 (mailbox full)"),
            mail_returns.Failure("5.2.2", False),
        ),
        (REPORT.format(to="x", action="delayed", status="4.4.7"), None),
        (QMAIL.format(to="x"), mail_returns.Failure("5.1.1", True)),
        (
            "Subject: Mail\nX-Failed-Recipients: a@b.invalid\n\n550 No such user",
            mail_returns.Failure("5.1.1", True),
        ),
        (
            "Subject: Non remis\n\nVotre message n’a pas pu être remis : 4.2.2",
            mail_returns.Failure("4.2.2", False),
        ),
        (ABSENCE.format(to="x"), None),
        (ANSWER.format(to="x"), None),
        ("Content-Type: multipart/report; boundary=\n\n\xff", None),
    ],
)
def test_a_notice_of_failure_says_whether_the_address_is_wrong(
    notice: str, failure: mail_returns.Failure | None
) -> None:
    assert mail_returns.read_failure(notice.encode()) == failure


@pytest.mark.slow
def test_a_mail_that_comes_back_marks_its_contact_until_it_is_corrected(
    company: Company, settings: Any
) -> None:
    settings.RECEIVING_DOMAIN = "levier.exemple.fr"
    company.remind(date(2026, 5, 1))
    mail = OutgoingMail.objects.latest("pk")
    assert mail.to_address == FIRST
    address = mail_returns.return_address(mail)
    # Nobody but who received the mail has its return address; what is no failure changes nothing.
    for to, text in (
        (address.replace("+", "+9"), QMAIL),
        ("retours+1-" + "0" * 24 + "@levier.exemple.fr", QMAIL),
        (address, ABSENCE),
    ):
        mail_returns.take(text.format(to=to).encode(), to=[to])
        assert not contacts.silent_of(company.where.contract)
    assert mail_returns.take(QMAIL.format(to=address).encode(), to=[address.upper()])
    assert mail_returns.take(QMAIL.format(to=address).encode(), to=[address])
    (note,) = ContactNote.objects.all()
    assert (note.reach, note.word, note.by) == (FIRST, "rebond", None)
    assert set(mail_returns.given_up([FIRST, SECOND])) == {FIRST}
    # The next reminder goes to the other one; by hand, the page says to correct the address first.
    with_clock(DUE + timedelta(days=2))
    company.remind(DUE + timedelta(days=2))
    assert OutgoingMail.objects.latest("pk").to_address == SECOND
    first = contacts.contacts_of(company.where.contract)[0]
    with pytest.raises(RefusedError, match="reviennent"):
        reminding.send_month_link(
            by=company.where.facilitator, contract=company.where.contract, contact=first, today=DUE
        )
    work = [one.title for one in contracts_work(company.where.facilitator, DUE) if "reviennent" in one.title]
    assert len(work) == 1 and "adresse à corriger" in work[0]
    page = as_user(company.where.facilitator).get(f"/contrats/{company.where.contract.pk}").content.decode()
    assert "ne répond plus" in page
    ContractContact.objects.filter(email=FIRST).update(email="juste@exemple.invalid")
    assert not [one for one in contracts_work(company.where.facilitator, DUE) if "reviennent" in one.title]


@pytest.mark.parametrize(
    ("reply", "status", "is_marked"),
    [
        ((550, b"5.1.1 No such user"), "5.1.1", True),
        ((550, b"unknown"), "", True),
        ((550, b"5.7.1 blocked"), "5.7.1", False),
        ((451, b"4.3.0 later"), None, False),
    ],
)
def test_what_the_server_refuses_for_good_is_not_tried_again(
    company: Company, monkeypatch: Any, reply: tuple[int, bytes], status: str | None, is_marked: bool
) -> None:
    company.remind(date(2026, 5, 1))
    mail = OutgoingMail.objects.latest("pk")

    def refuse(*_: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({mail.to_address: reply})

    monkeypatch.setattr("levier.core.tasks.EmailMessage.send", refuse)
    if status is None:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            deliver_mail(mail.pk)
    else:
        deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert (mail.returned_at is not None, mail.returned_status) == (status is not None, status or "")
    assert bool(contacts.silent_of(company.where.contract)) == is_marked
    assert mail not in OutgoingMail.objects.waiting() or status is None


@pytest.mark.slow
def test_a_mail_that_would_not_leave_marks_its_contact(company: Company) -> None:
    company.remind(date(2026, 5, 1))
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=3))
    OutgoingMail.objects.create(
        message_id="x", to_address="a@exemple.invalid", subject="x", sent_at=timezone.now()
    )
    company.remind(DUE - timedelta(days=4))
    found = {one.email: one.is_silent for one in contacts.contacts_of(company.where.contract)}
    assert found == {FIRST: True, SECOND: False}
    page = text(as_user(company.where.buyer).get(f"/contrats/{company.where.contract.pk}"))
    assert page.count("ne répond plus") == 1


def test_a_contact_stops_its_reminders_by_a_post_alone(company: Company) -> None:
    page = f"/declarer/rappels/{contacts.stop_token([company.where.contract], FIRST)}"
    assert Client().get(page).status_code == 200
    assert not company.where.contract.contact_notes.exists()
    Client(enforce_csrf_checks=True).post(page, {"List-Unsubscribe": "One-Click"})
    assert company.where.contract.contact_notes.get().word == "sans_rappel"
    assert Client().get(page[:-2]).status_code == 404


@pytest.mark.slow
def test_a_call_is_noted_and_a_link_sent_by_who_follows_alone(company: Company) -> None:
    contract = company.where.contract
    page = f"/suivi/contrats/{contract.pk}/joindre"
    for client, expected in (
        (as_user(company.where.buyer), 403),
        (as_user(make.place().facilitator), 404),
        (Client(), 302),
    ):
        assert client.post(page, {"contact": FIRST, "geste": "silence"}).status_code == expected
    assert not contract.contact_notes.exists()
    client = as_user(company.where.facilitator)
    client.post(page, {"contact": FIRST, "geste": "silence"})
    assert contract.contact_notes.get().word == "silence"
    assert "Ne répond plus" in text(client.get(f"/suivi/contrats/{contract.pk}/grille"))
    client.post(page, {"contact": SECOND, "geste": "lien"})
    assert OutgoingMail.objects.latest("pk").to_address == SECOND
    client.post(page, {"contact": FIRST, "geste": "fermer"})
    assert not DeclarationLink.objects.filter(email=FIRST, revoked_at=None).exists()
    assert "n’est plus celui" in text(
        client.post(page, {"contact": "autre@x.fr", "geste": "lien"}, follow=True)
    )


def test_a_replaced_contact_keeps_no_link(company: Company) -> None:
    token = links.token_of(company.link)
    assert links.link_of(token) == company.link
    company.where.contract.contacts.filter(email=FIRST).update(email="nouvelle@exemple.invalid")
    with pytest.raises(Http404):
        links.link_of(token)
    page = f"/suivi/contrats/{company.where.contract.pk}/joindre"
    as_user(company.where.facilitator).post(page, {"contact": FIRST, "geste": "fermer"})
    company.link.refresh_from_db()
    assert company.link.revoked_at
