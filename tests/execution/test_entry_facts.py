"""What an entry says beyond its reason, and who learns of each reading: a permanent contract past the window, openings told to the person."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from levier.execution.actions import name_rules
from levier.execution.cards import policies, queries
from levier.execution.cards.actions import checked_value
from levier.execution.cards.links import address_of
from levier.execution.errors import RefusedError
from tests.execution.test_cards import Held, as_user
from tests.execution.test_declaring import World
from tests.factories import people as make

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_a_permanent_contract_signed_in_the_window_counts_past_it() -> None:
    world = World()
    before = make.rsa(first_clause_hire_on=date(2024, 5, 1))
    kept, other = (world.person(facts=before, work_contract=kind) for kind in ("cdi", "cdd"))
    assert other.eligible_until == date(2026, 4, 30)
    judged = [world.book().judge((one.pk, date(2026, 5, 1)), Decimal(60)) for one in (kept, other)]
    assert [(one.counted, one.is_blocked) for one in judged] == [(60, False), (0, True)]
    name_rules(by=world.where.buyer, contract=world.where.contract, publics_rule="", counting_rule="cdi_12")
    world.commitment.refresh_from_db()
    with world.desk.scope():
        late = world.book().judge((kept.pk, date(2027, 5, 1)), Decimal(60))
    assert late.counted == 0 and [one.rule for one in late.questioned] == ["cdi"]


@pytest.mark.slow
def test_each_opening_of_a_card_and_of_a_grid_is_told_to_the_person() -> None:
    held = Held()
    with pytest.raises(RefusedError, match="bonne date"):
        policies.open_card(address_of(held.card).rsplit("/", 1)[-1], date(1991, 5, 4), now=timezone.now())
    held.opened()
    by_mail = address_of(held.card, by_mail=True).rsplit("/", 1)[-1]
    policies.open_card(by_mail, date(1990, 5, 4), now=timezone.now())
    desk = as_user(held.where.facilitator)
    for _ in range(2):
        desk.get(f"/suivi/contrats/{held.where.contract.pk}/grille")
        desk.get(f"/suivi/personnes/{held.person_behind.pk}")
    days = queries.by_day(queries.accesses_of(held.person_behind))
    assert [(one.last.who == "Votre carte", one.last.purpose, one.times) for one in days] == [
        (False, "Suivi", 2),
        (False, "Saisie ou décision des heures", 1),
        (True, "Ouverture par le lien du courriel", 1),
        (True, "Ouverture de la carte imprimée", 1),
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("04/05/1991", "1991-05-04"), ("4 mai 1991", "1991-05-04"), ("1991-05-04", "1991-05-04"), ("4/5/1891", ""), ("hier", "")],
)  # fmt: skip
def test_a_person_corrects_its_birth_as_people_write_days(typed: str, kept: str) -> None:
    if kept:
        assert checked_value("birth_on", typed) == kept
    else:
        with pytest.raises(RefusedError, match="date"):
            checked_value("birth_on", typed)
