"""Reads on networks: which the staff named, whom they gather."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from levier.directory.models import NetworkMember, ReviewingNetwork, Supplier


def active_members(network_organisation_id: int) -> QuerySet[NetworkMember]:
    """The memberships in force of one network; none when the staff no longer names it."""
    return NetworkMember.objects.filter(
        network_id=network_organisation_id,
        network__reviewing__isnull=False,
        state=NetworkMember.State.ACTIVE,
    )


def member_suppliers(network_organisation_id: int) -> QuerySet[Supplier]:
    """The listed suppliers a network gathers, by name. One merged into another counts as the one that stands for it.

    Empty for an organisation that the staff does not name as a network.
    """
    members = active_members(network_organisation_id)
    return Supplier.objects.filter(
        Q(id__in=members.values("supplier_id"))
        | Q(id__in=members.filter(supplier__merged_into__isnull=False).values("supplier__merged_into_id")),
        is_listed=True,
    ).order_by("name", "key")


def networks_with_members() -> QuerySet[ReviewingNetwork]:
    """The named networks that gather at least one listed supplier, by name, with their organisation."""
    gathered = NetworkMember.objects.filter(
        Q(supplier__is_listed=True) | Q(supplier__merged_into__is_listed=True),
        network_id=OuterRef("organisation_id"),
        state=NetworkMember.State.ACTIVE,
    )
    return (
        ReviewingNetwork.objects.filter(Exists(gathered))
        .select_related("organisation")
        .order_by("organisation__name", "id")
    )
