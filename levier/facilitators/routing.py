"""Who holds a request, and who holds it next: the structure in charge, its backup, then the animation."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from levier.accounts.models import Role, User
from levier.core.mail_returns import answering
from levier.facilitators.answers import FacilitatorAnswer, Territory
from levier.facilitators.models import (
    Animator,
    AnimatorLevel,
    Facilitator,
    Rank,
    ReferralRequest,
    ReferralStage,
    Structure,
)
from levier.facilitators.models.referrals import STRUCTURE_STAGES
from levier.facilitators.queries.areas import area_keys

NO_DESK_HERE = (
    "Aucun guichet joignable n’est connu sur ce territoire : la demande va à l’animation du réseau."
)


@dataclass(frozen=True)
class Holder:
    """Whoever must answer: a structure (perhaps one of its people), an animation, or the staff."""

    stage: ReferralStage
    structure: Structure | None = None
    person: Facilitator | None = None
    animator: Animator | None = None
    reason: str = ""


def first_holder(answer: FacilitatorAnswer, place: Territory, on: date) -> Holder:
    """The structure in charge, when it can be reached; else the animation. Never a neighbour of the structure."""
    first = answer.primary
    structure = (
        Structure.objects.filter(pk=first.structure_id, is_active=True).first()
        if first.structure_id is not None
        else None
    )
    if structure is None or not structure.may_be_asked or not mail_addresses(structure):
        animation = animation_holder(place.region_code)
        return Holder(animation.stage, structure=None, animator=animation.animator, reason=NO_DESK_HERE)
    return Holder(
        ReferralStage.MAIN,
        structure=structure,
        person=person_in_charge(structure, place, on),
        reason=first.reason,
    )


def person_in_charge(structure: Structure, place: Territory, on: date) -> Facilitator | None:
    """Of those at work that day and who follow the place: the first main one, else the first backup."""
    areas = area_keys(place)
    at_work = [
        one for one in Facilitator.objects.at_work(on).filter(structure=structure) if one.follows(areas)
    ]
    mains = [one for one in at_work if one.rank == Rank.MAIN]
    return next(iter(mains or at_work), None)


def next_holder(request: ReferralRequest, on: date) -> Holder:
    """Who holds a request after the silence of its holder."""
    if request.stage == ReferralStage.MAIN and request.structure is not None:
        backup = _backup(request, on)
        if backup is not None:
            return Holder(ReferralStage.BACKUP, request.structure, backup)
    if request.stage in STRUCTURE_STAGES:
        return animation_holder(request.region_code)
    if request.stage == ReferralStage.REGION:
        return animation_holder("", passed=[request.animator_id])
    return Holder(ReferralStage.STAFF)


def _backup(request: ReferralRequest, on: date) -> Facilitator | None:
    """Another person of the same structure, a declared backup first."""
    others = Facilitator.objects.at_work(on).filter(structure=request.structure)
    if request.person_id is not None:
        others = others.exclude(pk=request.person_id)
    # Without anybody named, the whole structure was told already: only a declared backup is somebody new.
    if request.person_id is None:
        others = others.filter(rank=Rank.BACKUP)
    return others.order_by("-rank", "last_name", "pk").first()


def animation_holder(region_code: str, *, passed: Collection[int | None] = ()) -> Holder:
    """The animation of the région, else the national one, else the staff; only those with members answer."""
    standing = (
        Animator.objects.standing()
        .filter(organisation__memberships__role__in=[Role.NETWORK, Role.FACILITATOR])
        .exclude(pk__in=[one for one in passed if one is not None])
        .select_related("organisation", "region")
        .distinct()
        .order_by("pk")
    )
    if region_code:
        regional = standing.filter(level=AnimatorLevel.REGION, region_id=region_code).first()
        if regional is not None:
            return Holder(ReferralStage.REGION, animator=regional)
    national = standing.filter(level=AnimatorLevel.COUNTRY).first()
    return Holder(ReferralStage.COUNTRY, animator=national) if national else Holder(ReferralStage.STAFF)


def mail_addresses(structure: Structure) -> list[str]:
    """Every address that answers where a structure may be told: its public one, its people with an account, else its people."""
    found = [structure.email] if structure.email else []
    if structure.organisation_id is not None:
        found += list(
            User.objects.filter(
                is_active=True, memberships__organisation_id=structure.organisation_id,
                memberships__role=Role.FACILITATOR,
            ).order_by("pk").values_list("email", flat=True)[:20]
        )  # fmt: skip
    people = structure.people.filter(is_active=True).exclude(email="").values_list("email", flat=True)
    return answering(found) or answering(people[:5])


def told_addresses(request: ReferralRequest) -> list[str]:
    """Where the present holder is told: the person in charge first, and the structure's address as a witness.

    Only addresses that answer; none: the holder hears of nothing by mail.
    """
    if request.stage in STRUCTURE_STAGES and request.structure is not None:
        in_charge = answering([request.person.email]) if request.person is not None else []
        if in_charge:
            return answering([*in_charge, request.structure.email])
        return mail_addresses(request.structure)
    if request.animator is not None:
        return animator_addresses(request.animator)
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    return answering(staff.values_list("email", flat=True)[:20])


def animator_addresses(animator: Animator) -> list[str]:
    """Where an animation is written to: its address, else its members; only addresses that answer."""
    public = answering([animator.email])
    if public:
        return public
    members = User.objects.filter(
        is_active=True, memberships__organisation_id=animator.organisation_id,
        memberships__role__in=[Role.NETWORK, Role.FACILITATOR],
    )  # fmt: skip
    return answering(members.order_by("pk").values_list("email", flat=True).distinct()[:20])


def buyer_addresses(request: ReferralRequest) -> list[str]:
    """The buyer who asked, else the buyers of its organisation; only addresses that answer."""
    if request.asked_by is not None and request.asked_by.is_active:
        asker = answering([request.asked_by.email])
        if asker:
            return asker
    buyers = User.objects.filter(
        is_active=True, memberships__organisation_id=request.buyer_id, memberships__role=Role.BUYER
    )
    return answering(buyers.order_by("pk").values_list("email", flat=True).distinct()[:20])
