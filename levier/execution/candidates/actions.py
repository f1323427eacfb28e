"""Writes of posts and candidates. Audit events carry keys and stages; mails carry neither name nor reason."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail_returns
from levier.core.audit import Actor
from levier.core.typography import day
from levier.execution.candidates import letters
from levier.execution.candidates.policies import Seat, following
from levier.execution.errors import RefusedError
from levier.execution.models import (
    RUNNING_STAGES,
    Candidate,
    CandidateIdentity,
    CandidateStage,
    Contract,
    Entry,
    Participant,
    Position,
    PostKind,
)
from levier.execution.people.rules import rules_of
from levier.execution.people.scope import acting
from levier.organisations.models import Organisation
from levier.rulebook import parameters
from levier.rulebook.eligibility import Facts, judge, rule_set
from levier.rulebook.modalities import modalities
from levier.rulebook.months import add_months

_TWO_PEOPLE = "Le remplaçant est quelqu’un d’autre : donnez une autre adresse."
_GONE = "Cette candidature a changé : relisez la page."
# Stage → those that may follow, and whether the company moves it (a follower may, for it).
MOVES: dict[str, tuple[CandidateStage, ...]] = {
    CandidateStage.PROPOSED: (CandidateStage.TO_MEET, CandidateStage.DECLINED),
    CandidateStage.TO_MEET: (CandidateStage.MET, CandidateStage.DECLINED),
    CandidateStage.MET: (CandidateStage.HIRED, CandidateStage.DECLINED),
    CandidateStage.HIRED: (CandidateStage.PRESENT, CandidateStage.LEFT),
}
_DATES = {
    CandidateStage.TO_MEET: "answered_on", CandidateStage.MET: "met_on", CandidateStage.HIRED: "hired_on",
    CandidateStage.PRESENT: "present_on",
}  # fmt: skip
_ENDS = (CandidateStage.DECLINED, CandidateStage.WITHDRAWN, CandidateStage.LEFT)


@dataclass(frozen=True, slots=True)
class PostValues:
    """What a post says."""

    trade: str
    kind: str
    employer_kind: str
    modality: str
    place: str
    hours_per_week: Decimal
    people: int
    starts_on: date
    contact_name: str
    contact_email: str
    backup_name: str
    backup_email: str


@transaction.atomic
def publish(*, by: User, contract: Contract, company: Organisation, values: PostValues) -> Position:
    """Open a post on a contract. Raises RefusedError."""
    today = timezone.localdate()
    if contract.ends_on < today:
        raise RefusedError("Ce contrat est fini : il n’ouvre plus de poste.")
    if values.starts_on > contract.ends_on:
        raise RefusedError("Le poste commence après la fin du contrat : vérifiez la date.")
    if values.kind not in PostKind.values or values.modality not in {one.key for one in modalities()}:
        raise RefusedError("Choisissez le contrat de travail et la façon de faire les heures.")
    if values.contact_email.casefold() == values.backup_email.casefold():
        raise RefusedError(_TWO_PEOPLE)
    fields = {name: getattr(values, name) for name in PostValues.__slots__}
    made = Position.objects.create(
        contract=contract, company=company, published_on=today, published_by=by, **fields
    )
    audit.record(verb="execution.publish_position", **_about(by, made))
    return made


@transaction.atomic
def name_contacts(
    *,
    by: User,
    position: Position,
    contact_name: str,
    contact_email: str,
    backup_name: str,
    backup_email: str,
) -> None:
    """Who answers for a post, corrected; whoever saves an address says that it is right. Raises RefusedError."""
    if contact_email.casefold() == backup_email.casefold():
        raise RefusedError(_TWO_PEOPLE)
    Position.objects.filter(pk=position.pk).update(
        contact_name=contact_name, contact_email=contact_email, backup_name=backup_name, backup_email=backup_email
    )  # fmt: skip
    for address in (contact_email, backup_email):
        mail_returns.try_again(address)
    audit.record(verb="execution.name_position_contacts", **_about(by, position))


@transaction.atomic
def close(*, by: User, position: Position) -> None:
    """Nobody is looked for any more. Raises RefusedError."""
    if not Position.objects.filter(pk=position.pk, closed_on=None).update(closed_on=timezone.localdate()):
        raise RefusedError("Ce poste est déjà fermé.")
    audit.record(verb="execution.close_position", **_about(by, position))


@transaction.atomic
def propose(
    *,
    by: User,
    seat: Seat,
    prescriber: Organisation,
    given_name: str,
    family_name: str,
    birth_on: date,
    agreed_on: date,
) -> Candidate:
    """Propose somebody who agreed. The company gets the first name and the initial, and no reason. Raises RefusedError."""
    today, position = timezone.localdate(), seat.position
    given, family = " ".join(given_name.split()), " ".join(family_name.split())
    if not given or not family or any(letter.isdigit() for letter in given + family):
        raise RefusedError("Donnez le prénom et le nom, sans aucun numéro.")
    if agreed_on > today:
        raise RefusedError("La personne doit avoir donné son accord : vérifiez la date.")
    if prescriber.pk not in {one.pk for one in seat.prescribers}:
        raise RefusedError("Votre structure ne propose pas de candidats ici.")
    if position.closed_on:
        raise RefusedError("Ce poste est fermé : il ne reçoit plus de candidature.")
    with acting(followers=[prescriber.pk]):
        follower_id = following(position.contract)
        made = Candidate.objects.create(
            position=position, company_id=position.company_id, prescriber=prescriber, follower_id=follower_id,
            given_name=given[:80], initial=family[0].upper(), stage_on=today, proposed_on=today,
        )  # fmt: skip
        CandidateIdentity.objects.create(
            candidate=made, prescriber=prescriber, follower_id=follower_id, family_name=family[:80], birth_on=birth_on,
            agreed_on=agreed_on, proposed_by=by,
        )  # fmt: skip
        audit.record(verb="execution.propose_candidate", **_about(by, position, candidate=made.pk))
    letters.tell_proposed(made, before=due_on(CandidateStage.PROPOSED, today))
    return made


def present_from(candidate: Candidate) -> date:
    """The first day somebody hired may be said present at one month."""
    return add_months(candidate.stage_on, 1)


@transaction.atomic
def move(*, by: User, seat: Seat, candidate: Candidate, to: str, on: date) -> Candidate:
    """The next stage of a candidate, on a day. A hire makes the person known and its entry to decide. Raises RefusedError."""
    if not (seat.is_company or seat.is_follower):
        raise RefusedError(
            "Seules l’entreprise et la structure qui suit le contrat font avancer une candidature."
        )
    with seat.scope():
        own = _locked(candidate)
        if own is None or to not in MOVES.get(own.stage, ()):
            raise RefusedError(_GONE)
        if not own.stage_on <= on <= timezone.localdate():
            raise RefusedError("Cette date précède l’étape d’avant, ou n’est pas encore venue : vérifiez-la.")
        stage = CandidateStage(to)
        if stage == CandidateStage.PRESENT and on < present_from(own):
            raise RefusedError(
                f"La personne n’est pas là depuis un mois : attendez le {day(present_from(own))}, ou dites qu’elle est partie."
            )
        if stage in _DATES:
            setattr(own, _DATES[stage], on)
        if own.answered_on is None:
            own.answered_on = on
        own.stage, own.stage_on, own.reminded = stage, on, 0
        own.ended_on = on if stage in _ENDS else None
        own.save()
        audit.record(verb="execution.move_candidate", **_about(by, seat.position, candidate=own.pk, stage=to))
    _tell_prescriber(own, by=by)
    if stage == CandidateStage.HIRED:
        _enter(own, seat.position, on)
    return own


@transaction.atomic
def withdraw(*, by: User, seat: Seat, candidate: Candidate) -> None:
    """The prescriber takes its candidate back. Raises RefusedError."""
    with acting(followers=[one.pk for one in seat.prescribers]):
        own = _locked(candidate)
        if own is None or own.stage not in RUNNING_STAGES[:3]:
            raise RefusedError(_GONE)
        own.stage, own.stage_on, own.ended_on = (
            CandidateStage.WITHDRAWN,
            timezone.localdate(),
            timezone.localdate(),
        )
        own.save(update_fields=["stage", "stage_on", "ended_on"])
        audit.record(verb="execution.withdraw_candidate", **_about(by, seat.position, candidate=own.pk))
    letters.tell_withdrawn(own)


def remind(*, today: date) -> int:
    """Remind the contact of a late stage, then its backup too, each once a stage. Gives how many mails were written."""
    sent = 0
    with acting(is_retention=True):
        late = Candidate.objects.filter(stage__in=RUNNING_STAGES, reminded__lt=2).select_related(
            "position__contract"
        )
        for one in late.order_by("pk"):
            days = _days(one.stage, today)
            level = min(2, (today - one.stage_on).days // (days + 1)) if days else 0
            if level <= one.reminded or (one.position.closed_on and one.stage != CandidateStage.HIRED):
                continue
            with transaction.atomic():
                Candidate.objects.filter(pk=one.pk, reminded__lt=level).update(reminded=level)
                sent += letters.remind_late(one, level=level)
    return sent


def due_on(stage: str, since: date) -> date:
    """The last day of a stage."""
    return since + timedelta(days=_days(stage, since))


def _days(stage: str, on: date) -> int:
    return int(parameters.get("candidate_stage_days", stage, on).value)


def _locked(candidate: Candidate) -> Candidate | None:
    """The row under its lock, with its post; None when this scope does not see it."""
    rows = Candidate.objects.select_for_update(of=("self",)).select_related("position__contract")
    return rows.filter(pk=candidate.pk).first()


def _tell_prescriber(candidate: Candidate, *, by: User) -> None:
    """Who proposed hears of the stage, unless it wrote it itself."""
    with acting(followers=[candidate.follower_id]):
        proposed_by = CandidateIdentity.objects.filter(pk=candidate.pk).values_list("proposed_by", flat=True)
        user = User.objects.filter(pk__in=list(proposed_by), is_active=True).exclude(pk=by.pk).first()
    if user is not None:
        letters.tell_prescriber(candidate, to=user.email)


def _enter(candidate: Candidate, position: Position, on: date) -> None:
    """The person hired becomes known to the following structure, with an entry it will decide; the rules have no answer yet."""
    contract = position.contract
    with acting(followers=[candidate.follower_id]):
        identity = CandidateIdentity.objects.get(pk=candidate.pk)
        # Known already, from another contract: the same person has one sheet.
        person = Participant.objects.filter(
            follower=candidate.follower_id, given_name__iexact=candidate.given_name,
            family_name__iexact=identity.family_name, birth_on=identity.birth_on,
        ).first() or Participant.objects.create(
            follower_id=candidate.follower_id, given_name=candidate.given_name, family_name=identity.family_name,
            birth_on=identity.birth_on, birth_year=identity.birth_on.year, last_contact_on=timezone.localdate(),
        )  # fmt: skip
        # The facilitator may choose another set by writing the entry.
        rules = rule_set(rules_of(contract), on)
        found = judge(Facts(entry_on=on, employer=position.employer_kind, birth_on=person.birth_on), rules)
        entry, _ = Entry.objects.get_or_create(
            participant=person, contract=contract, entered_on=on,
            defaults={
                "company_id": position.company_id, "employer_kind": position.employer_kind, "modality": position.modality,
                "work_contract": position.kind,
                "rule_set": rules.name, "verdict": found.verdict,
            },
        )  # fmt: skip
        Candidate.objects.filter(pk=candidate.pk).update(entry=entry)
        audit.record(
            by=Actor.machine("candidatures"), verb="execution.enter", object_type="execution.participant",
            object_key=str(person.pk), details={"candidate": candidate.pk},
        )  # fmt: skip


def _about(by: User, position: Position, **details: Any) -> dict[str, Any]:
    """What every event of this file says: who, which post, keys and stages; never a name."""
    return {
        "by": by.as_actor(), "object_type": "execution.position", "object_key": str(position.pk), "details": details,
    }  # fmt: skip
