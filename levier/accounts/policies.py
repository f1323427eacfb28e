"""Who may open what in this room: each function loads and checks in one step, closed by default.

Someone outside the organisation gets the answer of an address that does not exist; a colleague without the
right gets a refusal that says so.
"""

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from levier.accounts.models import Invitation, Membership, User
from levier.organisations.models import Organisation

Power = Literal["see", "manage"]

UNKNOWN = "Cette organisation n’existe pas, ou vous n’en êtes pas membre."
_NOT_ADMIN = "seul un membre qui gère l’organisation peut faire cela"


def _check(user: User | AnonymousUser, organisation_id: int, to: Power) -> None:
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    own = list(
        Membership.objects.filter(user=user, organisation_id=organisation_id).values_list(
            "is_admin", flat=True
        )
    )
    if not own:
        raise Http404(UNKNOWN)
    if to == "manage" and not any(own):
        raise PermissionDenied(_NOT_ADMIN)


def get_organisation_for(user: User | AnonymousUser, pk: int, *, to: Power) -> Organisation:
    """An organisation its members see and its administrators manage. Raises Http404, PermissionDenied."""
    _check(user, pk, to)
    return Organisation.objects.get(pk=pk)


def get_membership_for(user: User | AnonymousUser, pk: int, *, to: Power) -> Membership:
    """A membership of an organisation one belongs to. Raises Http404, PermissionDenied.

    Leaving is not managing: an account may always load its own membership to end it (to="see").
    """
    membership = Membership.objects.select_related("organisation", "user").filter(pk=pk).first()
    if membership is None:
        raise Http404(UNKNOWN)
    _check(user, membership.organisation_id, to)
    return membership


def get_invitation_for(user: User | AnonymousUser, pk: int, *, to: Power) -> Invitation:
    """An open invitation of an organisation one manages. Raises Http404, PermissionDenied."""
    invitation = Invitation.objects.waiting().select_related("organisation").filter(pk=pk).first()
    if invitation is None:
        raise Http404("Cette invitation n’existe plus.")
    _check(user, invitation.organisation_id, to)
    return invitation
