"""Reads on members and invitations."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from levier.accounts.models import Invitation, Membership, Role, User
from levier.core.models import AuditEvent
from levier.organisations.models import Organisation

# The event `decline_invitation` leaves.
DECLINED = "accounts.decline_invitation"
SHOWN_DECLINED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Team:
    """One organisation as its members see it. ``may_manage``: the reader invites and removes; only then are the lists filled.

    ``declined``: invitations refused of late.
    """

    organisation: Organisation
    members: tuple[Membership, ...]
    invitations: tuple[Invitation, ...]
    may_manage: bool
    declined: tuple[Invitation, ...] = ()


def organisations_of(user: User) -> QuerySet[Organisation]:
    """The organisations this account belongs to, by name."""
    return Organisation.objects.filter(memberships__user=user).distinct().order_by("name", "pk")


def buyer_siren_of(user: User) -> str:
    """The SIREN this account buys for, when it is a buyer in one organisation only; else an empty text."""
    sirens = set(
        user.memberships.filter(role=Role.BUYER, organisation__is_demo=False)
        .exclude(organisation__siren=None)
        .values_list("organisation__siren", flat=True)
    )
    return str(sirens.pop()) if len(sirens) == 1 else ""


def supplier_managers(organisation_id: int) -> QuerySet[User]:
    """The active accounts that manage this supplier's members, in the order they came."""
    return User.objects.filter(
        is_active=True, memberships__organisation_id=organisation_id, memberships__role=Role.SUPPLIER,
        memberships__is_admin=True,
    ).order_by("memberships__created_at", "pk")  # fmt: skip


def team_of(organisation: Organisation, *, reader: User) -> Team:
    """Members by name, invitations still open and those refused of late (for those who manage only)."""
    members = tuple(
        organisation.memberships.select_related("user").order_by(
            "user__last_name", "user__email", "role", "pk"
        )
    )
    may_manage = any(member.user_id == reader.pk and member.is_admin for member in members)
    waiting = Invitation.objects.waiting().filter(organisation=organisation).order_by("-created_at")
    if not may_manage:
        return Team(organisation, members, (), may_manage=False)
    declined = declined_invitations().filter(
        organisation=organisation, revoked_at__gt=timezone.now() - SHOWN_DECLINED
    )
    return Team(organisation, members, tuple(waiting), True, tuple(declined.order_by("-revoked_at")))


def declined_invitations() -> QuerySet[Invitation]:
    """Those the person invited refused: like the ones withdrawn they are revoked, and the audit says by whom."""
    refused = AuditEvent.objects.filter(
        verb=DECLINED, object_type="invitation", object_key=Cast(OuterRef("pk"), TextField())
    )
    return Invitation.objects.filter(Exists(refused), revoked_at__isnull=False)


def has_demo_accounts() -> bool:
    """Whether a demonstration account may still sign in: a production start must refuse it."""
    return User.objects.filter(is_demo=True).exists()
