"""The time left to companies: a warning with its article, in two pages, and never a refusal."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role
from levier.purchasing.models import Procedure, Purchase, PurchaseState
from levier.purchasing.reply_deadlines import answers_warning, reply_warning
from tests.factories import purchases as make
from tests.factories.accounts import member
from tests.texts import plain_spaces

SENT = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("procedure", "buyer", "days", "article", "to_confirm"),
    [
        ("ao_ouvert", "collectivite", 30, "R2161-3", False),
        ("ao_restreint", "etat", 30, "R2161-6", False),
        ("negociee", "collectivite", 30, "R2161-12", False),
        ("negociee", "entite_adjudicatrice", 15, "R2161-21", False),
        ("dialogue", "", 30, "candidatures", True),
        ("mapa", "collectivite", 15, "R2143-1", True),
    ],
)
def test_a_day_short_is_said_and_the_day_itself_is_not(
    procedure: str, buyer: str, days: int, article: str, to_confirm: bool
) -> None:
    purchase = Purchase(procedure=procedure, buyer_kind=buyer, launch_on=SENT)
    assert reply_warning(purchase, SENT + timedelta(days=days)) is None
    found = reply_warning(purchase, SENT + timedelta(days=days - 1))
    assert found is not None and found.earliest == SENT + timedelta(days=days)
    assert article in found.explanation and found.to_confirm is to_confirm and found.source
    assert f"{days - 1}\u00a0jours après l’envoi" in found.sentence


@pytest.mark.parametrize(
    "changes", [{"launch_on": None}, {"procedure": ""}, {"procedure": Procedure.PRIVATE}, {}]
)
def test_what_is_unknown_warns_of_nothing(changes: dict[str, object]) -> None:
    purchase = Purchase(**({"procedure": "ao_ouvert", "launch_on": SENT} | changes))
    assert reply_warning(purchase, SENT + timedelta(days=2) if changes else None) is None


@pytest.mark.django_db
def test_the_page_of_the_questions_warns_and_keeps_the_date() -> None:
    today = timezone.localdate()
    purchase = make.purchase(state=PurchaseState.PUBLISHED, launch_on=today, procedure="ao_ouvert")
    client = Client()
    client.force_login(member(purchase.organisation, role=Role.BUYER).user)
    day = (today + timedelta(days=12)).isoformat()
    given = {"questions_until": day, "answers_by": day, "offers_until": day}
    assert client.post(f"/achats/{purchase.pk}/questions", given).status_code == 302
    html = client.get(f"/achats/{purchase.pk}/questions").content.decode()
    assert "Délai de réponse court" in html and "R2161-3" in html


@pytest.mark.parametrize(
    ("procedure", "days", "said"),
    [
        ("ao_ouvert", 5, "6 jours au plus tard"), ("ao_ouvert", 6, ""), ("", 0, "R2132-6"), ("mapa", 1, ""),
        ("mapa", 0, "le jour où les offres sont dues"),
    ],
)  # fmt: skip
def test_answers_come_early_enough_before_the_offers(procedure: str, days: int, said: str) -> None:
    answers = date(2027, 4, 20)
    found = answers_warning(Purchase(procedure=procedure), answers, answers + timedelta(days=days))
    assert plain_spaces(found).find(said) >= 0 if said else not found
