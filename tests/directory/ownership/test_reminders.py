"""Mails that ask for a confirmation: when, to whom, once; and links that confirm without a password."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Membership
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.directory import tasks
from levier.directory.models import Capacity, ConfirmationLink, SourceRecord, Supplier
from levier.directory.ownership import actions
from levier.directory.ownership.actions import CapacityLine
from levier.directory.ownership.queries import statement_of
from levier.directory.results import slug_of
from tests.factories.ownership import keeper, listed_supplier

pytestmark = pytest.mark.django_db
BY = Actor.machine("essai")


def aged(days: int) -> Supplier:
    """A kept sheet whose owner last spoke so many days ago."""
    supplier = listed_supplier()
    keeper(supplier)
    keeper(supplier, is_admin=False)
    actions.state_groups(by=BY, supplier=supplier, groups={"description": "Un"})
    when = timezone.localdate() - timedelta(days=days)
    SourceRecord.objects.filter(source_id="owner").update(first_seen=when, last_seen=when)
    return supplier


def address_in(mail: OutgoingMail) -> str:
    found = re.search(r"https?://[^/]+(/mon-offre/lien/\S+)", mail.body)
    assert found
    return found.group(1)


def test_a_sheet_of_six_months_is_asked_for_once_and_its_managers_only() -> None:
    aged(183)
    today = timezone.localdate()
    assert actions.remind_of_sheets(today=today) == 1
    assert actions.remind_of_sheets(today=today) == 0
    assert actions.remind_of_sheets(today=today + timedelta(days=60)) == 0
    assert OutgoingMail.objects.count() == 1
    assert actions.remind_of_sheets(today=today + timedelta(days=190)) == 1


@pytest.mark.parametrize("days", [0, 100, 181])
def test_a_younger_sheet_is_left_in_peace(days: int) -> None:
    aged(days)
    assert actions.remind_of_sheets(today=timezone.localdate()) == 0


@pytest.mark.slow
def test_opening_the_link_changes_nothing_and_its_button_confirms(client: Client) -> None:
    supplier = aged(400)
    actions.remind_of_sheets(today=timezone.localdate())
    mail = OutgoingMail.objects.get()
    address = address_in(mail)
    token = address.rsplit("/", 1)[1]
    assert len(token) >= 22
    assert token not in str(ConfirmationLink.objects.values().get())
    before = statement_of(supplier).confirmed_on
    response = client.get(address)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "Tout est toujours exact" in response.content.decode()
    assert statement_of(supplier).confirmed_on == before
    assert "confirmé aujourd’hui" in client.post(address).content.decode()
    assert statement_of(supplier).confirmed_on == timezone.localdate()
    assert client.post(address).status_code == 200


@pytest.mark.slow
def test_an_expired_link_or_one_of_somebody_who_left_confirms_nothing(client: Client) -> None:
    supplier = aged(400)
    actions.remind_of_sheets(today=timezone.localdate())
    address = address_in(OutgoingMail.objects.get())
    ConfirmationLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(address).status_code == 404
    ConfirmationLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    Membership.objects.all().delete()
    assert client.post(address).status_code == 404
    assert client.get("/mon-offre/lien/inconnu").status_code == 404
    assert statement_of(supplier).confirmed_on != timezone.localdate()


@pytest.mark.slow
def test_free_teams_are_asked_for_each_month_and_renewed_by_one_tap(client: Client) -> None:
    supplier = aged(0)
    month = timezone.localdate().replace(day=1)
    actions.state_capacities(by=BY, supplier=supplier, lines=[CapacityLine(month, 2, "teams")])
    assert actions.ask_for_capacities(today=timezone.localdate()) == 0
    said = timezone.localdate() - timedelta(days=31)
    Capacity.objects.update(stated_on=said, expires_on=said + Capacity.LIFETIME)
    assert actions.ask_for_capacities(today=timezone.localdate()) == 1
    assert actions.ask_for_capacities(today=timezone.localdate()) == 0
    mail = OutgoingMail.objects.get()
    assert "2\xa0équipes libres" in mail.body
    page = client.get(address_in(mail)).content.decode()
    assert "Toujours vrai en" in page
    assert Capacity.objects.get().stated_on == said
    client.post(address_in(mail))
    assert {one.stated_on for one in Capacity.objects.all()} == {timezone.localdate()}


def test_teams_said_for_a_month_are_asked_again_on_the_first_day_of_the_next() -> None:
    """Said on the 26th for that month alone, they would count for nothing until the 26th of the next."""
    supplier = aged(0)
    today = timezone.localdate()
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    Capacity.objects.create(
        supplier=supplier, month=last_month, quantity=1, stated_on=today - timedelta(days=3),
        expires_on=today - timedelta(days=3) + Capacity.LIFETIME,
    )  # fmt: skip
    assert actions.ask_for_capacities(today=today) == 1
    assert actions.ask_for_capacities(today=today + timedelta(days=1)) == 0


def test_who_never_said_its_teams_is_asked_once() -> None:
    supplier, today = aged(29), timezone.localdate()
    assert actions.ask_for_capacities(today=today) == 0, "its first month is its own"
    assert actions.ask_for_capacities(today=today + timedelta(days=1)) == 1
    (mail,) = OutgoingMail.objects.all()
    assert f"/mon-offre/fiche/{slug_of(supplier.key)}?partie=disponibilites" in mail.body
    assert "/mon-offre/lien/" not in mail.body, "there is nothing to say again"
    assert actions.ask_for_capacities(today=today + timedelta(days=90)) == 0


def test_who_stopped_answering_is_not_asked_any_more() -> None:
    supplier = aged(0)
    long_ago = timezone.localdate() - timedelta(days=200)
    Capacity.objects.create(
        supplier=supplier, month=date(long_ago.year, long_ago.month, 1), quantity=1, stated_on=long_ago,
        expires_on=long_ago + Capacity.LIFETIME,
    )  # fmt: skip
    assert actions.ask_for_capacities(today=timezone.localdate()) == 0


def test_the_morning_round_may_run_twice() -> None:
    aged(200)
    tasks.ask_for_confirmations(0)
    tasks.ask_for_confirmations(0)
    tasks.tell_what_faded(0)
    assert OutgoingMail.objects.count() == 1
