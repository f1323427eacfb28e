"""« Mon portefeuille »: what needs me today, by buyer, from every room that gives lines."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import User
from levier.facilitators import actions
from levier.facilitators.models import ReferralRequest, Structure
from levier.facilitators.queries.work import WorkItem
from levier.portal import portfolio
from tests.factories.accounts import organisation, user
from tests.factories.network import animation, animator_of, ask, desk, facilitator_of

pytestmark = pytest.mark.django_db


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def test_it_says_who_acts_next_since_when_and_until_when() -> None:
    structure = desk(place=organisation())
    worker = facilitator_of(structure)
    late = ask(subject_label="Vieille demande")
    yesterday = timezone.localdate() - timedelta(days=1)
    ReferralRequest.objects.filter(pk=late.pk).update(
        due_on=yesterday, asked_on=yesterday, held_since=yesterday
    )
    asked = ask(subject_label="Demande à préciser")
    actions.ask_question(by=worker, request=asked, who=structure.name, text="Combien ?")
    ask(subject_label="Demande fraîche")
    found = portfolio.portfolio_of(worker, timezone.localdate())
    ((kind, lines),) = found.mine
    assert (kind, [line.title.split(" · ")[0] for line in lines]) == (
        "Demandes à répondre", ["Vieille demande", "Demande fraîche"],
    )  # fmt: skip
    assert (found.late, found.count, len(found.waiting)) == (1, 2, 1)
    assert found.waiting[0].next_actor == asked.buyer.name
    html = as_user(worker).get("/mon-portefeuille").content.decode()
    assert "En retard" in html and "Demande à préciser" in html and "2 lignes attendent" in html
    html = as_user(worker).get("/mon-portefeuille", {"acheteur": asked.buyer.name}).content.decode()
    assert "Demande à préciser" in html and "Vieille demande" not in html


def test_each_account_has_its_own() -> None:
    structure, other = desk(place=organisation()), desk("departement:62", place=organisation())
    ask(subject_label="Peinture")
    assert "Peinture" in as_user(facilitator_of(structure)).get("/mon-portefeuille").content.decode()
    for stranger in (facilitator_of(other), user(), user(is_staff=True)):
        assert "Peinture" not in as_user(stranger).get("/mon-portefeuille").content.decode()
    assert Client().get("/mon-portefeuille")["Location"].startswith("/compte/connexion/")


def test_an_animator_has_sheets_to_verify() -> None:
    desk(name="Jamais vérifiée")
    Structure.objects.filter(pk=desk(name="Vérifiée").pk).update(verified_on=timezone.localdate())
    html = as_user(animator_of(animation("32"))).get("/mon-portefeuille").content.decode()
    assert "Structures à vérifier" in html and "Jamais vérifiée" in html and ">Vérifiée<" not in html


def test_another_room_adds_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    line = WorkItem(
        "Clauses à calibrer", "Lot 3", "/ailleurs", "Ville", "moi", date(2026, 1, 1), date(2026, 1, 2)
    )
    monkeypatch.setattr(portfolio, "SOURCES", (*portfolio.SOURCES, lambda user, today: [line]))
    found = portfolio.portfolio_of(user(), date(2026, 1, 3))
    assert (found.mine, found.buyers) == ((("Clauses à calibrer", (line,)),), (("Ville", 1, 1),))


def test_the_number_of_queries_does_not_grow(django_assert_num_queries) -> None:
    structure = desk(place=organisation())
    worker = facilitator_of(structure)
    for number in range(3):
        ask(subject_label=f"Demande {number}")
    with django_assert_num_queries(9):
        portfolio.portfolio_of(worker, timezone.localdate())
