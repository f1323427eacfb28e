"""Requests and their clock: who receives, what stops the time, who comes next, how fast a structure answers."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.facilitators import actions
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import (
    Commitment,
    Convention,
    ReferralRequest,
    ReferralStage,
    Structure,
)
from levier.facilitators.queries.referrals import answer_time, public_answer_time
from levier.organisations.models import Organisation
from levier.rulebook.working_days import add_working_days
from tests.factories.accounts import member, organisation, user
from tests.factories.network import (
    ROUBAIX,
    animation,
    animator_of,
    ask,
    buyer_of,
    desk,
    facilitator_of,
    person,
)

pytestmark = pytest.mark.django_db

CLOCK = Actor.machine("horloge")
REGION = "32"


def mails_to(address: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(to_address=address).order_by("pk"))


def the_morning_after(one: ReferralRequest) -> date:
    assert one.due_on is not None
    return one.due_on + timedelta(days=1)


def test_the_structure_in_charge_receives_with_the_reason_and_the_deadline() -> None:
    structure = desk()
    desk("departement:59")
    one = ask()
    assert (one.structure, one.stage) == (structure, ReferralStage.MAIN)
    assert "intercommunalité" in one.reason
    assert one.due_on == add_working_days(timezone.localdate(), 5, "59")
    (letter,) = mails_to(structure.email)
    assert one.buyer.name in letter.body and "12 mois" in letter.body
    assert "répondez directement à l’acheteur" in letter.body.lower()


def test_the_convention_of_the_buyer_comes_first() -> None:
    desk()
    ally, place = desk("departement:59"), organisation()
    Convention.objects.create(structure=ally, buyer_siren=place.siren, valid_from=date(2020, 1, 1))
    assert ask(place=place).structure == ally
    assert ask().structure != ally


@pytest.mark.slow
def test_a_convention_sets_the_days_of_its_structure_alone() -> None:
    structure, place = desk(), organisation()
    signed = Convention.objects.create(
        structure=structure, buyer_siren=place.siren, valid_from=date(2020, 1, 1)
    )
    sides = [signed.parties.create(role=role, name="X") for role in ("structure", "acheteur")]
    for side, days in zip(sides, (3, 1), strict=True):
        Commitment.objects.create(
            convention=signed, party=side, text="Répondre vite", measure="delai", target=days
        )
    region = animation(REGION)
    animator_of(region)
    today = timezone.localdate()
    assert ask().due_on == add_working_days(today, 5, "59")
    one = ask(place=place)
    assert one.due_on == add_working_days(today, 3, "59")
    later = the_morning_after(one)
    actions.pass_on_late_requests(by=CLOCK, today=later)
    one.refresh_from_db()
    assert (one.animator, one.due_on) == (region, add_working_days(later, 5, "59"))
    told = mails_to(one.asked_by.email)[-1].body
    assert region.organisation.name in told


@pytest.mark.slow
def test_the_main_person_of_the_place_at_work_is_told() -> None:
    structure = desk(place=organisation())
    today = timezone.localdate()
    person(structure, email="ailleurs@exemple.invalid", territories=["commune:59599"])
    person(structure, email="absente@exemple.invalid", absent_from=today - timedelta(days=1))
    person(structure, email="remplacante@exemple.invalid", rank="remplacant")
    main = person(structure, email="titulaire@exemple.invalid")
    one = ask()
    assert one.person == main
    assert mails_to("titulaire@exemple.invalid") and not mails_to("remplacante@exemple.invalid")
    main.absent_from = today
    main.save()
    assert ask().person is not None and ask().person.email == "remplacante@exemple.invalid"


def test_without_a_desk_the_animation_of_the_region_receives() -> None:
    desk("departement:62")
    north, _ = animation(REGION, email="nord@exemple.invalid"), animation("93")
    animator_of(north)
    one = ask()
    assert (one.structure, one.animator, one.stage) == (None, north, ReferralStage.REGION)
    assert mails_to("nord@exemple.invalid")


@pytest.mark.slow
def test_silence_goes_to_the_backup_then_to_the_region_never_to_a_neighbour() -> None:
    structure, neighbour = desk(), desk("departement:62")
    department = desk("departement:59")
    main = person(structure, email="titulaire@exemple.invalid")
    backup = person(structure, email="remplacant@exemple.invalid", rank="remplacant")
    region, country = (
        animation(REGION, email="region@exemple.invalid"),
        animation("", email="pays@exemple.invalid"),
    )
    animator_of(region), animator_of(country)
    staff = user(is_staff=True)
    one = ask()
    assert one.person == main
    assert actions.pass_on_late_requests(by=CLOCK, today=one.due_on) == 0
    expected = [
        (ReferralStage.BACKUP, "remplacant@exemple.invalid"),
        (ReferralStage.REGION, "region@exemple.invalid"),
        (ReferralStage.COUNTRY, "pays@exemple.invalid"),
        (ReferralStage.STAFF, staff.email),
    ]
    for stage, address in expected:
        today = the_morning_after(one)
        assert actions.pass_on_late_requests(by=CLOCK, today=today) == 1
        assert actions.pass_on_late_requests(by=CLOCK, today=today) == 0
        one.refresh_from_db()
        assert one.stage == stage
        assert one.due_on == add_working_days(today, 5, "59")
        assert len(mails_to(address)) == 1
    assert actions.pass_on_late_requests(by=CLOCK, today=the_morning_after(one)) == 0
    for other in (neighbour, department):
        assert not mails_to(other.email)
    assert backup.email in [mail.to_address for mail in OutgoingMail.objects.all()]
    assert len(mails_to(one.asked_by.email)) == 4
    assert [event.move for event in one.events.all()] == ["demande", *["relais"] * 4]


@pytest.mark.slow
def test_a_structure_without_a_backup_goes_straight_to_the_region() -> None:
    desk()
    region = animation(REGION)
    animator_of(region)
    one = ask()
    actions.pass_on_late_requests(by=CLOCK, today=the_morning_after(one))
    one.refresh_from_db()
    assert (one.stage, one.animator) == (ReferralStage.REGION, region)


@pytest.mark.slow
def test_a_question_stops_the_clock_and_the_reply_starts_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    structure = desk(place=organisation())
    worker = facilitator_of(structure)
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 11, 25))
    one = ask()
    assert one.due_on == date(2026, 12, 2)
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 11, 30))
    actions.ask_question(by=worker, request=one, who=structure.name, text="Combien de lots ?")
    one.refresh_from_db()
    assert (one.state, one.due_on, one.days_left, one.structure_reply_days) == ("question", None, 2, 3)
    assert actions.pass_on_late_requests(by=CLOCK, today=date(2027, 6, 1)) == 0
    with pytest.raises(RefusedError, match="attend déjà"):
        actions.ask_question(by=worker, request=one, who=structure.name, text="Et quand ?")
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 12, 11))
    actions.reply_to_question(by=one.asked_by, request=one, text="Trois lots.")
    one.refresh_from_db()
    assert (one.state, one.due_on, one.days_left) == ("attente", date(2026, 12, 15), None)
    assert "Trois lots." in mails_to(worker.email)[-1].body


@pytest.mark.slow
def test_an_answer_stops_everything_and_late_answers_count_as_late() -> None:
    structure = desk(place=organisation())
    worker = facilitator_of(structure)
    one = ask()
    actions.accept_request(by=worker, request=one, who=structure.name, text="Nous vous appelons lundi.")
    one.refresh_from_db()
    assert (one.state, one.due_on, one.structure_reply_days) == ("acceptee", None, 0)
    assert "Nous vous appelons lundi." in mails_to(one.asked_by.email)[-1].body
    for act in (actions.accept_request, actions.decline_request):
        with pytest.raises(RefusedError, match="terminée"):
            act(by=worker, request=one, who=structure.name, text="Encore")


@pytest.mark.slow
def test_a_refusal_says_why_and_may_go_to_the_animation() -> None:
    structure = desk(place=organisation())
    worker, region = facilitator_of(structure), animation(REGION)
    animator_of(region)
    one = ask()
    with pytest.raises(RefusedError, match="pourquoi"):
        actions.decline_request(by=worker, request=one, who=structure.name, text=" ")
    with pytest.raises(RefusedError, match="déclinée"):
        actions.raise_to_animation(by=one.asked_by, request=one)
    actions.decline_request(by=worker, request=one, who=structure.name, text="Plus de temps cette année.")
    actions.raise_to_animation(by=one.asked_by, request=one)
    one.refresh_from_db()
    assert (one.state, one.stage, one.animator) == ("attente", ReferralStage.REGION, region)


def test_an_answer_by_telephone_is_told_by_the_buyer() -> None:
    structure = desk()
    one = ask()
    actions.answered_outside(by=one.asked_by, request=one)
    one.refresh_from_db()
    assert (one.state, one.structure_reply_days) == ("ailleurs", 0)
    assert answer_time(structure, on=timezone.localdate()).answered == 1


@pytest.mark.slow
def test_one_request_at_a_time_for_a_subject_and_a_pace_for_an_account() -> None:
    desk()
    place = organisation()
    buyer = buyer_of(place)
    one = ask(place=place, by=buyer, subject_key="achat-1", subject_url="/achats/1")
    with pytest.raises(RefusedError, match="déjà en cours"):
        ask(place=place, by=buyer, subject_key="achat-1")
    actions.withdraw_request(by=buyer, request=one)
    assert ask(place=place, by=buyer, subject_key="achat-1").subject_key == "achat-1"
    for _ in range(18):
        ask(place=place, by=buyer)
    with pytest.raises(RefusedError, match="reprenez demain"):
        ask(place=place, by=buyer)


def test_a_request_is_sent_in_one_s_own_name_and_not_to_a_fictitious_desk() -> None:
    desk(is_demo=True)
    with pytest.raises(RefusedError, match="pour laquelle vous achetez"):
        ask(place=organisation(), by=buyer_of(organisation()))
    with pytest.raises(RefusedError, match="pour laquelle vous achetez"):
        place = organisation()
        ask(place=place, by=member(place, role=Role.FACILITATOR).user)
    with pytest.raises(RefusedError, match="fictive"):
        ask()


def _answered(structure: Structure, days: int, place: Organisation, by: User) -> None:
    one = ask(place=place, by=by)
    ReferralRequest.objects.filter(pk=one.pk).update(
        state="acceptee", due_on=None, asked_on=timezone.localdate() - timedelta(days=40),
        structure_replied_on=timezone.localdate() - timedelta(days=30), structure_reply_days=days,
    )  # fmt: skip


@pytest.mark.slow
def test_the_answer_time_is_the_structure_s_first_and_public_when_it_agrees() -> None:
    structure = desk()
    place = organisation()
    buyer = buyer_of(place)
    for days in (1, 2, 8, 3):
        _answered(structure, days, place, buyer)
    ask(place=place, by=buyer)  # still in time: not counted
    today = timezone.localdate()
    found = answer_time(structure, on=today)
    assert (found.received, found.answered, found.in_time, found.median_days) == (4, 4, 3, 2.5)
    structure.shows_answer_time = True
    structure.save()
    assert public_answer_time(structure, on=today) is None
    _answered(structure, 2, place, buyer)
    assert public_answer_time(structure, on=today) is not None
    silent = ask(place=place, by=buyer)
    actions.pass_on_late_requests(by=CLOCK, today=the_morning_after(silent))
    assert answer_time(structure, on=today).received == 7
    structure.shows_answer_time = False
    assert public_answer_time(structure, on=today) is None


def test_the_place_is_the_one_of_the_request() -> None:
    desk()
    assert ask().place_label == ROUBAIX.label
