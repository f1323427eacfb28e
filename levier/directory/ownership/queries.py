"""Reads on sheets and their owners: whose sheet it is, what the lists prove, what the owner said, what waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from levier.accounts.models import Membership, Role, User
from levier.accounts.queries import supplier_managers
from levier.directory.models import Capacity, Claim, ReviewingNetwork, SheetContact, SourceRecord, Supplier
from levier.directory.networks.queries import covers
from levier.directory.owner import OWNER
from levier.directory.ownership.proofs import Proofs, proofs_from
from levier.organisations.identifiers import clean_digits


def own_suppliers(user: User) -> QuerySet[Supplier]:
    """The suppliers whose sheets this account keeps, by name: those of organisations it is a supplier in.

    Who manages the members keeps them all; a restricted member those named, or what stands for them since a merge.
    """
    held = Membership.objects.filter(user=user, role=Role.SUPPLIER)
    whole = held.filter(Q(is_admin=True) | Q(sheet_restriction=None)).values("organisation_id")
    named = Supplier.objects.filter(
        restrictions__membership__in=held, organisation_id=F("restrictions__membership__organisation_id")
    )
    return Supplier.objects.filter(
        Q(organisation_id__in=whole)
        | Q(pk__in=named.values("pk"))
        | Q(pk__in=named.values("merged_into_id"), organisation_id__in=held.values("organisation_id"))
    ).order_by("name", "key")


def keeps(user: User, supplier: Supplier) -> bool:
    """Whether this account keeps this sheet."""
    return own_suppliers(user).filter(pk=supplier.pk).exists()


def may_widen(user: User, supplier: Supplier) -> bool:
    """Whether this account keeps a part of the sheets of a house nobody manages: a document may give it all of them."""
    if supplier.organisation_id is None or manages(supplier.organisation_id):
        return False
    held = Membership.objects.filter(
        user=user, organisation_id=supplier.organisation_id, role=Role.SUPPLIER, is_admin=False
    )
    return held.exclude(sheet_restriction=None).exists()


def unproven_numbers() -> QuerySet[Supplier]:
    """The listed sheets proven before any list gave their SIREN, which one now does: their keepers are to confirm it."""
    return Supplier.objects.filter(
        is_listed=True, siren__isnull=False, organisation__isnull=False, organisation__siren=None
    ).select_related("organisation")


def awaits_word_on_number(supplier: Supplier) -> bool:
    """Whether this sheet is one of them; its organisation is loaded."""
    organisation = supplier.organisation
    return bool(supplier.siren) and organisation is not None and organisation.siren is None


def keepers_of(supplier: Supplier) -> list[User]:
    """Whom to write to about a sheet: who manages its organisation's members, else the members it was given to."""
    if supplier.organisation_id is None:
        return []
    managers = list(supplier_managers(supplier.organisation_id))
    return managers or sheet_keepers(supplier)


def sheet_keepers(supplier: Supplier) -> list[User]:
    """The active members restricted to some sheets, this one among them, in the order they came."""
    if supplier.organisation_id is None:
        return []
    return list(
        User.objects.filter(
            is_active=True, memberships__role=Role.SUPPLIER,
            memberships__organisation_id=supplier.organisation_id,
            memberships__sheet_restriction__suppliers=supplier,
        ).order_by("memberships__created_at", "pk")
    )  # fmt: skip


def restrictable_members(user: User) -> QuerySet[Membership]:
    """The colleagues whose sheets this account may choose: suppliers of an organisation it manages, not managers."""
    managed = Membership.objects.filter(user=user, role=Role.SUPPLIER, is_admin=True)
    return (
        Membership.objects.filter(
            role=Role.SUPPLIER, is_admin=False, organisation_id__in=managed.values("organisation_id")
        )
        .exclude(user=user)
        .select_related("user", "organisation", "sheet_restriction")
        .prefetch_related("sheet_restriction__suppliers")
        .order_by("organisation__name", "user__last_name", "user__email", "pk")
    )


def own_claims(user: User) -> QuerySet[Claim]:
    """Requests of this account that wait for something, the newest first."""
    return Claim.objects.filter(user=user, state=Claim.State.ASKED).select_related("supplier")


def claims_to_accept(user: User) -> QuerySet[Claim]:
    """Requests that wait for this account's own consent, as a manager of the organisation."""
    managed = Membership.objects.filter(user=user, role=Role.SUPPLIER, is_admin=True).values(
        "organisation_id"
    )
    return (
        Claim.objects.filter(state=Claim.State.ASKED, proof=Claim.Proof.MANAGERS, organisation_id__in=managed)
        .exclude(user=user)
        .select_related("supplier", "user")
    )


def claims_to_review() -> QuerySet[Claim]:
    """Documents that wait for a reader, whoever may read them, the oldest first."""
    return (
        Claim.objects.filter(state=Claim.State.ASKED, proof=Claim.Proof.DOCUMENT)
        .exclude(document="")
        .select_related("supplier", "user", "organisation")
        .order_by("asked_at")
    )


def may_review(user: User) -> bool:
    """The staff, and the members (role: network) of a network the staff named."""
    return user.is_staff or _reviewing_for(user).exists()


def claims_read_by(user: User) -> list[Claim]:
    """The documents this account may read: all of them for the staff, those of its networks' structures otherwise."""
    networks = list(_reviewing_for(user))
    return [one for one in claims_to_review() if user.is_staff or _is_near(networks, one.supplier)]


def may_read(user: User, claim: Claim) -> bool:
    """Whether this account may read this document: a paper that names somebody is no business of a far network."""
    return user.is_staff or _is_near(_reviewing_for(user), claim.supplier)


def _reviewing_for(user: User) -> QuerySet[ReviewingNetwork]:
    held = Membership.objects.filter(user=user, role=Role.NETWORK)
    return ReviewingNetwork.objects.filter(organisation_id__in=held.values("organisation_id"))


def _is_near(networks: Iterable[ReviewingNetwork], supplier: Supplier) -> bool:
    return any(covers(network, supplier) for network in networks)


def suppliers_by_number(text: str, most: int = 50) -> list[Supplier]:
    """The listed suppliers of a SIRET or a SIREN, as typed; none when it is neither."""
    digits = clean_digits(text)
    field = {14: "siret", 9: "siren"}.get(len(digits))
    if field is None:
        return []
    return list(Supplier.objects.filter(**{field: digits, "is_listed": True}).order_by("name", "key")[:most])


def is_managed(supplier: Supplier) -> bool:
    """Whether somebody who proved it already keeps this sheet."""
    return supplier.organisation_id is not None and manages(supplier.organisation_id)


def manages(organisation_id: int) -> bool:
    """Whether an organisation has somebody of the role « fournisseur » who manages its members."""
    return supplier_managers(organisation_id).exists()


def proofs_of(supplier: Supplier) -> Proofs:
    """Addresses and domains that the registers and lists give of this supplier, not its owner."""
    return proofs_of_each([supplier])[supplier.pk]


def proofs_of_each(suppliers: Iterable[Supplier]) -> dict[int, Proofs]:
    """What proves each of these suppliers, by its number. One SQL query."""
    said: dict[int, list[dict[str, Any]]] = {one.pk: [] for one in suppliers}
    records = SourceRecord.objects.filter(supplier_id__in=said, gone_since=None).exclude(source_id=OWNER.slug)
    rows = records.order_by("source__rank", "source_id").values_list("supplier_id", "values")
    for supplier_id, values in rows:
        assert supplier_id is not None
        said[supplier_id].append(values)
    return {
        pk: proofs_from(
            [value["email"] for value in values if value.get("email")],
            [value["website"] for value in values if value.get("website")],
        )
        for pk, values in said.items()
    }


@dataclass(frozen=True, slots=True)
class Statement:
    """What the owner itself said: groups of values, and the day it last confirmed them (None: never)."""

    values: dict[str, Any]
    confirmed_on: date | None


def statement_of(supplier: Supplier) -> Statement:
    """The owner's own record of its supplier; empty before its first word."""
    record = (
        SourceRecord.objects.filter(supplier=supplier, source_id=OWNER.slug).order_by("-last_seen").first()
    )
    return Statement(record.values, record.last_seen) if record else Statement({}, None)


def contacts_of(supplier: Supplier) -> list[SheetContact]:
    """Every contact the owner typed, the public ones and the others."""
    return list(SheetContact.objects.filter(supplier=supplier))


def capacities_of(supplier: Supplier) -> list[Capacity]:
    """Every statement of free teams, expired ones too: they may be renewed."""
    return list(Capacity.objects.filter(supplier=supplier))


def latest_capacities(supplier: Supplier) -> Sequence[Capacity]:
    """The last statement for each trade, area and unit: what « toujours » renews."""
    latest: dict[tuple[str, str, str], Capacity] = {}
    for one in Capacity.objects.filter(supplier=supplier).order_by("month"):
        latest[one.sector, one.area, one.unit] = one
    return tuple(latest.values())


def teams_to_say(supplier: Supplier, *, today: date, asked: date | None = None) -> Sequence[Capacity] | None:
    """What its keeper said last of its free teams, to be said again now; None when it was said in the last month.

    `asked`: the first day of the month when a need begins, of which something must have been said as well.
    """
    said = last_said(supplier, today=today)
    is_fresh = any(one.stated_on > today - Capacity.ASKED_EVERY for one in said)
    is_told = asked is None or any(one.month == asked for one in said)
    return None if is_fresh and is_told else said


def last_said(supplier: Supplier, *, today: date) -> Sequence[Capacity]:
    """What the keeper said of this month and the next ones; when that is nothing, its last word."""
    coming = Capacity.objects.filter(supplier=supplier, month__gte=today.replace(day=1))
    return list(coming) or latest_capacities(supplier)
