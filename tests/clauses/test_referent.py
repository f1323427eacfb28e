"""The référent's page: what is in place, the job description, the calendar."""

import io
import zipfile
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from levier.clauses.referent.checking import factors, outcomes
from levier.clauses.referent.documents import as_ics, calendar


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
    assert as_ics(found).count("BEGIN:VEVENT") == len(found)


def test_a_month_has_a_start_and_an_end() -> None:
    assert len(calendar(side="buyer", start=date(2027, 3, 1), months=1)) == 2


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
