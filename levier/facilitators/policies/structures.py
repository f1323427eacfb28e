"""Who keeps a structure, who checks it, who animates.

The role « facilitator » is taken by whoever opens an organisation: it opens nothing by itself. A structure opens
to the facilitators of the organisation that has proven to run it; a région, to an organisation the staff named.
"""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from levier.accounts.models import Membership, Role, User
from levier.facilitators.models import (
    Animator,
    AnimatorLevel,
    ClaimState,
    Facilitator,
    Structure,
    StructureClaim,
)
from levier.facilitators.queries.listing import may_be_shown
from levier.organisations.models import Organisation

Reader = User | AnonymousUser

UNKNOWN_STRUCTURE = "Cette structure n’est pas, ou n’est plus, dans l’annuaire."
NOT_YOURS = "Cette structure n’existe pas, ou votre organisation n’y est pas rattachée."
NO_PAGE = "Cette page n’existe pas."
_NOT_A_FACILITATOR = "seuls les facilitateurs de l’organisation tiennent cette structure"
_ANIMATING = (Role.NETWORK, Role.FACILITATOR)


def get_public_structure(pk: int) -> Structure:
    """A structure everybody may read. Raises Http404."""
    found = Structure.objects.filter(pk=pk, is_active=True).prefetch_related("coverages").first()
    if found is None or not may_be_shown(found):
        raise Http404(UNKNOWN_STRUCTURE)
    return found


def structures_of(user: User) -> QuerySet[Structure]:
    """The structures this account works for."""
    return Structure.objects.of_member(user).order_by("name", "pk")


def get_structure_for(user: Reader, pk: int) -> Structure:
    """A structure one works for. Raises Http404 outside, PermissionDenied to a colleague who is no facilitator."""
    member = member_of(user, NOT_YOURS)
    found = Structure.objects.select_related("organisation").filter(pk=pk).first()
    if found is None or found.organisation_id is None:
        raise Http404(NOT_YOURS)
    roles = roles_in(member, found.organisation_id)
    if not roles:
        raise Http404(NOT_YOURS)
    if Role.FACILITATOR not in roles:
        raise PermissionDenied(_NOT_A_FACILITATOR)
    return found


def get_person_of(structure: Structure, pk: int) -> Facilitator:
    """Somebody of a structure one has already been given. Raises Http404 for another structure's."""
    found = structure.people.filter(pk=pk).first()
    if found is None:
        raise Http404("Cette personne n’est pas de cette structure.")
    return found


def claiming_organisations(user: User) -> QuerySet[Organisation]:
    """The organisations in whose name this account may say « C’est ma structure »."""
    return (
        Organisation.objects.filter(memberships__user=user, memberships__role=Role.FACILITATOR)
        .distinct()
        .order_by("name", "pk")
    )


def _animations(user: User) -> QuerySet[Animator]:
    return Animator.objects.standing().filter(
        organisation__memberships__user=user, organisation__memberships__role__in=_ANIMATING
    )


def animations_of(user: Reader) -> list[Animator]:
    """The standing animations this account acts for."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return list(_animations(user).select_related("organisation", "region").distinct())


def may_animate(user: Reader) -> bool:
    """Whether the pages of the animation exist for this reader: an animator, or the staff."""
    return is_staff(user) or (isinstance(user, User) and user.is_active and _animations(user).exists())


def structures_to_check(user: User) -> QuerySet[Structure]:
    """The structures this account verifies: all for the staff, those of its régions for an animation, never its own."""
    animations = animations_of(user)
    everything = Structure.objects.filter(is_active=True)
    if is_staff(user):
        return everything
    own = Membership.objects.filter(user=user).values("organisation_id")
    others = everything.exclude(organisation__isnull=False, organisation__in=own)
    if any(one.level == AnimatorLevel.COUNTRY for one in animations):
        return others
    reached = Structure.objects.none().values("pk")
    for one in animations:
        reached = reached.union(Structure.objects.in_region(str(one.region_id)).values("pk"))
    return others.filter(pk__in=reached) if animations else Structure.objects.none()


def get_structure_to_check(user: Reader, pk: int) -> Structure:
    """A structure of the territory one animates. Raises Http404, PermissionDenied for one's own."""
    member = member_of(user, NO_PAGE)
    found = structures_to_check(member).filter(pk=pk).first()
    own = Structure.objects.filter(pk=pk, is_active=True, organisation__memberships__user=member)
    if found is None and may_animate(member) and own.exists():
        # Nobody vouches for itself.
        raise PermissionDenied("l’équipe du site vérifie votre propre structure")
    if found is None:
        raise Http404(NO_PAGE)
    return found


def check_animates(user: Reader) -> User:
    """An account that animates, or the staff. Raises Http404."""
    member = member_of(user, NO_PAGE)
    if not may_animate(member):
        raise Http404(NO_PAGE)
    return member


def check_staff(user: Reader) -> User:
    """The staff only. Raises Http404."""
    member = member_of(user, NO_PAGE)
    if not is_staff(member):
        raise Http404(NO_PAGE)
    return member


def get_claim_to_decide(user: Reader, pk: int) -> StructureClaim:
    """A waiting claim on a structure of one's territory, never of one's own organisation. Raises Http404."""
    member = member_of(user, NO_PAGE)
    claim = (
        StructureClaim.objects.filter(pk=pk, state=ClaimState.WAITING)
        .select_related("structure", "organisation", "asked_by")
        .first()
    )
    if claim is None or not structures_to_check(member).filter(pk=claim.structure_id).exists():
        raise Http404(NO_PAGE)
    if not is_staff(member) and roles_in(member, claim.organisation_id):
        # Nobody proves its own structure to itself.
        raise PermissionDenied("l’équipe du site décide pour votre propre organisation")
    return claim


def member_of(user: Reader, sentence: str) -> User:
    """The signed-in, active account. Raises Http404 with this sentence."""
    if not isinstance(user, User) or not user.is_active:
        raise Http404(sentence)
    return user


def is_staff(user: Reader) -> bool:
    """Whether the reader is of the staff of the site."""
    return user.is_authenticated and user.is_active and user.is_staff


def roles_in(user: User, organisation_id: int) -> set[str]:
    """The roles this account holds in an organisation; empty outside of it."""
    return set(
        Membership.objects.filter(user=user, organisation_id=organisation_id).values_list("role", flat=True)
    )
