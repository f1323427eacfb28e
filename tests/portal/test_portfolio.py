"""« Mon portefeuille »: what needs me today, by buyer, from every room that gives lines."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.clauses.models import ChoiceKind, LotChoice
from levier.clauses.studies.work import studies_work
from levier.facilitators import actions
from levier.facilitators.models import ReferralRequest, Structure
from levier.facilitators.queries.work import WorkItem, network_work
from levier.organisations.models import Organisation
from levier.portal import portfolio
from levier.purchasing.models import Purchase, PurchaseState
from levier.purchasing.queries import work as purchasing_work
from tests.factories import exchanges
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation, user
from tests.factories.network import animation, animator_of, ask, desk, facilitator_of

pytestmark = pytest.mark.django_db


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_request_is_a_line_of_whoever_must_act_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "SOURCES", (network_work,))
    structure, region = desk(place=organisation()), animation("32")
    worker, animator, staff = facilitator_of(structure), animator_of(region), user(is_staff=True)
    one = ask(subject_label="Peinture")
    buyer, today = one.asked_by, timezone.localdate()

    def lines(reader: User) -> list[tuple[str, str]]:
        found = portfolio.portfolio_of(reader, today)
        rows = [line for _, kept in found.mine for line in kept] + list(found.waiting)
        return [(line.who, line.next_actor) for line in rows if line.title.startswith("Peinture")]

    assert (lines(worker), lines(buyer)) == ([("me", structure.name)], [("other", structure.name)])
    actions.ask_question(by=worker, request=one, who=structure.name, text="Combien ?")
    assert (lines(worker), lines(buyer)) == ([("buyer", one.buyer.name)], [("me", one.buyer.name)])
    actions.reply_to_question(by=buyer, request=one, text="Deux.")
    moved = ReferralRequest.objects.filter(pk=one.pk)
    moved.update(stage="region", animator=region, due_on=today - timedelta(days=1))
    name = region.organisation.name
    assert [lines(reader) for reader in (worker, buyer, animator)] == [
        [("other", name)], [("other", name)], [("me", name)],
    ]  # fmt: skip
    assert portfolio.portfolio_of(buyer, today).late == 0
    assert portfolio.portfolio_of(animator, today).late == 1
    moved.update(stage="equipe", animator=None)
    assert (lines(staff), lines(animator)) == ([("me", "L’équipe du site")], [])


@pytest.mark.slow
def test_each_account_has_its_own() -> None:
    structure, other = desk(place=organisation()), desk("departement:62", place=organisation())
    ask(subject_label="Peinture")
    assert "Peinture" in as_user(facilitator_of(structure)).get("/mon-portefeuille").content.decode()
    for stranger in (facilitator_of(other), user(), user(is_staff=True)):
        assert "Peinture" not in as_user(stranger).get("/mon-portefeuille").content.decode()
    assert Client().get("/mon-portefeuille")["Location"].startswith("/compte/connexion/")


@pytest.mark.slow
def test_an_animator_has_sheets_to_verify() -> None:
    desk(name="Jamais vérifiée")
    Structure.objects.filter(pk=desk(name="Vérifiée").pk).update(verified_on=timezone.localdate())
    html = as_user(animator_of(animation("32"))).get("/mon-portefeuille").content.decode()
    assert "Structures à vérifier" in html and "Jamais vérifiée" in html and ">Vérifiée<" not in html


def test_thirty_lines_of_one_act_hide_none_of_another() -> None:
    day = date(2026, 1, 1)
    ends = [WorkItem("En retard", f"Lot {n}", "/", "Ville", "Vous", day, act="fini") for n in range(30)]
    other = WorkItem("En retard", "Octobre", "/", "Ville", "Vous", day, act="octobre, non déclaré")
    found = portfolio.heading_of("En retard", [*ends, other])
    assert (found.count, found.shown) == (31, (*ends[:3], other))
    assert found.folded == (("fini", tuple(ends[3:])),)
    several = [WorkItem("À venir", f"Lot {n}", "/", "Ville", "Vous", day, act=str(n)) for n in range(12)]
    assert portfolio.heading_of("À venir", several).folded == (("", tuple(several[10:])),)


def test_another_room_adds_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    line = WorkItem(
        "Clauses à calibrer", "Lot 3", "/ailleurs", "Ville", "moi", date(2026, 1, 1), date(2026, 1, 2)
    )
    monkeypatch.setattr(portfolio, "SOURCES", (*portfolio.SOURCES, lambda user, today: [line]))
    found = portfolio.portfolio_of(user(), date(2026, 1, 3))
    assert (found.mine, found.buyers) == ((("Clauses à calibrer", (line,)),), (("Ville", 1, 1),))


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow(django_assert_num_queries) -> None:
    structure = desk(place=organisation())
    worker = facilitator_of(structure)
    for number in range(3):
        ask(subject_label=f"Demande {number}")
    # Nine are of people: one scope over those it follows, with its savepoint; its roles are read twice, with and without who manages a firm.
    with django_assert_num_queries(23):
        portfolio.portfolio_of(worker, timezone.localdate())


class Followed:
    """A buyer and the desk that studies its purchases, with somebody of each."""

    def __init__(self) -> None:
        self.town, self.house = organisation(name="Ville"), organisation(name="PLIE")
        self.buyer = member(self.town, role=Role.BUYER).user
        self.worker = member(self.house, role=Role.FACILITATOR).user

    def purchase(self, state: str, **fields: object) -> Purchase:
        return make.purchase(self.town, state=state, facilitator=self.house, **fields)


@pytest.fixture
def followed() -> Followed:
    return Followed()


def _said(source: object, one: User, today: date | None = None) -> list[tuple[str, str, str]]:
    lines = source(one, today or timezone.localdate())  # type: ignore[operator]
    return [(line.kind, line.next_actor, line.who) for line in lines]


@pytest.mark.slow
def test_a_study_waits_for_the_facilitator_then_for_the_buyers_signature(followed: Followed) -> None:
    purchase = followed.purchase(PurchaseState.TO_STUDY, lots=2)
    first, second = purchase.lots.present()
    assert _said(studies_work, followed.worker) == [("Études à proposer", "PLIE", "me")]
    assert _said(studies_work, followed.buyer) == [("Études à proposer", "PLIE", "other")]
    (line,) = studies_work(followed.worker, timezone.localdate())
    assert "2 lots à étudier" in line.title
    for lot in (first, second):
        LotChoice.objects.create(lot=lot, kind=ChoiceKind.PROPOSAL, levers=["L2112-2"], hours=480)
    (line,) = studies_work(followed.worker, timezone.localdate())
    assert "tous les lots sont étudiés" in line.title
    Purchase.objects.update(state=PurchaseState.PROPOSED)
    LotChoice.objects.create(lot=first, kind=ChoiceKind.DECISION, levers=["L2112-2"], hours=480)
    (line,) = studies_work(followed.buyer, timezone.localdate())
    assert (line.kind, line.who, line.next_actor) == ("Études à signer", "me", "Ville")
    assert "1 lot à signer" in line.title
    # A newer proposal makes the signature old.
    LotChoice.objects.create(
        lot=first,
        kind=ChoiceKind.PROPOSAL,
        levers=["L2112-2"],
        hours=500,
        at=timezone.now() + timedelta(minutes=1),
    )
    assert "2 lots à signer" in studies_work(followed.buyer, timezone.localdate())[0].title


def test_in_an_in_house_mission_the_buyer_acts_for_both(followed: Followed) -> None:
    make.purchase(followed.town, state=PurchaseState.TO_STUDY)
    assert _said(studies_work, followed.buyer) == [("Études à proposer", "Ville (mission interne)", "me")]
    assert _said(studies_work, followed.worker) == []


@pytest.mark.parametrize(
    ("state", "mine", "theirs"),
    [
        (PurchaseState.DECIDED, "me", "buyer"),
        (PurchaseState.PUBLISHED, "me", "buyer"),
    ],
)
def test_a_purchase_says_whose_move_it_waits_for(
    followed: Followed, state: str, mine: str, theirs: str
) -> None:
    followed.purchase(state)
    assert _said(purchasing_work.purchases_work, followed.buyer) == [
        ("Achats à faire avancer", "Ville", mine)
    ]
    assert _said(purchasing_work.purchases_work, followed.worker) == [
        ("Achats à faire avancer", "Ville", theirs)
    ]


@pytest.mark.slow
def test_trades_come_up_a_week_before_their_end_for_the_side_that_asked(followed: Followed) -> None:
    one = exchanges.trades(
        followed.purchase(PurchaseState.TO_STUDY), "a@exemple.invalid", side="facilitateur"
    )
    source = purchasing_work.trades_work
    assert _said(source, followed.worker) == []
    soon = one.deadline - timedelta(days=3)
    assert _said(source, followed.worker, soon) == [("Consultations des métiers qui finissent", "PLIE", "me")]
    assert _said(source, followed.buyer, soon)[0][2] == "other"
    assert source(followed.worker, one.deadline + timedelta(days=1))[0].is_late(
        one.deadline + timedelta(days=1)
    )
    exchanges.ended(one)
    assert _said(source, followed.worker, soon) == []


def test_a_question_waits_for_a_draft_then_for_a_signature(followed: Followed) -> None:
    desk_ = exchanges.desk(followed.purchase(PurchaseState.PUBLISHED))
    exchanges.question(desk_)
    source = purchasing_work.questions_work
    assert _said(source, followed.worker) == [("Questions sans réponse", "PLIE", "me")]
    assert _said(source, followed.buyer) == [("Questions sans réponse", "PLIE", "other")]
    desk_.questions.update(drafted_at=timezone.now(), answer="Oui.")
    assert _said(source, followed.buyer) == [("Réponses à signer", "Ville", "me")]
    assert source(followed.buyer, timezone.localdate())[0].due == desk_.answers_by
    desk_.questions.update(published_at=timezone.now())
    assert _said(source, followed.buyer) == []


def test_an_awarded_contract_without_news_is_silent(followed: Followed) -> None:
    purchase = followed.purchase(PurchaseState.AWARDED)
    source = purchasing_work.silent_work
    assert _said(source, followed.worker) == []
    Purchase.objects.update(state_since=timezone.now() - timedelta(days=61))
    assert _said(source, followed.worker) == [("Marchés silencieux", "PLIE", "me")]
    purchase.events.create(before="attribue", after="attribue", side="acheteur", note="Tout va bien")
    assert _said(source, followed.worker) == []


@pytest.mark.slow
def test_no_source_gives_the_lines_of_others_and_each_asks_once(
    followed: Followed, django_assert_num_queries
) -> None:
    for place in (followed.town, organisation(name="AUTRE VILLE")):
        _everything(place, followed.house if place == followed.town else organisation())
    for stranger in (user(), make.facilitator(), member(organisation(), role=Role.BUYER).user):
        assert portfolio.portfolio_of(stranger, timezone.localdate()).count == 0
        assert not portfolio.portfolio_of(stranger, timezone.localdate()).waiting
    for source in (
        studies_work, purchasing_work.purchases_work, purchasing_work.trades_work, purchasing_work.questions_work,
        purchasing_work.silent_work,
    ):  # fmt: skip
        assert source in portfolio.SOURCES
        with django_assert_num_queries(1):
            lines = source(followed.worker, timezone.localdate() + timedelta(days=14))
        assert lines and {line.buyer for line in lines} == {"Ville"}
    html = as_user(followed.buyer).get("/mon-portefeuille").content.decode()
    assert "Études à proposer" not in html or "AUTRE VILLE" not in html


def _everything(place: Organisation, house: Organisation) -> None:
    make.purchase(place, state=PurchaseState.TO_STUDY, facilitator=house)
    published = make.purchase(place, state=PurchaseState.PUBLISHED, facilitator=house)
    exchanges.question(exchanges.desk(published))
    exchanges.trades(
        make.purchase(place, state=PurchaseState.DECIDED, facilitator=house), f"{place.pk}@exemple.invalid"
    )
    silent = make.purchase(place, state=PurchaseState.AWARDED, facilitator=house)
    Purchase.objects.filter(pk=silent.pk).update(state_since=timezone.now() - timedelta(days=90))
