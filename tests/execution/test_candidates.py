"""Posts and candidates: who sees whom, the clock and its reminders, what a hire makes, weeks without anybody."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from levier.accounts.models import Role, User
from levier.core.models import OutgoingMail
from levier.execution.candidates import actions, policies, queries
from levier.execution.control.penalties import suggested_excuse
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Candidate,
    CandidateIdentity,
    CandidateStage,
    Contract,
    ContractContact,
    ContractSide,
    DifficultyNotice,
    Entry,
    EntryState,
    Participant,
    Position,
)
from levier.execution.people import actions as people
from levier.execution.people import retention
from levier.execution.people.scope import acting
from levier.facilitators.models import Coverage, Scope, Structure, StructureKind
from levier.purchasing.models import ContactRank
from levier.rulebook.months import add_months
from tests.factories import people as make
from tests.factories.accounts import member, organisation, user
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


def prescriber(departement: str = "59") -> User:
    """Somebody of a mission locale that reaches a département."""
    own = organisation()
    made = Structure.objects.create(
        kind=StructureKind.MISSION_LOCALE, name="Mission locale", has_desk=False, organisation=own, source="test", proven_at=timezone.now(),
        source_key=str(own.pk),
    )  # fmt: skip
    Coverage.objects.create(structure=made, scope=Scope.DEPARTEMENT, code=departement)
    return member(own, role=Role.FACILITATOR).user


def values(**changes: Any) -> actions.PostValues:
    fields: dict[str, Any] = {
        "trade": "Agent d’entretien", "kind": "cdd", "employer_kind": "DIRECT", "modality": "embauche",
        "place": "Lille", "hours_per_week": Decimal(35), "people": 1, "starts_on": localdate(),
        "contact_name": "Mme Roy", "contact_email": "roy@exemple.invalid", "backup_name": "M. Diaz",
        "backup_email": "diaz@exemple.invalid",
    }  # fmt: skip
    return actions.PostValues(**fields | changes)


@dataclass
class Market:
    """A contract with a post, its company, its following structure, a prescriber and somebody proposed."""

    where: make.Place
    post: Position
    sender: User
    candidate: Candidate

    def seat(self, one: User) -> policies.Seat:
        return policies.seat_for(one, self.post.pk)

    def move(self, to: str, on: date | None = None) -> Candidate:
        return actions.move(
            by=self.where.company,
            seat=self.seat(self.where.company),
            candidate=self.candidate,
            to=to,
            on=on or localdate(),
        )

    def shift(self, days: int) -> None:
        """As if it had happened so many days ago."""
        with acting(is_retention=True):
            Candidate.objects.update(
                stage_on=localdate() - timedelta(days=days), proposed_on=localdate() - timedelta(days=days)
            )


@pytest.fixture
def market() -> Market:
    where = make.place()
    ContractContact.objects.create(
        contract=where.contract,
        side=ContractSide.HOLDER,
        rank=ContactRank.FIRST,
        name="Mme Roy",
        email=where.company.email,
    )
    post = actions.publish(
        by=where.company, contract=where.contract, company=where.contract.holder, values=values()
    )
    sender = prescriber()
    seat = policies.seat_for(sender, post.pk)
    candidate = actions.propose(
        by=sender, seat=seat, prescriber=seat.prescribers[0], given_name=make.GIVEN, family_name=make.FAMILY,
        birth_on=date(1990, 5, 4), agreed_on=localdate(),
    )  # fmt: skip
    return Market(where, post, sender, candidate)


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def text(response: Any) -> str:
    return plain_spaces(response.content.decode())


@pytest.mark.slow
def test_the_company_reads_first_name_and_initial_and_never_who_sends(market: Market) -> None:
    page = f"/suivi/postes/{market.post.pk}"
    read = text(as_user(market.where.company).get(page))
    assert f"{make.GIVEN} Q." in read
    assert make.FAMILY not in read and "1990" not in read
    with acting(followers=[market.candidate.prescriber_id]):
        sender_name = market.candidate.prescriber.name
    assert sender_name not in read
    assert sender_name in text(as_user(market.where.facilitator).get(page))
    with acting(companies=[market.where.contract.holder_id]):
        assert Candidate.objects.count() == 1 and not CandidateIdentity.objects.exists()
    assert not Candidate.objects.exists()
    for mail in OutgoingMail.objects.all():
        assert make.GIVEN not in mail.body + mail.subject


@pytest.mark.slow
def test_who_opens_a_post_and_moves_its_candidates(market: Market) -> None:
    """Company, facilitator, its prescriber; another prescriber sees the post and not the candidate; nobody else."""
    page, act = f"/suivi/postes/{market.post.pk}", f"/suivi/candidatures/{market.candidate.pk}/avancer"
    sent = {"to": "a_rencontrer", "on": localdate().isoformat()}
    for one in (market.where.company, market.where.facilitator, market.sender):
        assert make.GIVEN in text(as_user(one).get(page))
    near, far, elsewhere = prescriber(), prescriber("13"), make.place()
    assert make.GIVEN not in text(as_user(near).get(page))
    assert as_user(near).post(act, sent).status_code == 404
    for one in (far, elsewhere.facilitator, elsewhere.company, user()):
        assert as_user(one).get(page).status_code == 404
        assert as_user(one).post(act, sent).status_code == 404
    for one in (market.where.buyer, member(market.where.structure, role=Role.NETWORK).user):
        assert as_user(one).get(page).status_code == 403
        assert as_user(one).post(act, sent).status_code == 403
    assert Client().get(page).status_code == 302
    # The prescriber proposes and takes back; it does not answer for the company.
    as_user(market.sender).post(act, sent)
    assert as_user(market.where.facilitator).get(act).status_code == 405
    with acting(is_retention=True):
        assert Candidate.objects.get().stage == CandidateStage.PROPOSED
    assert market.post in policies.positions_of(near, localdate())
    assert not policies.positions_of(far, localdate()).exists()
    assert (
        as_user(market.where.buyer).get(f"/contrats/{market.where.contract.pk}/sans-candidat").status_code
        == 200
    )
    assert as_user(user()).get(f"/contrats/{market.where.contract.pk}/sans-candidat").status_code == 404


@pytest.mark.slow
def test_from_a_post_to_a_hire_through_the_pages(market: Market) -> None:
    company = as_user(market.where.company)
    new = f"/contrats/{market.where.contract.pk}/postes/nouveau"
    given = {name: getattr(values(), name) for name in actions.PostValues.__slots__} | {
        "company": market.where.contract.holder_id, "starts_on": localdate().isoformat(),
    }  # fmt: skip
    same = company.post(new, given | {"backup_email": given["contact_email"]})
    assert same.status_code == 422 and "quelqu’un d’autre" in text(same)
    assert company.post(new, given).status_code == 302
    assert as_user(market.where.buyer).get(new).status_code == 403
    for to in ("a_rencontrer", "rencontree", "embauchee"):
        company.post(
            f"/suivi/candidatures/{market.candidate.pk}/avancer", {"to": to, "on": localdate().isoformat()}
        )
    with acting(followers=[market.where.structure.pk]):
        entry = Entry.objects.select_related("participant").get()
    assert (entry.state, entry.participant.full_name) == (EntryState.WAITING, f"{make.GIVEN} {make.FAMILY}")
    # The facilitator completes what the hire wrote: one entry, with its reason.
    done, _ = people.enter(
        by=market.where.facilitator, participant=entry.participant, contract=market.where.contract,
        company=market.where.contract.holder, facts=make.rsa(entry_on=localdate()), rules="ccag_2021", employer_kind="DIRECT",
        modality="embauche",
    )  # fmt: skip
    assert done.pk == entry.pk and done.eligible_until is not None
    people.decide_entry(by=market.where.facilitator, entry=done, is_valid=True)
    assert "Embauche" in text(company.get("/suivi/postes"))
    propose = as_user(market.sender).post(
        f"/suivi/postes/{market.post.pk}/proposer", {"given_name": "A1", "family_name": ""}
    )
    assert propose.status_code == 422
    assert company.post(f"/suivi/postes/{market.post.pk}/fermer").status_code == 302
    assert Position.objects.get(pk=market.post.pk).closed_on == localdate()


@pytest.mark.slow
def test_stages_follow_each_other_with_their_days(market: Market) -> None:
    market.shift(20)
    for to, on in (
        ("rencontree", localdate()),
        ("a_rencontrer", localdate() + timedelta(days=1)),
        ("a_rencontrer", localdate() - timedelta(days=21)),
    ):
        with pytest.raises(RefusedError):
            market.move(to, on)
    market.move("a_rencontrer", localdate() - timedelta(days=14))
    market.move("rencontree", localdate() - timedelta(days=4))
    assert [(one.label, one.days, one.count) for one in queries.stage_times([market.post])] == [
        ("Réponse de l’entreprise", 6, 1), ("Rencontre", 10, 1),
    ]  # fmt: skip
    market.move("embauchee")
    with pytest.raises(RefusedError, match="depuis un mois"):
        market.move("presente")
    for day, moves, waits in (
        (localdate(), ["partie"], add_months(localdate(), 1)),
        (add_months(localdate(), 1), ["presente", "partie"], None),
    ):
        (line,) = queries.candidates_at(market.seat(market.where.company), day)
        assert ([to.value for to in line.moves], line.present_from) == (moves, waits)
    assert market.move("partie").ended_on == localdate()


@pytest.mark.slow
def test_a_known_person_is_hired_on_its_own_sheet(market: Market) -> None:
    known = make.participant(market.where)
    for to in ("a_rencontrer", "rencontree", "embauchee"):
        market.move(to)
    with acting(followers=[market.where.structure.pk]):
        assert Participant.objects.get() == known


def test_a_late_stage_is_reminded_to_the_contact_then_to_the_backup_once_each(market: Market) -> None:
    def reminded() -> list[str]:
        return sorted(
            OutgoingMail.objects.filter(subject__startswith="Une candidature attend").values_list(
                "to_address", flat=True
            )
        )

    assert actions.remind(today=localdate()) == 0
    assert actions.remind(today=localdate() + timedelta(days=5)) == 0
    assert actions.remind(today=localdate() + timedelta(days=6)) == 1
    assert actions.remind(today=localdate() + timedelta(days=6)) == 0
    assert reminded() == ["roy@exemple.invalid"]
    assert actions.remind(today=localdate() + timedelta(days=13)) == 2
    assert actions.remind(today=localdate() + timedelta(days=99)) == 0
    assert reminded() == ["diaz@exemple.invalid", "roy@exemple.invalid", "roy@exemple.invalid"]


@pytest.mark.slow
def test_weeks_are_dry_when_a_post_waits_and_nobody_is_before_the_company(market: Market) -> None:
    contract = market.where.contract

    def weeks(days: int) -> int:
        return queries.drought(contract, localdate() + timedelta(days=days)).weeks

    # Left unanswered, it is the company that is late.
    found = queries.drought(contract, localdate() + timedelta(days=84))
    assert (found.weeks, found.since, found.waiting, found.is_beyond_company) == (0, None, 1, False)
    page = as_user(market.where.company).get(f"/contrats/{contract.pk}/sans-candidat").content.decode()
    assert "1 candidature attend la suite" in page and "ne vient pas de l’entreprise" not in page
    market.move("non_retenue")
    assert (weeks(55), weeks(56)) == (7, 8)
    found = queries.drought(contract, localdate() + timedelta(days=56))
    assert (found.since, found.is_beyond_company, found.last_candidate_on) == (localdate(), True, localdate())
    # Before anybody was proposed, from the publication.
    Position.objects.update(published_on=localdate() - timedelta(days=70))
    assert weeks(-1) == 9
    with acting(is_retention=True):
        Candidate.objects.update(stage="embauchee", hired_on=localdate(), ended_on=None)
    Position.objects.update(people=2)
    assert weeks(56) == 8
    Position.objects.update(people=1)
    assert weeks(56) == 0
    actions.close(by=market.where.company, position=market.post)
    assert weeks(90) == 0


def test_the_excuse_counts_a_week_without_candidate_once(market: Market) -> None:
    contract = market.where.contract
    Contract.objects.filter(pk=contract.pk).update(
        starts_on=localdate() - timedelta(days=100), ends_on=localdate() + timedelta(days=265)
    )
    contract.refresh_from_db()
    Position.objects.update(published_on=localdate() - timedelta(days=71))
    for since, until in ((-100, -57), (-70, -29), (-70, -29)):
        DifficultyNotice.objects.create(
            contract=contract, cause="candidats", since_on=localdate() + timedelta(days=since),
            until_on=localdate() + timedelta(days=until), told_by_label="Jo",
        )  # fmt: skip
    assert "14 semaines" in suggested_excuse(contract, today=localdate()).reason


@pytest.mark.slow
def test_a_candidate_taken_back_or_refused_loses_its_name_in_time(market: Market) -> None:
    seat = market.seat(market.sender)
    actions.withdraw(by=market.sender, seat=seat, candidate=market.candidate)
    with pytest.raises(RefusedError):
        actions.withdraw(by=market.sender, seat=seat, candidate=market.candidate)
    with pytest.raises(RefusedError):
        market.move("a_rencontrer")
    assert retention.purge(on=localdate() + timedelta(days=100)).candidates == 0
    assert retention.purge(on=localdate() + timedelta(days=200)).candidates == 1
    with acting(is_retention=True):
        assert not CandidateIdentity.objects.exists()
        assert Candidate.objects.get().short_name == "Candidat"


@pytest.mark.slow
def test_a_person_hired_loses_the_name_it_was_proposed_under_with_its_own(market: Market) -> None:
    for to in ("a_rencontrer", "rencontree", "embauchee"):
        market.move(to)
    after = market.where.contract.ends_on + timedelta(days=1)
    with acting(is_retention=True):
        Participant.objects.update(last_contact_on=add_months(after, -13))
    assert retention.purge(on=after).initials == 1
    with acting(is_retention=True):
        assert Participant.objects.get().pseudonymised_at is not None
        assert not CandidateIdentity.objects.exists()
        assert Candidate.objects.get().short_name == "Candidat"
