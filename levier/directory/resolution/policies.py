"""Who may review duplicates: the administrators of the installation, and members of a network or a territory."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from levier.accounts.models import Membership, Role, User
from levier.directory.models import DuplicatePair

REFUSED = "seuls les réseaux, les territoires et l’administration du site décident des doublons de l’annuaire"


def may_review(user: User | AnonymousUser) -> bool:
    """One SQL query at most; nobody anonymous, nobody whose account is closed."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_staff or Membership.objects.filter(user=user, role=Role.NETWORK).exists()


def check_may_review(user: User | AnonymousUser) -> None:
    """Raises PermissionDenied."""
    if not may_review(user):
        raise PermissionDenied(REFUSED)


def get_pair_for(user: User | AnonymousUser, pk: int) -> DuplicatePair:
    """A pair to decide on. Raises PermissionDenied before Http404: who may not review learns nothing of pairs."""
    check_may_review(user)
    pair = DuplicatePair.objects.filter(pk=pk).first()
    if pair is None:
        raise Http404("Cette paire n’existe plus : les fiches ont changé depuis.")
    return pair
