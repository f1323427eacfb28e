"""Who may see and write an organisation's own texts: its members see them, its buyers and facilitators write them.

Someone outside gets the answer of an address that does not exist; a colleague without the role gets a refusal.
"""

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from levier.accounts.models import Membership, User
from levier.clauses.models import TemplateVariant
from levier.clauses.queries import WRITERS
from levier.organisations.models import Organisation

Power = Literal["see", "edit"]

UNKNOWN = "Ce texte n’existe pas, ou il n’est pas à votre organisation."
_NOT_A_WRITER = "seuls les acheteurs et les facilitateurs de l’organisation écrivent ses textes"


def get_text_organisation_for(user: User | AnonymousUser, pk: int, *, to: Power) -> Organisation:
    """An organisation whose texts one sees or writes. Raises Http404, PermissionDenied."""
    _check(user, pk, to)
    return Organisation.objects.get(pk=pk)


def get_variant_for(user: User | AnonymousUser, pk: int, *, to: Power) -> TemplateVariant:
    """One version of a text of one's organisation. Raises Http404, PermissionDenied."""
    found = TemplateVariant.objects.select_related("organisation", "created_by").filter(pk=pk).first()
    if found is None:
        raise Http404(UNKNOWN)
    _check(user, found.organisation_id, to)
    return found


def _check(user: User | AnonymousUser, organisation_id: int, to: Power) -> None:
    if not user.is_authenticated or not user.is_active:
        raise Http404(UNKNOWN)
    roles = set(
        Membership.objects.filter(user=user, organisation_id=organisation_id).values_list("role", flat=True)
    )
    if not roles:
        raise Http404(UNKNOWN)
    if to == "edit" and not roles & set(WRITERS):
        raise PermissionDenied(_NOT_A_WRITER)
