"""Reads on networks: which the staff named, whom they gather, what a supplier sees of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from levier.accounts.models import Membership, Role, User
from levier.directory.models import NetworkMember, ReviewingNetwork, SourceRecord, Supplier
from levier.directory.owner import OWNER

State = NetworkMember.State


def active_members(network_organisation_id: int) -> QuerySet[NetworkMember]:
    """The memberships in force of one network; none when the staff no longer names it."""
    return NetworkMember.objects.filter(
        network_id=network_organisation_id, network__reviewing__isnull=False, state=State.ACTIVE
    )


def sheets_of(supplier_id: int) -> QuerySet[Supplier]:
    """A supplier and the sheets merged into it. As a subquery: an « or » across tables would read every membership."""
    return Supplier.objects.filter(Q(pk=supplier_id) | Q(merged_into_id=supplier_id)).order_by()


def memberships_of(network_organisation_id: int, supplier: Supplier) -> QuerySet[NetworkMember]:
    """Every membership of a supplier in one network, past ones too; of the sheets merged into it as well."""
    sheets = sheets_of(supplier.pk).values("pk")
    return NetworkMember.objects.filter(supplier__in=sheets, network_id=network_organisation_id)


def _gathered(members: QuerySet[NetworkMember]) -> Q:
    """The suppliers of these memberships; one merged into another counts as the one that stands for it."""
    alone = members.filter(supplier__merged_into=None).values("supplier_id")
    merged = members.filter(supplier__merged_into__isnull=False).values("supplier__merged_into_id")
    return Q(id__in=alone) | Q(id__in=merged)


def member_suppliers(network_organisation_id: int) -> QuerySet[Supplier]:
    """The listed suppliers a network gathers, by name. One merged into another counts as the one that stands for it.

    Empty for an organisation that the staff does not name as a network.
    """
    members = active_members(network_organisation_id)
    return Supplier.objects.filter(_gathered(members), is_listed=True).order_by("name", "key")


def networks_with_members() -> QuerySet[ReviewingNetwork]:
    """The named networks that gather at least one listed supplier, by name: ``members``, how many. One SQL query."""
    gathered = (
        NetworkMember.objects.filter(
            Q(supplier__is_listed=True, supplier__merged_into=None)
            | Q(supplier__merged_into__is_listed=True),
            network_id=OuterRef("organisation_id"),
            state=State.ACTIVE,
        )
        .order_by()
        .values("network_id")
        .annotate(count=Count(Coalesce("supplier__merged_into_id", "supplier_id"), distinct=True))
    )
    return (
        ReviewingNetwork.objects.annotate(members=Subquery(gathered.values("count")))
        .filter(members__gt=0)
        .select_related("organisation")
        .order_by("organisation__name", "id")
    )


def networks_of(user: User) -> list[ReviewingNetwork]:
    """The named networks this account animates, by name."""
    own = Membership.objects.filter(user=user, role=Role.NETWORK).values("organisation_id")
    found = ReviewingNetwork.objects.filter(organisation_id__in=own).select_related("organisation")
    return list(found.order_by("organisation__name", "id"))


def with_owner(suppliers: QuerySet[Supplier]) -> QuerySet[Supplier]:
    """Each with ``is_claimed`` (somebody proved that it keeps the sheet) and ``confirmed_on`` (its last word)."""
    keepers = Membership.objects.filter(organisation_id=OuterRef("organisation_id"), role=Role.SUPPLIER)
    words = (
        SourceRecord.objects.filter(supplier_id=OuterRef("id"), source_id=OWNER.slug)
        .values("supplier_id")
        .annotate(last=Max("last_seen"))
    )
    return suppliers.annotate(is_claimed=Exists(keepers), confirmed_on=Subquery(words.values("last")))


def gathered_suppliers(network_organisation_id: int) -> QuerySet[Supplier]:
    """Every member as the network sees it, those that left the directory too; with their owner."""
    members = active_members(network_organisation_id)
    return with_owner(Supplier.objects.filter(_gathered(members))).order_by("name", "key")


def suppliers_in_state(network_organisation_id: int, state: str) -> list[tuple[NetworkMember, Supplier]]:
    """Memberships in one state (asked, disowned, left), the newest first, with the sheet that stands for each."""
    found = NetworkMember.objects.filter(network_id=network_organisation_id, state=state)
    rows = found.select_related("supplier__merged_into").order_by("-until", "-id")
    return [(one, one.supplier.merged_into or one.supplier) for one in rows[:200]]


def membership_dates(network_organisation_id: int, suppliers: Sequence[Supplier]) -> dict[int, NetworkMember]:
    """Supplier id → its membership in force in this network. One SQL query."""
    ids = [one.pk for one in suppliers]
    found = (
        active_members(network_organisation_id)
        .annotate(shown_id=Coalesce("supplier__merged_into_id", "supplier_id"))
        .filter(shown_id__in=ids)
        .order_by("-since", "-id")
    )
    return {int(one.shown_id): one for one in found}


@dataclass(frozen=True, slots=True)
class PublicMembership:
    """One line of « Membre de … » on a sheet."""

    organisation_id: int
    name: str
    full_name: str
    kind: str
    website: str
    since: date


def public_memberships(supplier_id: int) -> tuple[PublicMembership, ...]:
    """The named networks a supplier is a member of, by name, as everybody sees them. One SQL query."""
    found = (
        NetworkMember.objects.filter(
            supplier__in=sheets_of(supplier_id).values("pk"),
            network__reviewing__isnull=False,
            state=State.ACTIVE,
        )
        .select_related("network__reviewing")
        .order_by("network__name", "since", "id")
    )
    shown: dict[int, PublicMembership] = {}
    for one in found:
        network = one.network.reviewing
        shown.setdefault(
            one.network_id,
            PublicMembership(
                organisation_id=one.network_id, name=network.short_name or one.network.name,
                full_name=one.network.name, kind=_kind_label(network), website=network.website, since=one.since,
            ),
        )  # fmt: skip
    return tuple(shown.values())


def _kind_label(network: ReviewingNetwork) -> str:
    return "" if network.kind == ReviewingNetwork.Kind.OTHER else str(network.get_kind_display())


def own_memberships(supplier: Supplier) -> list[NetworkMember]:
    """What the keeper of a sheet sees: memberships in force, asked and disowned, of networks still named."""
    sheets = sheets_of(supplier.pk).values("pk")
    found = NetworkMember.objects.filter(supplier__in=sheets, network__reviewing__isnull=False)
    rows = found.exclude(state=State.LEFT).select_related("network__reviewing")
    return list(rows.order_by("network__name", "id"))


def networks_to_ask(supplier: Supplier, known: Sequence[NetworkMember]) -> list[ReviewingNetwork]:
    """The named networks that gather this kind of supplier and that it is not in, by name."""
    found = ReviewingNetwork.objects.filter(Q(gathers=[]) | Q(gathers__contains=[supplier.kind]))
    rows = found.exclude(organisation_id__in=[one.network_id for one in known]).select_related("organisation")
    return [one for one in rows.order_by("organisation__name", "id") if covers(one, supplier)]


def covers(network: ReviewingNetwork, supplier: Supplier) -> bool:
    """Whether the network gathers this kind, in a territory that holds the supplier; yes when either is unknown."""
    if network.gathers and supplier.kind not in network.gathers:
        return False
    held: dict[str, Any] = {
        ReviewingNetwork.Territory.REGION: supplier.region_code,
        ReviewingNetwork.Territory.DEPARTEMENT: supplier.departement_code,
        ReviewingNetwork.Territory.EPCI: supplier.epci_code,
    }
    code = held.get(network.territory_kind, "")
    return not network.territory_code or not code or code == network.territory_code
