"""A buyer's request to the facilitator in charge: asked, answered, questioned, declined, passed on by the clock."""

import math
import zlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core import audit, mail
from levier.core.audit import Actor
from levier.facilitators import routing, wording_referrals
from levier.facilitators.actions.measures import record_measure_fact
from levier.facilitators.actions.structures import may_mail
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import (
    Commitment,
    ConventionState,
    Measure,
    PartyRole,
    ReferralEvent,
    ReferralMove,
    ReferralRequest,
    ReferralStage,
    ReferralState,
)
from levier.facilitators.models.referrals import STRUCTURE_STAGES
from levier.facilitators.queries.resolving import facilitator_for, territory_of
from levier.facilitators.resolver import PUBLIC
from levier.facilitators.routing import Holder
from levier.facilitators.wording import Letter
from levier.organisations.models import Organisation
from levier.reference.places import Place
from levier.rulebook import parameters
from levier.rulebook.working_days import add_working_days, working_days_between

# How the key of a request's fact begins.
REFERRAL_FACT = "referral-"
MOST_A_DAY = 20
MOST_OPEN = 200
LARGEST_NEED = 40
LONGEST = 3000


@dataclass(frozen=True, kw_only=True)
class ReferralValues:
    """What a buyer asks. `need`: (label, value) pairs it agreed to send; `subject_key`, `subject_url`: opaque."""

    subject_label: str
    place: Place
    message: str = ""
    need: tuple[tuple[str, str], ...] = ()
    buyer_side: str = PUBLIC
    programme: str = ""
    subject_key: str = ""
    subject_url: str = ""

    def check(self) -> None:
        """Raises RefusedError with the first thing to correct."""
        if not self.subject_label.strip():
            raise RefusedError("Dites l’objet de votre demande.")
        if not self.need and not self.message.strip():
            raise RefusedError("Écrivez votre demande, ou joignez le besoin.")
        if len(self.need) > LARGEST_NEED:
            raise RefusedError("Le besoin transmis a trop de lignes.")


def answer_days(on: date) -> int:
    """The working days a holder has to answer, from the rule book."""
    return int(parameters.get("answer_working_days", on=on).value)


def agreed_days(holder: Holder, *, buyer: Organisation, on: date) -> int | None:
    """The working days that a signed convention between this buyer and this structure gives for an answer, if any."""
    if holder.structure is None or not buyer.siren:
        return None
    found = Commitment.objects.filter(
        convention__structure=holder.structure, convention__buyer_siren=buyer.siren,
        convention__state=ConventionState.SIGNED, convention__valid_from__lte=on, measure=Measure.ANSWER_TIME,
        party__role=PartyRole.STRUCTURE,
    ).exclude(convention__valid_to__lt=on)  # fmt: skip
    targets = [math.floor(one) for one in found.values_list("target", flat=True) if one]
    return max(1, min(targets)) if targets else None


def holder_for(
    values_place: Place, *, buyer: Organisation, buyer_side: str, programme: str, on: date
) -> Holder:
    """Who would receive a request of this buyer for this place."""
    answer = facilitator_for(
        place=values_place, buyer_siren=buyer.siren, programme=programme or None, buyer_side=buyer_side, on=on
    )
    return routing.first_holder(answer, territory_of(place=values_place), on)


@transaction.atomic
def ask_facilitator(*, by: User, buyer: Organisation, values: ReferralValues) -> ReferralRequest:
    """Send a request to whoever is in charge; the clock starts today. Raises RefusedError."""
    values.check()
    if not buyer.memberships.filter(user=by, role=Role.BUYER).exists():
        raise RefusedError("Choisissez une organisation pour laquelle vous achetez.")
    Organisation.objects.select_for_update().get(pk=buyer.pk)
    today = timezone.localdate()
    _check_pace(by, buyer, values, today)
    territory = territory_of(place=values.place)
    holder = holder_for(
        values.place, buyer=buyer, buyer_side=values.buyer_side, programme=values.programme, on=today
    )
    if holder.structure is not None and holder.structure.is_demo and not buyer.is_demo:
        raise RefusedError(
            "La structure de ce territoire est fictive (démonstration) : elle ne répondra pas."
        )
    days = agreed_days(holder, buyer=buyer, on=today) or answer_days(today)
    request = ReferralRequest.objects.create(
        buyer=buyer,
        asked_by=by,
        structure=holder.structure,
        person=holder.person,
        animator=holder.animator,
        reason=holder.reason,
        subject_label=values.subject_label.strip()[:160],
        message=values.message.strip()[:LONGEST],
        need=[{"label": label[:80], "value": value[:500]} for label, value in values.need],
        subject_key=values.subject_key[:80],
        subject_url=values.subject_url[:300],
        place_label=values.place.label[:120],
        departement_code=territory.departement_code,
        region_code=territory.region_code,
        stage=holder.stage,
        asked_on=today,
        held_since=today,
        working_days=days,
        due_on=add_working_days(today, days, territory.departement_code),
    )
    _note(request, ReferralMove.ASKED, by, buyer.name)
    _tell(routing.told_addresses(request), wording_referrals.asked(request), request, "asked")
    _record(by.as_actor(), request, "asked", stage=request.stage)
    return request


def _check_pace(by: User, buyer: Organisation, values: ReferralValues, today: date) -> None:
    mine = ReferralRequest.objects.filter(buyer=buyer)
    if values.subject_key and mine.open().filter(subject_key=values.subject_key).exists():
        raise RefusedError("Une demande est déjà en cours pour cet achat : suivez-la dans « Mes demandes ».")
    if mine.filter(asked_by=by, asked_on=today).count() >= MOST_A_DAY:
        raise RefusedError(f"{MOST_A_DAY} demandes sont parties aujourd’hui : reprenez demain.")
    if mine.open().count() >= MOST_OPEN:
        raise RefusedError(f"{MOST_OPEN} demandes de votre organisation sont en cours : concluez-en d’abord.")


@transaction.atomic
def accept_request(*, by: User, request: ReferralRequest, who: str, text: str = "") -> ReferralRequest:
    """The holder takes the request in hand. Raises RefusedError when it is no longer open."""
    locked = _open(request)
    _stop_clock(locked, ReferralState.ACCEPTED)
    return _answered(by, locked, ReferralMove.ACCEPTED, who, text, "accepted")


@transaction.atomic
def decline_request(*, by: User, request: ReferralRequest, who: str, text: str) -> ReferralRequest:
    """The holder does not take it, and says why. Raises RefusedError without a reason."""
    if not text.strip():
        raise RefusedError("Dites pourquoi : l’acheteur doit savoir vers qui se tourner.")
    locked = _open(request)
    _stop_clock(locked, ReferralState.DECLINED)
    return _answered(by, locked, ReferralMove.DECLINED, who, text, "declined")


@transaction.atomic
def ask_question(*, by: User, request: ReferralRequest, who: str, text: str) -> ReferralRequest:
    """The holder needs to know more: the clock stands still until the buyer replies. Raises RefusedError."""
    if not text.strip():
        raise RefusedError("Écrivez votre question.")
    locked = _open(request)
    if locked.state != ReferralState.WAITING or locked.due_on is None:
        raise RefusedError("Une question attend déjà la réponse de l’acheteur.")
    today = timezone.localdate()
    left = max(0, working_days_between(today, locked.due_on, locked.departement_code))
    locked.state, locked.due_on, locked.days_left = ReferralState.QUESTION, None, left
    return _answered(by, locked, ReferralMove.QUESTION, who, text, "question")


def _answered(
    by: User, locked: ReferralRequest, move: ReferralMove, who: str, text: str, moment: str
) -> ReferralRequest:
    _note_first_reply(locked, by.as_actor())
    locked.save()
    event = _note(locked, move, by, who, text)
    _tell(
        routing.buyer_addresses(locked),
        wording_referrals.answered(locked, move, who, text),
        locked,
        f"{moment}-{event.pk}",
    )
    _record(by.as_actor(), locked, moment)
    return locked


@transaction.atomic
def reply_to_question(*, by: User, request: ReferralRequest, text: str) -> ReferralRequest:
    """The buyer answers the question; the clock goes on with the days that were left. Raises RefusedError."""
    if not text.strip():
        raise RefusedError("Écrivez votre réponse.")
    locked = _open(request)
    if locked.state != ReferralState.QUESTION or locked.days_left is None:
        raise RefusedError("Aucune question n’attend votre réponse.")
    today = timezone.localdate()
    locked.due_on = add_working_days(today, max(1, locked.days_left), locked.departement_code)
    locked.state, locked.days_left = ReferralState.WAITING, None
    locked.save()
    event = _note(locked, ReferralMove.REPLY, by, locked.buyer.name, text)
    letter = wording_referrals.replied(locked, text)
    _tell(routing.told_addresses(locked), letter, locked, f"reply-{event.pk}")
    _record(by.as_actor(), locked, "reply")
    return locked


@transaction.atomic
def answered_outside(*, by: User, request: ReferralRequest) -> ReferralRequest:
    """The buyer says that the answer came by telephone or mail: it counts as an answer of the day."""
    locked = _open(request)
    _note_first_reply(locked, by.as_actor())
    _stop_clock(locked, ReferralState.OUTSIDE)
    locked.save()
    _note(locked, ReferralMove.OUTSIDE, by, locked.buyer.name)
    _record(by.as_actor(), locked, "outside")
    return locked


@transaction.atomic
def withdraw_request(*, by: User, request: ReferralRequest) -> ReferralRequest:
    """The buyer no longer needs it; whoever holds it is told. Raises RefusedError when it is over."""
    locked = _open(request)
    _stop_clock(locked, ReferralState.WITHDRAWN)
    locked.save()
    _note(locked, ReferralMove.WITHDRAWN, by, locked.buyer.name)
    _tell(routing.told_addresses(locked), wording_referrals.withdrawn(locked), locked, "withdrawn")
    _record(by.as_actor(), locked, "withdrawn")
    return locked


@transaction.atomic
def raise_to_animation(*, by: User, request: ReferralRequest) -> ReferralRequest:
    """After a refusal, the buyer asks the animation of the région. Raises RefusedError otherwise."""
    locked = _locked(request)
    if locked.state != ReferralState.DECLINED or locked.stage not in STRUCTURE_STAGES:
        raise RefusedError("Seule une demande déclinée par une structure passe à l’animation.")
    locked.state, locked.closed_at = ReferralState.WAITING, None
    _hand_over(locked, routing.animation_holder(locked.region_code), timezone.localdate())
    locked.save()
    _note(locked, ReferralMove.RAISED, by, locked.buyer.name)
    _tell(routing.told_addresses(locked), wording_referrals.passed_on(locked), locked, f"to-{locked.stage}")
    _record(by.as_actor(), locked, "raised", stage=locked.stage)
    return locked


def pass_on_late_requests(*, by: Actor, today: date) -> int:
    """Move every request whose deadline is over to its next holder, each once. Returns how many moved.

    Each request has its own transaction: one that fails does not hold the others back. Run twice, it moves
    nothing twice: the deadline it sets is ahead.
    """
    late = ReferralRequest.objects.late(today).order_by("pk").values_list("pk", flat=True)
    return sum(_pass_on(pk, by=by, today=today) for pk in list(late))


@transaction.atomic
def _pass_on(pk: int, *, by: Actor, today: date) -> bool:
    locked = _locked(ReferralRequest(pk=pk))
    if locked.state != ReferralState.WAITING or locked.due_on is None or locked.due_on >= today:
        return False
    if locked.stage == ReferralStage.STAFF:
        return False
    silent = routing.told_addresses(locked)
    _hand_over(locked, routing.next_holder(locked, today), today)
    locked.save()
    _note(locked, ReferralMove.MOVED, None, "Levier", locked.get_stage_display())
    moment = f"to-{locked.stage}"
    told = routing.told_addresses(locked)
    _tell(told, wording_referrals.passed_on(locked), locked, moment)
    _tell(
        [one for one in silent if one not in told],
        wording_referrals.taken_away(locked),
        locked,
        f"{moment}-silent",
    )
    _tell(routing.buyer_addresses(locked), wording_referrals.moved(locked), locked, f"{moment}-buyer")
    _record(by, locked, "moved", stage=locked.stage)
    return True


def _hand_over(locked: ReferralRequest, holder: Holder, today: date) -> None:
    locked.stage, locked.held_since = holder.stage, today
    locked.person, locked.animator = holder.person, holder.animator
    # What a convention promises binds its structure, not the animation that comes after it.
    days = locked.working_days if holder.stage in STRUCTURE_STAGES else answer_days(today)
    locked.due_on = add_working_days(today, days, locked.departement_code)


def _locked(request: ReferralRequest) -> ReferralRequest:
    return (
        ReferralRequest.objects.select_for_update(of=("self",))
        .select_related(
            "buyer", "structure", "person", "animator__organisation", "animator__region", "asked_by"
        )
        .get(pk=request.pk)
    )


def _open(request: ReferralRequest) -> ReferralRequest:
    locked = _locked(request)
    if not locked.is_open:
        raise RefusedError("Cette demande est terminée : rien n’a changé.")
    return locked


def _stop_clock(locked: ReferralRequest, state: ReferralState) -> None:
    locked.state, locked.closed_at = state, timezone.now()
    locked.due_on = locked.days_left = None


def _note_first_reply(locked: ReferralRequest, by: Actor) -> None:
    """The structure's answer time stops at its first word, a question included; once. It counts for its conventions."""
    if locked.stage in STRUCTURE_STAGES and locked.structure_replied_on is None:
        today = timezone.localdate()
        locked.structure_replied_on = today
        locked.structure_reply_days = working_days_between(locked.asked_on, today, locked.departement_code)
        if locked.structure is not None:
            record_measure_fact(
                by=by, structure=locked.structure, measure=Measure.ANSWER_TIME, happened_on=today,
                label="Réponse à une demande d’acheteur", source_key=f"{REFERRAL_FACT}{locked.pk}",
                buyer_siren=locked.buyer.siren or "", quantity=Decimal(locked.structure_reply_days),
            )  # fmt: skip


def _note(
    request: ReferralRequest, move: ReferralMove, by: User | None, who: str, text: str = ""
) -> ReferralEvent:
    return ReferralEvent.objects.create(
        referral=request, move=move, who=who[:255], author=by, text=text.strip()[:LONGEST]
    )


def _tell(addresses: list[str], letter: Letter, request: ReferralRequest, moment: str) -> None:
    """One mail to each; the key names the moment and the address, so that it leaves once."""
    if request.structure is not None and not may_mail(request.structure):
        return
    for address in dict.fromkeys(addresses):
        mail.send(
            to=address,
            subject=letter.subject,
            body=letter.body,
            # The key of a mail stays a month: a number stands for the address.
            key=f"referral-{request.pk}-{moment}-{zlib.crc32(address.lower().encode())}",
        )


def _record(by: Actor, request: ReferralRequest, moment: str, **details: object) -> None:
    audit.record(
        by=by,
        verb="facilitators.move_request",
        object_type="referral",
        object_key=str(request.pk),
        details={"move": moment, **details},
    )
