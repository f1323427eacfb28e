"""Who may open what of a network: each function loads and checks in one step, closed by default.

A role alone opens nothing: the staff must have named the network. An outsider gets the answer of an address that
does not exist; a colleague without the right a refusal.
"""

from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from levier.accounts.models import Membership, Role, User
from levier.directory.models import NetworkMember, ReviewingNetwork, SheetCorrection, Supplier, Vouch
from levier.directory.networks.queries import memberships_of
from levier.directory.ownership.policies import get_own_supplier_for

UNKNOWN = "Ce réseau n’existe pas, ou vous ne l’animez pas."
UNKNOWN_MEMBER = "Cette structure n’est pas membre de votre réseau."
NOT_NETWORK = "seul un membre qui a le rôle « Réseau ou territoire » anime le réseau"
NOT_ADMIN = "seul un membre qui gère l’organisation présente le réseau"

Power = Literal["animate", "describe"]


def get_network_for(
    user: User | AnonymousUser, organisation_id: int, *, to: Power = "animate"
) -> ReviewingNetwork:
    """A network the staff named, for its members (role: network).

    Who manages the organisation describes the network; the staff too. Raises Http404, PermissionDenied.
    """
    network = (
        ReviewingNetwork.objects.select_related("organisation")
        .filter(organisation_id=organisation_id)
        .first()
    )
    if network is None or not isinstance(user, User) or not user.is_active:
        raise Http404(UNKNOWN)
    if to == "describe" and user.is_staff:
        return network
    held = Membership.objects.filter(user=user, organisation_id=organisation_id)
    roles = dict(held.values_list("role", "is_admin"))
    if not roles:
        raise Http404(UNKNOWN)
    if Role.NETWORK not in roles:
        raise PermissionDenied(NOT_NETWORK)
    if to == "describe" and not any(roles.values()):
        raise PermissionDenied(NOT_ADMIN)
    return network


def get_member_for(
    user: User | AnonymousUser, organisation_id: int, key: str, *, state: str = NetworkMember.State.ACTIVE
) -> tuple[ReviewingNetwork, Supplier]:
    """A network one animates and a supplier it gathers (or gathered, or that asks: ``state``).

    Raises Http404, PermissionDenied.
    """
    network = get_network_for(user, organisation_id)
    supplier = Supplier.objects.select_related("organisation", "merged_into").filter(key=key).first()
    if supplier is None or not memberships_of(network.organisation_id, supplier).filter(state=state).exists():
        raise Http404(UNKNOWN_MEMBER)
    return network, supplier


def get_vouch_for(user: User | AnonymousUser, pk: int) -> Vouch:
    """A vouch of a network one animates. Raises Http404, PermissionDenied."""
    vouch = Vouch.objects.select_related("supplier").filter(pk=pk).first()
    if vouch is None:
        raise Http404(UNKNOWN)
    get_network_for(user, vouch.network_id)
    return vouch


def get_correction_for(
    user: User | AnonymousUser, pk: int, *, to: Literal["answer", "withdraw"]
) -> SheetCorrection:
    """A proposed correction: the keeper of the sheet answers it, the network takes it back.

    Raises Http404, PermissionDenied.
    """
    correction = SheetCorrection.objects.select_related("supplier", "network").filter(pk=pk).first()
    if correction is None:
        raise Http404(UNKNOWN)
    if to == "answer":
        get_own_supplier_for(user, correction.supplier.key)
    else:
        get_network_for(user, correction.network_id)
    return correction


def get_own_membership_for(user: User | AnonymousUser, key: str, organisation_id: int) -> NetworkMember:
    """The membership of a supplier whose sheet one keeps, in force, asked or disowned. Raises Http404, PermissionDenied."""
    supplier = get_own_supplier_for(user, key)
    found = (
        memberships_of(organisation_id, supplier)
        .exclude(state=NetworkMember.State.LEFT)
        .filter(network__reviewing__isnull=False)
        .select_related("network__reviewing", "supplier")
        .first()
    )
    if found is None:
        raise Http404("Votre structure n’est pas membre de ce réseau.")
    return found
