"""Who may open a list or a saved search: members of the organisation, and the person alone."""

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from levier.accounts.models import User
from levier.directory.models import SavedSearch, SupplierList

Power = Literal["complete", "delete"]


def get_list_for(user: User | AnonymousUser, pk: int, *, to: Power) -> SupplierList:
    """A list of one's organisation: every member completes it, its author or a manager deletes it.

    Raises Http404 for an outsider, PermissionDenied for a colleague who may not delete.
    """
    found = SupplierList.objects.select_related("organisation").filter(pk=pk).first()
    if not found or not _powers(user, found):
        raise Http404("Cette liste n’existe pas, ou vous n’êtes pas membre de son organisation.")
    if to == "delete" and not can_delete_list(user, found):
        raise PermissionDenied("seul son auteur, ou un membre qui gère l’organisation, supprime une liste")
    return found


def can_delete_list(user: User | AnonymousUser, found: SupplierList) -> bool:
    """Its author, while a member, or a member who manages the organisation."""
    own = _powers(user, found)
    return any(own) or (bool(own) and found.created_by_id == user.pk)


def _powers(user: User | AnonymousUser, found: SupplierList) -> list[bool]:
    """For each membership of the list's organisation, whether it manages it; empty for an outsider."""
    if not (user.is_authenticated and user.is_active):
        return []
    return list(found.organisation.memberships.filter(user=user).values_list("is_admin", flat=True))


def get_search_for(user: User | AnonymousUser, pk: int) -> SavedSearch:
    """A search this account saved. Raises Http404 for anybody else, colleagues included."""
    found = SavedSearch.objects.filter(pk=pk, user_id=user.pk).first() if user.is_authenticated else None
    if found is None:
        raise Http404("Cette recherche n’existe pas, ou elle est à quelqu’un d’autre.")
    return found
