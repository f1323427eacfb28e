"""Who may open which portal: each function loads and checks in one step, closed by default.

Someone outside the holder gets the answer of an address that does not exist; a colleague whose role does not
edit gets a refusal that says so.
"""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from levier.accounts.models import Membership, Role, User
from levier.community.models import Event, PortalState, PortalText, RegionalPortal
from levier.organisations.models import Organisation

Reader = User | AnonymousUser

EDITORS = (Role.NETWORK, Role.FACILITATOR)
UNKNOWN = "Ce portail n’existe pas, ou n’est plus en ligne."
UNKNOWN_EVENT = "Cet événement n’existe pas, ou n’est plus annoncé."
_NOT_AN_EDITOR = (
    "seuls les membres « réseau ou territoire » ou « facilitateur » de l’organisation tiennent son portail"
)


def holding_organisations(user: User) -> QuerySet[Organisation]:
    """The organisations this account may ask a portal for."""
    return (
        Organisation.objects.filter(memberships__user=user, memberships__role__in=EDITORS)
        .distinct()
        .order_by("name", "pk")
    )


def get_holder_for(user: User, pk: int) -> Organisation:
    """An organisation one may ask a portal for. Raises Http404."""
    found = holding_organisations(user).filter(pk=pk).first()
    if found is None:
        raise Http404("Cette organisation n’existe pas, ou vous n’y avez pas le rôle qu’il faut.")
    return found


def get_portal_for(user: Reader, pk: int) -> RegionalPortal:
    """A portal of an organisation one edits for. Raises Http404 to anybody outside, PermissionDenied to a colleague
    of another role.
    """
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    portal = RegionalPortal.objects.select_related("holder").filter(pk=pk).first()
    if portal is None:
        raise Http404(UNKNOWN)
    _check(user, portal)
    return portal


def _check(user: User, portal: RegionalPortal) -> None:
    roles = set(
        Membership.objects.filter(user=user, organisation_id=portal.holder_id).values_list("role", flat=True)
    )
    if not roles:
        raise Http404(UNKNOWN)
    if not roles.intersection(EDITORS):
        raise PermissionDenied(_NOT_AN_EDITOR)


def get_open_portal_for(user: Reader, pk: int) -> RegionalPortal:
    """A portal its editors may change: opened by the staff, not refused. Raises Http404, PermissionDenied."""
    portal = get_portal_for(user, pk)
    if portal.state in {PortalState.ASKED, PortalState.REFUSED}:
        raise PermissionDenied("ce portail n’est pas encore ouvert : l’équipe lit votre demande")
    return portal


def get_text_of(portal: RegionalPortal, pk: int) -> PortalText:
    """A version of the text of a portal one has already been given. Raises Http404 for another's."""
    found = portal.texts.filter(pk=pk).first()
    if found is None:
        raise Http404("Cette version n’existe pas.")
    return found


def get_event_of(portal: RegionalPortal, pk: int) -> Event:
    """An event of a portal one has already been given. Raises Http404 for another's."""
    found = portal.events.select_related("commune").filter(pk=pk).first()
    if found is None:
        raise Http404(UNKNOWN_EVENT)
    return found


def check_staff(user: Reader) -> None:
    """The pages of moderation exist for the staff only. Raises Http404."""
    if not user.is_authenticated or not user.is_active or not user.is_staff:
        raise Http404("Cette page n’existe pas.")


def get_portal_to_moderate(user: Reader, pk: int) -> RegionalPortal:
    """Any portal, for the staff. Raises Http404."""
    check_staff(user)
    portal = RegionalPortal.objects.select_related("holder", "asked_by").filter(pk=pk).first()
    if portal is None:
        raise Http404(UNKNOWN)
    return portal


def get_public_portal(slug: str) -> RegionalPortal:
    """A portal online, for anybody and without a look at who asks. Raises Http404."""
    portal = (
        RegionalPortal.objects.select_related("holder").filter(slug=slug, state=PortalState.PUBLISHED).first()
    )
    if portal is None:
        raise Http404(UNKNOWN)
    return portal


def get_shown_portal(user: Reader, slug: str) -> RegionalPortal:
    """A portal online; before that, or suspended, for its editors and the staff only. Raises Http404."""
    portal = RegionalPortal.objects.select_related("holder").filter(slug=slug).first()
    if portal is None:
        raise Http404(UNKNOWN)
    if portal.is_online:
        return portal
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    if user.is_staff:
        return portal
    try:
        _check(user, portal)
    except PermissionDenied:
        raise Http404(UNKNOWN) from None
    return portal


def get_public_event(slug: str, pk: int) -> Event:
    """An announced event of a portal online, past ones included for who kept its address. Raises Http404."""
    found = (
        Event.objects.public()
        .select_related("portal__holder", "commune__departement")
        .filter(pk=pk, portal__slug=slug)
        .first()
    )
    if found is None:
        raise Http404(UNKNOWN_EVENT)
    return found
