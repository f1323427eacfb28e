"""Who opens a request, and on which side: the buyer's buyers, the structure's facilitators, the animation it came to."""

from dataclasses import dataclass
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from levier.accounts.models import Role, User
from levier.facilitators.models import ReferralRequest, ReferralStage
from levier.facilitators.policies.structures import Reader, animations_of, is_staff, member_of, roles_in
from levier.organisations.models import Organisation

Side = Literal["buyer", "structure", "animation"]
Power = Literal["see", "follow", "answer"]

UNKNOWN = "Cette demande n’existe pas, ou elle n’est ni de votre organisation ni pour elle."
_NOT_A_BUYER = "seuls les acheteurs de l’organisation suivent ses demandes"
_NOT_A_FACILITATOR = "seuls les facilitateurs de l’organisation répondent aux demandes"
_SITE = "L’équipe du site"


@dataclass(frozen=True)
class RequestAccess:
    """A request, and the side its reader stands on; `who`: the name its acts are signed with."""

    request: ReferralRequest
    side: Side
    who: str

    @property
    def may_answer(self) -> bool:
        """Whether the reader is on the side that owes the answer."""
        return self.side != "buyer"


def asking_organisations(user: User) -> QuerySet[Organisation]:
    """The organisations this account may ask for."""
    return (
        Organisation.objects.filter(memberships__user=user, memberships__role=Role.BUYER)
        .distinct()
        .order_by("name", "pk")
    )


def get_request_for(user: Reader, pk: int, *, to: Power) -> RequestAccess:
    """A request one's organisation sent (to="follow") or must answer (to="answer"), or either (to="see").

    A structure keeps the right to answer after its deadline, while the request is open; a neighbour never sees it.
    Raises Http404 outside, PermissionDenied to a colleague without the role or on the other side.
    """
    member = member_of(user, UNKNOWN)
    found = (
        ReferralRequest.objects.select_related(
            "buyer",
            "structure__organisation",
            "person",
            "animator__organisation",
            "animator__region",
            "asked_by",
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404(UNKNOWN)
    refusals: list[str] = []
    sides = _sides(member, found, refusals)
    if not sides:
        if refusals:
            raise PermissionDenied(refusals[0])
        raise Http404(UNKNOWN)
    wanted = {"see": sides, "follow": [one for one in sides if one.side == "buyer"]}.get(
        to, [one for one in sides if one.may_answer]
    )
    if not wanted:
        raise PermissionDenied("ce geste appartient à l’autre partie")
    return wanted[0]


def _sides(member: User, found: ReferralRequest, refusals: list[str]) -> list[RequestAccess]:
    """Every side this account stands on, the answering ones first; why it does not, for a colleague."""
    sides: list[RequestAccess] = []
    structure = found.structure
    if structure is not None and structure.organisation_id is not None:
        roles = roles_in(member, structure.organisation_id)
        if Role.FACILITATOR in roles:
            sides.append(RequestAccess(found, "structure", structure.name))
        elif roles:
            refusals.append(_NOT_A_FACILITATOR)
    if found.animator_id is not None and found.animator_id in [one.pk for one in animations_of(member)]:
        assert found.animator is not None
        sides.append(RequestAccess(found, "animation", found.animator.organisation.name))
    if found.stage == ReferralStage.STAFF and is_staff(member):
        sides.append(RequestAccess(found, "animation", _SITE))
    roles = roles_in(member, found.buyer_id)
    if Role.BUYER in roles:
        sides.append(RequestAccess(found, "buyer", found.buyer.name))
    elif roles:
        refusals.append(_NOT_A_BUYER)
    return sides
