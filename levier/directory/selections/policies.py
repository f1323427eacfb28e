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
    own = (
        list(found.organisation.memberships.filter(user=user).values_list("is_admin", flat=True))
        if found and user.is_authenticated and user.is_active
        else []
    )
    if not found or not own:
        raise Http404("Cette liste n’existe pas, ou vous n’êtes pas membre de son organisation.")
    if to == "delete" and found.created_by_id != user.pk and not any(own):
        raise PermissionDenied("seul son auteur, ou un membre qui gère l’organisation, supprime une liste")
    return found


def get_search_for(user: User | AnonymousUser, pk: int) -> SavedSearch:
    """A search this account saved. Raises Http404 for anybody else, colleagues included."""
    found = SavedSearch.objects.filter(pk=pk, user_id=user.pk).first() if user.is_authenticated else None
    if found is None:
        raise Http404("Cette recherche n’existe pas, ou elle est à quelqu’un d’autre.")
    return found
