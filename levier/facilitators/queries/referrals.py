"""Requests as each side lists them, and the answer time of a structure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from django.db.models import Max, Q

from levier.accounts.models import Role, User
from levier.facilitators.models import ReferralRequest, ReferralStage, ReferralState, Structure
from levier.facilitators.models.referrals import ReferralRequestQuerySet
from levier.organisations.models import Organisation

# Below, a figure would tell one buyer's story rather than the structure's.
FEWEST_TO_PUBLISH = 5
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How a structure answers. `median_days` and `in_time_rate` are None without an answer.

    `received`: requests of the period, those withdrawn before any word and those still in time aside.
    """

    received: int
    answered: int
    in_time: int
    median_days: float | None
    slowest_days: int | None = None

    @property
    def in_time_rate(self) -> float | None:
        """The share answered before the deadline, from 0 to 1."""
        return self.in_time / self.received if self.received else None

    @property
    def is_publishable(self) -> bool:
        """Whether the figure may be shown outside the structure."""
        return self.answered >= FEWEST_TO_PUBLISH


def answer_time(
    structure: Structure, *, on: date, since: date | None = None, buyers: Sequence[str] | None = None
) -> AnswerTime:
    """The answer time of a structure over a year (or since a day), for every buyer or those of these SIREN."""
    asked = ReferralRequest.objects.filter(
        structure=structure, asked_on__gte=since or on - _YEAR, asked_on__lte=on
    )
    if buyers is not None:
        asked = asked.filter(buyer__siren__in=buyers)
    rows = list(
        asked.values_list(
            "state", "stage", "structure_replied_on", "structure_reply_days", "working_days", "due_on"
        )
    )
    received = answered = in_time = 0
    days: list[int] = []
    for state, stage, replied_on, reply_days, allowed, due_on in rows:
        if replied_on is None or reply_days is None:
            is_pending = stage == "titulaire" and due_on is not None and due_on >= on
            if state == ReferralState.WITHDRAWN or is_pending:
                continue
            received += 1
            continue
        received += 1
        answered += 1
        days.append(reply_days)
        in_time += reply_days <= allowed
    return AnswerTime(
        received, answered, in_time, float(median(days)) if days else None, max(days, default=None)
    )


def public_answer_time(structure: Structure, *, on: date) -> AnswerTime | None:
    """The answer time when the structure publishes it and enough requests were answered."""
    if not structure.shows_answer_time:
        return None
    found = answer_time(structure, on=on)
    return found if found.is_publishable else None


def _with_parties(requests: ReferralRequestQuerySet) -> ReferralRequestQuerySet:
    return requests.select_related(
        "buyer", "structure", "person", "animator__organisation", "animator__region"
    )


def requests_of_buyer(user: User) -> ReferralRequestQuerySet:
    """The requests of the organisations this account buys for, the newest first."""
    mine = Organisation.objects.filter(memberships__user=user, memberships__role=Role.BUYER)
    return _with_parties(ReferralRequest.objects.filter(buyer__in=mine.values("pk")))


def requests_held_by(user: User, animations: list[int]) -> ReferralRequestQuerySet:
    """The requests of my structures, those that came to my animations or, for the staff, to it; the newest first."""
    mine = Structure.objects.of_member(user).values("pk")
    held = Q(structure__in=mine) | Q(animator__in=animations)
    if user.is_staff and user.is_active:
        held |= Q(stage=ReferralStage.STAFF)
    return _with_parties(ReferralRequest.objects.filter(held))


def with_last_word(requests: ReferralRequestQuerySet) -> ReferralRequestQuerySet:
    """The requests, each with `last_word_at`: when something last happened to it."""
    return requests.annotate(last_word_at=Max("events__happened_at"))


def requests_of_subject(subject_key: str) -> ReferralRequestQuerySet:
    """The requests about something a room above owns, by its opaque key; the caller checks who reads."""
    return _with_parties(ReferralRequest.objects.filter(subject_key=subject_key))
