"""Who may open what of a sheet: each function loads and checks in one step, closed by default.

An outsider gets the answer of an address that does not exist; a colleague without the right a refusal.
"""

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from levier.accounts.actions.invitations import hash_token
from levier.accounts.models import Membership, Role, User
from levier.directory.models import Claim, ConfirmationLink, Supplier
from levier.directory.ownership.queries import keeps, may_read, may_review, restrictable_members

UNKNOWN = "Cette fiche n’existe pas, ou vous ne la gérez pas."
UNKNOWN_CLAIM = "Cette demande n’existe pas, ou elle n’est pas à vous."
UNKNOWN_COLLEAGUE = "Cette personne n’est pas, ou n’est plus, dans une organisation que vous gérez."
NOT_ADMIN_OF_SHEETS = "qui gère les membres tient toutes les fiches, et choisit celles des autres"
NOT_SUPPLIER = "seul un membre qui a le rôle « Fournisseur inclusif » tient la fiche de la structure"
NOT_THIS_SHEET = "vous tenez d’autres fiches de cette organisation : demandez celle-ci à qui la gère"
NOT_ADMIN_OF_NUMBER = "le SIREN de la structure est confirmé par qui en gère les membres"
NOT_ADMIN = "seul un membre qui gère l’organisation peut accepter quelqu’un"


def _roles(user: User | AnonymousUser, organisation_id: int | None) -> dict[str, bool]:
    """Role → whether it manages, of an active account in an organisation."""
    if not isinstance(user, User) or not user.is_active or organisation_id is None:
        return {}
    held = Membership.objects.filter(user=user, organisation_id=organisation_id)
    return dict(held.values_list("role", "is_admin"))


def get_own_supplier_for(user: User | AnonymousUser, key: str) -> Supplier:
    """The supplier of this key, for those who keep its sheet. Raises Http404, PermissionDenied."""
    supplier = Supplier.objects.select_related("organisation").filter(key=key).first()
    roles = _roles(user, supplier.organisation_id) if supplier else {}
    if supplier is None or not roles:
        raise Http404(UNKNOWN)
    if Role.SUPPLIER not in roles:
        raise PermissionDenied(NOT_SUPPLIER)
    assert isinstance(user, User)
    if not keeps(user, supplier):
        raise PermissionDenied(NOT_THIS_SHEET)
    return supplier


def may_confirm_number(user: User, supplier: Supplier) -> bool:
    """Whether this account manages the members of the sheet's organisation, for its page: the action checks again."""
    return _roles(user, supplier.organisation_id).get(Role.SUPPLIER, False)


def get_sheet_to_number_for(user: User | AnonymousUser, key: str) -> Supplier:
    """A sheet whose SIREN its manager may confirm. Raises Http404, PermissionDenied to a colleague who does not manage."""
    supplier = get_own_supplier_for(user, key)
    if not _roles(user, supplier.organisation_id).get(Role.SUPPLIER):
        raise PermissionDenied(NOT_ADMIN_OF_NUMBER)
    return supplier


def get_colleague_for(user: User | AnonymousUser, pk: int) -> Membership:
    """A colleague whose sheets one may choose, as the manager of the role « fournisseur ». Raises Http404,
    PermissionDenied to a colleague who does not manage."""
    if not isinstance(user, User) or not user.is_active:
        raise Http404(UNKNOWN_COLLEAGUE)
    found = restrictable_members(user).filter(pk=pk).first()
    if found is None:
        asked = Membership.objects.filter(pk=pk, role=Role.SUPPLIER).first()
        if asked is not None and Role.SUPPLIER in _roles(user, asked.organisation_id):
            raise PermissionDenied(NOT_ADMIN_OF_SHEETS)
        raise Http404(UNKNOWN_COLLEAGUE)
    return found


def get_claimable_supplier_for(user: User | AnonymousUser, key: str) -> Supplier:
    """A listed supplier that any signed-in account may ask for. Raises Http404."""
    supplier = Supplier.objects.select_related("organisation").filter(key=key, is_listed=True).first()
    if supplier is None or not isinstance(user, User) or not user.is_active:
        raise Http404("Ce fournisseur n’est pas, ou n’est plus, dans l’annuaire.")
    return supplier


def get_claim_for(user: User | AnonymousUser, pk: int, *, to: Literal["answer", "review", "accept"]) -> Claim:
    """A request: its author answers it, a reviewer reads its document, a manager accepts a rival.

    Nobody decides on its own request. Raises Http404, PermissionDenied.
    """
    claim = Claim.objects.select_related("supplier", "organisation", "user").filter(pk=pk).first()
    if claim is None or not isinstance(user, User) or not user.is_active:
        raise Http404(UNKNOWN_CLAIM)
    is_own = claim.user_id == user.pk
    if to == "answer":
        if not is_own:
            raise Http404(UNKNOWN_CLAIM)
        return claim
    if is_own:
        raise PermissionDenied("personne ne décide de sa propre demande")
    if to == "review":
        if claim.proof != Claim.Proof.DOCUMENT or not may_read(user, claim):
            raise Http404(UNKNOWN_CLAIM)
        return claim
    roles = _roles(user, claim.organisation_id)
    if claim.proof != Claim.Proof.MANAGERS or not roles:
        raise Http404(UNKNOWN_CLAIM)
    if not roles.get(Role.SUPPLIER):
        raise PermissionDenied(NOT_ADMIN)
    return claim


def check_reviewer(user: User | AnonymousUser) -> User:
    """Those who read documents. Raises Http404: the page does not exist for the others."""
    if not isinstance(user, User) or not user.is_active or not may_review(user):
        raise Http404("Cette page n’existe pas.")
    return user


def get_link_for(token: str) -> ConfirmationLink:
    """A mailed link still in time; its secret is the proof, nobody need sign in. Raises Http404."""
    link = (
        ConfirmationLink.objects.select_related("supplier", "user")
        .filter(token_hash=hash_token(token), expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )
    # Whoever left the structure since the mail was sent confirms nothing any more.
    if link is None or not keeps(link.user, link.supplier):
        raise Http404(
            "Ce lien a expiré ou n’existe pas. Connectez-vous : tout se confirme dans « Ma fiche »."
        )
    return link
