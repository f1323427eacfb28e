"""The référent's page: what is in place, the job description, the calendar."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.clauses.models import ReferentExchange
from levier.clauses.referent.checking import factors, outcomes
from levier.clauses.referent.documents import as_ics, calendar
from levier.clauses.referent.seeing import seen_answers
from levier.clauses.referent.work import exchanges_work
from levier.facilitators.models import MeasureFact
from levier.purchasing.models import PurchaseState
from tests.factories import purchases as make
from tests.factories.accounts import member
from tests.factories.network import desk


@pytest.mark.parametrize("side", ["buyer", "company"])
def test_the_four_factors_ask_and_advise(side: str) -> None:
    found = factors(side)  # type: ignore[arg-type]
    assert len(found) == 4
    every = {question.key for factor in found for question in factor.questions}
    assert all(one.is_whole and not one.advice for one in outcomes(side, every))  # type: ignore[arg-type]
    assert all(one.yes == 0 and len(one.advice) == one.asked > 0 for one in outcomes(side, ()))  # type: ignore[arg-type]


def test_exchanges_fall_on_working_days_in_order() -> None:
    found = calendar(side="company", start=date(2027, 1, 31), months=12)
    assert found[0].day == date(2027, 2, 1)
    assert all(one.day.weekday() < 5 for one in found)
    assert [one.day for one in found] == sorted(one.day for one in found)
    assert found[-1].title.startswith("Bilan")
    assert as_ics(found, of="a").count("BEGIN:VEVENT") == len(found)


def test_an_exchange_of_a_holiday_moves_and_two_purchases_do_not_replace_each_other() -> None:
    found = calendar(side="buyer", start=date(2027, 4, 14), months=6)
    assert date(2027, 7, 15) in {one.day for one in found} and date(2027, 7, 14) not in {
        one.day for one in found
    }
    first, second, again = (
        {line for line in as_ics(found, of=of).split("\r\n") if line.startswith("UID")}
        for of in ("achat 1", "achat 2", "achat 1")
    )
    assert first == again and len(first) == len(found) and not first & second


def test_a_month_has_a_start_and_an_end() -> None:
    assert len(calendar(side="buyer", start=date(2027, 3, 1), months=1)) == 2


@pytest.mark.slow
@pytest.mark.django_db
def test_the_page_is_open_and_gives_its_files() -> None:
    client, address = Client(), reverse("clauses:referent")
    assert client.get(address).status_code == 200
    shown = client.post(
        address, {"faire": "verifier", "cote": "company", "oui": ["referent-1"]}
    ).content.decode()
    assert "à renforcer" in shown
    word = client.post(address, {"faire": "fiche", "organisation": "Ville <b>", "days_a_month": "2"})
    assert "Ville &lt;b&gt;" in zipfile.ZipFile(io.BytesIO(word.content)).read("word/document.xml").decode()
    ics = client.post(address, {"faire": "calendrier", "start": "2027-03-01", "months": "12"})
    assert ics.content.startswith(b"BEGIN:VCALENDAR")
    assert client.post(address, {"faire": "calendrier", "start": "bientôt"}).status_code == 422
    assert client.post(address, {"faire": "fiche", "days_a_month": "99"}).status_code == 422


def _as(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.mark.slow
@pytest.mark.django_db
def test_exchanges_of_a_purchase_are_fixed_held_and_counted_for_the_convention() -> None:
    worker = make.facilitator()
    house = worker.memberships.get().organisation
    purchase = make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=house, starts_on=date(2026, 1, 5), months=6
    )
    structure = desk(place=house)
    buyer = member(purchase.organisation, role=Role.BUYER).user
    address = f"/achats/{purchase.pk}/referent"
    assert (
        _as(buyer).post(address, {"faire": "fixer", "start": "2026-01-05", "months": "6"}).status_code == 302
    )
    first, *others = purchase.referent_exchanges.all()
    assert [one.planned_on for one in others] == [date(2026, 2, 5), date(2026, 4, 7), date(2026, 7, 6)]
    assert (
        _as(worker).post(address, {"tenu": first.pk, "held_on": "2026-01-06", "words": "60 h"}).status_code
        == 302
    )
    fact = MeasureFact.objects.get(structure=structure)
    assert (fact.measure, fact.happened_on, fact.source_key) == (
        "visites",
        date(2026, 1, 6),
        f"exchange-{first.pk}",
    )
    again = _as(worker).post(address, {"tenu": first.pk, "held_on": "2026-01-06"})
    assert again.status_code == 422 and "déjà noté" in again.content.decode()
    future = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert _as(worker).post(address, {"tenu": others[0].pk, "held_on": future}).status_code == 422
    assert [line.due for line in exchanges_work(buyer, date(2026, 1, 31))] == [date(2026, 2, 5)]
    assert len(exchanges_work(worker, date(2026, 4, 6))) == 2 and not exchanges_work(
        make.facilitator(), date(2027, 1, 1)
    )
    html = _as(buyer).get(address).content.decode()
    assert "4 échanges fixés" in html and "à noter ou à reprendre" in html and "60 h" in html
    assert b"BEGIN:VEVENT" in _as(buyer).get(f"{address}/echanges.ics").content
    # Fixed again: what was held stays, and the same day is not asked twice.
    _as(buyer).post(address, {"faire": "fixer", "start": "2026-01-05", "months": "2"})
    assert purchase.referent_exchanges.get(held_on=date(2026, 1, 6)).pk == first.pk


@pytest.mark.django_db
def test_what_levier_sees_of_a_purchase_is_ticked_and_nobody_else_reads_it() -> None:
    worker = make.facilitator()
    purchase = make.purchase(state=PurchaseState.TO_STUDY, facilitator=worker.memberships.get().organisation)
    assert "facilitateur-2" not in seen_answers(purchase, on=date(2026, 1, 1))
    make.contacts(purchase, "acheteur")
    assert "referent-1" in seen_answers(purchase, on=date(2026, 1, 1))
    other = make.purchase(state=PurchaseState.TO_STUDY)
    exchange = ReferentExchange.objects.create(purchase=other, planned_on=date(2026, 1, 5), title="Point")
    address = f"/achats/{purchase.pk}/referent"
    wrong = {"tenu": exchange.pk, "held_on": "2026-01-05"}
    assert _as(worker).post(address, wrong).status_code == 404
    assert _as(member(purchase.organisation, role=Role.SUPPLIER).user).get(address).status_code == 403
    assert _as(make.facilitator()).get(address).status_code == 404
    assert Client().get(address).status_code == 302
