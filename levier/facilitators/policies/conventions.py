"""Who reads, writes and signs a convention: the structure's facilitators, and the people of each party."""

from dataclasses import dataclass
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.http import Http404

from levier.accounts.models import Membership, Role, User
from levier.facilitators.models import (
    Commitment,
    Convention,
    ConventionOrigin,
    ConventionParty,
    ConventionState,
    ConventionVersion,
    PartyRole,
    SignedCopy,
)
from levier.facilitators.policies.structures import Reader, member_of, structures_to_check

Power = Literal["see", "edit", "sign", "vouch", "confirm"]

UNKNOWN = "Cette convention n’existe pas, ou votre organisation n’en est pas partie."
# Which roles of an organisation speak for it, by what it is in the convention.
_SPEAKING: dict[str, tuple[Role, ...]] = {
    PartyRole.STRUCTURE: (Role.FACILITATOR,),
    PartyRole.BUYER: (Role.BUYER,),
    PartyRole.COMPANY: (Role.CONTRACTOR, Role.SUPPLIER, Role.BUYER),
    PartyRole.AUTHORITY: (Role.BUYER, Role.FACILITATOR, Role.NETWORK),
    PartyRole.PARTNER: tuple(Role),
}


@dataclass(frozen=True)
class ConventionAccess:
    """A convention and what its reader may do. `party`: the one it speaks for, None for the animation."""

    convention: Convention
    party: ConventionParty | None
    may_edit: bool
    may_sign: bool
    may_vouch: bool


def get_convention_for(user: Reader, pk: int, *, to: Power) -> ConventionAccess:
    """A convention one is party to; a draft is its structure's only. Raises Http404 outside, PermissionDenied inside.

    Signing asks for the right to manage the party's organisation here. « vouch »: the animation of the territory,
    which also reads what is proposed, to confirm the copy of a party that has no space.
    """
    member = member_of(user, UNKNOWN)
    found = (
        Convention.objects.select_related("structure").filter(pk=pk, origin=ConventionOrigin.DRAFTED).first()
    )
    if found is None:
        raise Http404(UNKNOWN)
    access, is_colleague = _access(member, found)
    if access is None:
        if is_colleague:
            raise PermissionDenied("votre rôle dans l’organisation n’ouvre pas ses conventions")
        raise Http404(UNKNOWN)
    allowed = {
        "see": True,
        "edit": access.may_edit,
        "sign": access.may_sign,
        "vouch": access.may_vouch,
        # Whoever speaks for a party, the animation left out: it is not held by the text.
        "confirm": access.party is not None,
    }[to]
    if not allowed:
        raise PermissionDenied("ce geste demande un autre rôle, ou de gérer l’organisation")
    return access


def _access(member: User, found: Convention) -> tuple[ConventionAccess | None, bool]:
    """What the account may do, and whether it is at least a colleague of a party."""
    held: dict[int, list[tuple[str, bool]]] = {}
    rows = Membership.objects.filter(user=member).values_list("organisation_id", "role", "is_admin")
    for organisation, role, is_admin in rows:
        held.setdefault(organisation, []).append((role, is_admin))
    is_colleague = False
    for party in found.parties.select_related("organisation", "convention"):
        # The structure's link is read today: a detached organisation no longer speaks for it.
        place = (
            found.structure.organisation_id if party.role == PartyRole.STRUCTURE else party.organisation_id
        )
        own = held.get(place or 0, [])
        speaking = [is_admin for role, is_admin in own if role in _SPEAKING[party.role]]
        is_own_draft = party.role == PartyRole.STRUCTURE
        if found.is_draft and not is_own_draft:
            continue
        is_colleague = is_colleague or bool(own)
        if speaking:
            return ConventionAccess(found, party, is_own_draft, any(speaking), False), True
    is_animated = (
        found.state != ConventionState.DRAFT
        and structures_to_check(member).filter(pk=found.structure_id).exists()
    )
    if is_animated:
        return ConventionAccess(found, None, False, False, True), True
    return None, is_colleague


def get_copy_of(convention: Convention, pk: int) -> SignedCopy:
    """A signed copy of a convention one has already been given. Raises Http404 for another's."""
    found = SignedCopy.objects.filter(pk=pk, version__convention=convention).select_related("version").first()
    if found is None:
        raise Http404("Cette copie n’existe pas.")
    return found


def get_commitment_of(convention: Convention, pk: int) -> Commitment:
    """A promise of a convention one has already been given. Raises Http404 for another's."""
    found = convention.commitments.filter(pk=pk).first()
    if found is None:
        raise Http404("Cet engagement n’est pas de cette convention.")
    return found


def get_version_of(access: ConventionAccess, number: int) -> ConventionVersion:
    """One text of a convention; the structure alone reads what was never proposed. Raises Http404 for another."""
    found = access.convention.versions.filter(number=number).first()
    if found is None or (found.proposed_at is None and not access.may_edit):
        raise Http404("Cette version n’existe pas.")
    return found


def get_party_of(convention: Convention, pk: int) -> ConventionParty:
    """A party of a convention one has already been given. Raises Http404 for another's."""
    found = convention.parties.select_related("organisation", "convention").filter(pk=pk).first()
    if found is None:
        raise Http404("Cette partie n’est pas de cette convention.")
    return found
