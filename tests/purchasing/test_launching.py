"""A publication is declared with its day: no purchase waits for something its page does not ask."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.purchasing import actions
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import BidderQuestion, ContactSide, Purchase, PurchaseState, QuestionDesk
from levier.purchasing.next_gestures import gestures
from levier.purchasing.queries.purchases import whole_purchase
from levier.purchasing.timeline import MOVES, Move
from tests.factories import purchases as make
from tests.factories.accounts import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided() -> Purchase:
    purchase = make.purchase(state=PurchaseState.DECIDED, lots=1)
    Purchase.objects.filter(pk=purchase.pk).update(state_since=timezone.now() - timedelta(days=30))
    purchase.refresh_from_db()
    return purchase


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _buyer(purchase: Purchase) -> User:
    return member(purchase.organisation, role=Role.BUYER).user


def _declare(purchase: Purchase, typed: str) -> tuple[int, str]:
    client = _client(_buyer(purchase))
    answer = client.post(
        reverse("purchasing:move_purchase", args=[purchase.pk]), {"etape": "publier", "lancement": typed}
    )
    purchase.refresh_from_db()
    return answer.status_code, answer.content.decode()


def test_the_move_asks_the_day_and_takes_it(decided: Purchase) -> None:
    page = _client(_buyer(decided)).get(reverse("purchasing:purchase", args=[decided.pk])).content.decode()
    assert 'name="lancement"' in page
    yesterday = timezone.localdate() - timedelta(days=1)
    assert _declare(decided, yesterday.isoformat())[0] == 302
    assert (decided.state, decided.launch_on) == (PurchaseState.PUBLISHED, yesterday)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "obligatoire"),
        ("hier", "pas lisible"),
        ((timezone.localdate() + timedelta(days=400)).isoformat(), "à venir"),
        ("1926-01-01", "après 2000"),
    ],
)
def test_an_impossible_day_is_refused_where_it_is_typed(decided: Purchase, typed: str, said: str) -> None:
    status, page = _declare(decided, typed)
    assert (status, decided.state, decided.launch_on) == (422, PurchaseState.DECIDED, None)
    assert said in page
    assert f'value="{typed}"' in page or not typed


def test_a_launch_after_the_start_is_refused(decided: Purchase) -> None:
    decided.starts_on = timezone.localdate() - timedelta(days=10)
    decided.save(update_fields=["starts_on"])
    status, page = _declare(decided, timezone.localdate().isoformat())
    assert status == 422 and "avant ce lancement" in page


def test_a_day_of_other_duties_goes_back_to_study(decided: Purchase) -> None:
    decided.lots.update(amount_ht=900_000)
    decided.state_since = timezone.make_aware(timezone.datetime(2026, 11, 1))
    decided.save(update_fields=["state_since"])
    with pytest.raises(RefusedError, match="demandez à revoir"):
        actions.move_purchase(
            by=_buyer(decided), purchase=decided, code="publier", launched_on=date(2026, 6, 1)
        )
    actions.move_purchase(by=_buyer(decided), purchase=decided, code="publier", launched_on=date(2026, 11, 2))


def test_a_day_already_said_is_not_asked_again_nor_changed(decided: Purchase) -> None:
    decided.launch_on = date(2026, 10, 1)
    decided.save(update_fields=["launch_on"])
    page = _client(_buyer(decided)).get(reverse("purchasing:purchase", args=[decided.pk])).content.decode()
    assert 'name="lancement"' not in page
    assert _declare(decided, "2026-10-05")[0] == 302
    assert decided.launch_on == date(2026, 10, 1)


def test_a_day_only_planned_is_asked_again(decided: Purchase) -> None:
    decided.launch_on = timezone.localdate() + timedelta(days=80)
    decided.save(update_fields=["launch_on"])
    assert _declare(decided, "")[0] == 422 and decided.state == PurchaseState.DECIDED
    yesterday = timezone.localdate() - timedelta(days=1)
    assert _declare(decided, yesterday.isoformat())[0] == 302
    assert (decided.state, decided.launch_on) == (PurchaseState.PUBLISHED, yesterday)


def _move(purchase: Purchase, by: User, code: str, **given: Any) -> Purchase:
    return actions.move_purchase(by=by, purchase=purchase, code=code, **given)


def test_what_was_declared_too_soon_is_taken_back_with_a_reason_and_the_day_is_asked_again(
    decided: Purchase,
) -> None:
    owner = _buyer(decided)
    _move(decided, owner, "publier", launched_on=timezone.localdate())
    _move(decided, owner, "attribuer")
    with pytest.raises(RefusedError, match="Dites pourquoi"):
        _move(decided, owner, "desattribuer")
    back = _move(decided, owner, "desattribuer", note="La CAO se réunit l’an prochain.")
    assert back.state == PurchaseState.PUBLISHED and back.launch_on == timezone.localdate()
    back = _move(decided, owner, "depublier", note="L’avis n’est pas encore parti.")
    assert (back.state, back.launch_on) == (PurchaseState.DECIDED, None)
    assert list(back.events.values_list("note", flat=True)[2:]) == [
        "La CAO se réunit l’an prochain.", "L’avis n’est pas encore parti.",
    ]  # fmt: skip
    told = [line.step for line in whole_purchase(decided, reader=owner).story]
    assert told == ["Publié", "Attribué", "Attribution annulée", "Publication annulée"]
    _move(decided, owner, "publier", launched_on=timezone.localdate())


def test_a_question_of_a_company_forbids_to_take_it_back(decided: Purchase) -> None:
    owner = _buyer(decided)
    _move(decided, owner, "publier", launched_on=timezone.localdate())
    today = timezone.localdate()
    desk = QuestionDesk.objects.create(purchase=decided, questions_until=today, answers_by=today)
    words = "Les heures peuvent-elles être faites hors site ?"
    BidderQuestion.objects.create(desk=desk, original=words, wording=words)
    with pytest.raises(RefusedError, match="une question d’entreprise"):
        _move(decided, owner, "depublier", note="Trop tôt.")
    decided.refresh_from_db()
    assert decided.state == PurchaseState.PUBLISHED


def test_the_last_lot_of_a_purchase_being_studied_stays() -> None:
    facilitator = make.facilitator()
    purchase = make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=facilitator.memberships.get().organisation, lots=1
    )
    with pytest.raises(RefusedError, match="au moins un lot"):
        actions.remove_lot(by=_buyer(purchase), lot=purchase.lots.get())


@pytest.mark.parametrize("move", [one for one in MOVES if one.needs], ids=lambda one: one.code)
def test_what_a_move_needs_is_mended_from_the_page_that_says_it(move: Move) -> None:
    """For the side that moves: each missing need is a field of the move or a button that opens the right page."""
    facilitator = make.facilitator()
    structure = facilitator.memberships.get().organisation
    before = move.before[0]
    purchase = make.purchase(
        state=before, facilitator=None if before == PurchaseState.DRAFT else structure, lots=0
    )
    reader = facilitator if move.side == ContactSide.FACILITATOR else _buyer(purchase)
    if move.code != "confier":
        make.lot(purchase)
    told = gestures(whole_purchase(purchase, reader=reader))
    assert all(one.url for one in told if not one.is_done)
    missing = [one for one in move.needs if actions.missing(purchase, one)]
    assert len([one for one in told if not one.is_done]) + move.asks_launch == len(missing) > 0
    client = _client(reader)
    for one in told:
        if not one.is_done and not one.url.startswith("#"):
            assert client.get(one.url).status_code == 200


def test_a_study_without_a_lot_asks_the_buyer_for_one() -> None:
    facilitator = make.facilitator()
    purchase = make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=facilitator.memberships.get().organisation, lots=0
    )
    told = gestures(whole_purchase(purchase, reader=facilitator))[0]
    assert (told.is_done, told.url) == (False, "#mot")


def test_what_waits_before_handing_over_is_a_link() -> None:
    purchase = make.purchase(lots=0)
    page = (
        _client(_buyer(purchase))
        .get(reverse("purchasing:hand_purchase", args=[purchase.pk]))
        .content.decode()
    )
    assert reverse("purchasing:new_lot", args=[purchase.pk]) in page
    assert reverse("purchasing:purchase_contacts", args=[purchase.pk, "acheteur"]) in page
