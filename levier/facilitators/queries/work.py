"""What needs me today in the network: lines of the portfolio, each with who acts next and since when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import User
from levier.facilitators import policies
from levier.facilitators.models import (
    Convention,
    ConventionState,
    ReferralRequest,
    ReferralStage,
    ReferralState,
)
from levier.facilitators.models.referrals import STRUCTURE_STAGES
from levier.facilitators.queries.animation import claims_to_decide, to_verify
from levier.facilitators.queries.conventions import conventions_of
from levier.facilitators.queries.referrals import requests_held_by, requests_of_buyer, with_last_word

Who = Literal["me", "buyer", "other"]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One line. `kind`: its heading, in French; `buyer`: who it is for, empty when nobody.

    `who`: whether I act next, or the buyer, or somebody else, named by `next_actor`. `since`: when the line came to
    its next actor; `due`: the last day included, None without a deadline. `latest`: the day of the newest of the things
    a line counts, None when it is `since`. `act`: what the line waits for, said alike on every line that waits for it.
    """

    kind: str
    title: str
    url: str
    buyer: str
    next_actor: str
    since: date
    due: date | None = None
    who: Who = "me"
    latest: date | None = None
    act: str = ""

    def is_late(self, today: date) -> bool:
        """Past its last day."""
        return self.due is not None and self.due < today


# A room gives its lines by a function of this shape; the portal joins them (portal/portfolio.py).
WorkSource = Callable[[User, date], Iterable[WorkItem]]

_MOST = 200


def network_work(user: User, today: date) -> list[WorkItem]:
    """The requests between buyers and the network, as each side waits for the other; what an animation is asked.

    Three SQL queries: who one animates for, the requests held, those sent; three more for an animation.
    """
    animations = [one.pk for one in policies.animations_of(user)]
    held = with_last_word(requests_held_by(user, animations).open())[:_MOST]
    lines = {one.pk: _held(one, _is_mine(one, user, animations)) for one in held}
    for one in with_last_word(requests_of_buyer(user).open())[:_MOST]:
        lines.setdefault(one.pk, _sent(one))
    return [*lines.values(), *(_animation(user) if animations else ())]


def _is_mine(one: ReferralRequest, user: User, animations: list[int]) -> bool:
    """Whether the answer is still this side's: a structure goes on reading what its silence passed on to an animation."""
    if one.stage == ReferralStage.STAFF:
        return user.is_staff
    return one.stage in STRUCTURE_STAGES or one.animator_id in animations


def _held(one: ReferralRequest, is_mine: bool) -> WorkItem:
    if one.state == ReferralState.QUESTION:
        return _line(one, "Questions posées", one.buyer.name, "buyer")
    name = one.person.full_name if is_mine and one.person else one.holder_name
    return _line(one, "Demandes à répondre", name, "me" if is_mine else "other")


def _sent(one: ReferralRequest) -> WorkItem:
    if one.state == ReferralState.QUESTION:
        return _line(one, "Questions du facilitateur", one.buyer.name, "me")
    return _line(one, "Demandes au facilitateur", one.holder_name, "other")


def _line(one: ReferralRequest, kind: str, next_actor: str, who: Who) -> WorkItem:
    asked_at = getattr(one, "last_word_at", None)
    is_question = one.state == ReferralState.QUESTION and asked_at is not None
    return WorkItem(
        kind=kind,
        title=f"{one.subject_label} · {one.place_label}",
        url=reverse("facilitators:request", args=[one.pk]),
        buyer=one.buyer.name,
        next_actor=next_actor,
        since=timezone.localdate(asked_at) if is_question else one.held_since,
        due=one.due_on,
        who=who,
    )


def conventions_work(user: User, today: date) -> list[WorkItem]:
    """The conventions to finish, to sign, to see kept, to renew. One SQL query, two more for what they hold."""
    lines = []
    for one in (
        conventions_of(user).exclude(state=ConventionState.ENDED).prefetch_related("commitments")[:_MOST]
    ):
        line = _convention(one, today)
        if line is not None:
            lines.append(line)
    return lines


def _convention(one: Convention, today: date) -> WorkItem | None:
    url = reverse("facilitators:convention", args=[one.pk])
    since = one.updated_at.date()
    others = ", ".join(party.name for party in one.parties.all() if party.role != "structure")
    if one.is_draft:
        return WorkItem("Conventions à finir", one.title, url, others, one.structure.name, since)
    if one.state == ConventionState.PROPOSED and getattr(one, "is_objected", False):
        return WorkItem("Conventions à revoir", one.title, url, others, one.structure.name, since)
    if one.state == ConventionState.PROPOSED:
        return WorkItem("Conventions à signer", one.title, url, others, "les parties", since, None, "other")
    waiting = [
        each
        for each in one.commitments.all()
        if each.due_on and each.done_on is None and each.due_on <= today
    ]
    if one.is_in_force(today) and waiting:
        due = min(each.due_on for each in waiting if each.due_on)
        return WorkItem("Engagements à constater", waiting[0].text, url, others, "les parties", due, due)
    if one.is_to_renew(today) and not getattr(one, "is_followed", False):
        return WorkItem(
            "Conventions à renouveler", one.title, url, others, one.structure.name, since, one.valid_to
        )
    return None


def _animation(user: User) -> list[WorkItem]:
    """Claims to decide and structures to verify."""
    claims = [
        WorkItem(
            "Rattachements à décider", f"{one.structure.name}, demandée par {one.organisation.name}",
            reverse("facilitators:animation"), "", "l’animation", one.created_at.date(),
        )
        for one in claims_to_decide(user)
    ]  # fmt: skip
    checks = [
        WorkItem(
            "Structures à vérifier", one.name, reverse("facilitators:check", args=[one.pk]), "", "l’animation",
            one.verified_on or one.updated_at.date(),
        )
        for one in to_verify(user)[:20]
    ]  # fmt: skip
    return [*claims, *checks]
