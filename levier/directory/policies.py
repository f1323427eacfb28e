"""Who may bring lists of suppliers: the staff of the installation, and members of a network or a territory."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from levier.accounts.models import Membership, Role, User
from levier.directory.models import ListImport, SavedMapping
from levier.organisations.models import Organisation

UNKNOWN = "Cette liste n’existe pas, ou elle est d’une autre organisation."
_NOT_ALLOWED = (
    "apporter une liste est réservé aux réseaux et aux territoires : demandez ce rôle à un membre qui gère "
    "votre organisation"
)


def networks_of(user: User) -> QuerySet[Organisation]:
    """The organisations of which this account is a member as a network or a territory."""
    own = Membership.objects.filter(user=user, role=Role.NETWORK).values("organisation_id")
    return Organisation.objects.filter(pk__in=own).order_by("name", "pk")


def organisation_that_brings(user: User | AnonymousUser) -> Organisation | None:
    """For whom this account brings lists: its network; None for the staff. Raises PermissionDenied."""
    if isinstance(user, User) and user.is_active:
        own = networks_of(user).first()
        if own is not None or user.is_staff:
            return own
    raise PermissionDenied(_NOT_ALLOWED)


def lists_for(user: User | AnonymousUser) -> QuerySet[ListImport]:
    """The lists this account may open, the last first. Raises PermissionDenied."""
    organisation_that_brings(user)
    assert isinstance(user, User)
    mine = Q(mapping__organisation__in=networks_of(user))
    return ListImport.objects.filter(Q() if user.is_staff else mine).select_related("mapping", "by")


def get_list_for(user: User | AnonymousUser, pk: int) -> ListImport:
    """A list of one's network, any list for the staff. Raises Http404, PermissionDenied."""
    found = lists_for(user).select_related("mapping__organisation").filter(pk=pk).first()
    if found is None:
        raise Http404(UNKNOWN)
    return found


def mappings_for(user: User | AnonymousUser) -> QuerySet[SavedMapping]:
    """The correspondences this account may use again. Raises PermissionDenied."""
    organisation = organisation_that_brings(user)
    return SavedMapping.objects.filter(organisation=organisation)
