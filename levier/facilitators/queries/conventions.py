"""Conventions as their parties list them, as the public reads them, and the measure of each commitment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from levier.accounts.models import User
from levier.core.mail_returns import answering
from levier.facilitators.convention_text import services
from levier.facilitators.models import (
    Convention,
    ConventionKind,
    ConventionObjection,
    ConventionOrigin,
    ConventionParty,
    ConventionSignature,
    ConventionState,
    PartyRole,
    Structure,
)
from levier.rulebook.months import add_months


@dataclass(frozen=True, slots=True)
class PartyState:
    """A party and its signature of the current text, when it signed; its objection, when it refused.

    `is_silent`: mails to whoever manages its space come back.
    """

    party: ConventionParty
    signature: ConventionSignature | None
    objection: ConventionObjection | None
    has_space: bool
    is_silent: bool


@dataclass(frozen=True, slots=True)
class PublicConvention:
    """What everybody may read: who agrees, since when, for what; never a signatory."""

    title: str
    names: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    services: tuple[str, ...]


def conventions_of(user: User) -> QuerySet[Convention]:
    """Those of my structures, and those proposed to organisations I am a member of; the newest first."""
    mine = Structure.objects.of_member(user).values("pk")
    of_party = ConventionParty.objects.filter(organisation__memberships__user=user).exclude(
        role=PartyRole.STRUCTURE
    )
    return (
        Convention.objects.filter(origin=ConventionOrigin.DRAFTED)
        .filter(
            Q(structure__in=mine)
            | (~Q(state=ConventionState.DRAFT) & Q(pk__in=of_party.values("convention_id")))
        )
        .select_related("structure")
        .prefetch_related("parties")
        .annotate(is_followed=Exists(_shown_following()), is_objected=Exists(_objections()))
        .order_by("-updated_at", "-pk")
    )


def _shown_following() -> QuerySet[Convention]:
    """Renewals every party sees: proposed or signed. A draft still waits for its structure."""
    return Convention.objects.filter(
        previous=OuterRef("pk"), state__in=[ConventionState.PROPOSED, ConventionState.SIGNED]
    )


def _objections() -> QuerySet[ConventionObjection]:
    """Those to the last text: an older one was answered by the next."""
    return ConventionObjection.objects.filter(version__convention=OuterRef("pk")).exclude(
        version__convention__versions__number__gt=F("version__number")
    )


# Months of notice that each text gives (texts/*.md): one leaves a charter at once.
_NOTICE = {
    ConventionKind.BUYER: 3,
    ConventionKind.COMPANY: 1,
    ConventionKind.AUTHORITIES: 6,
    ConventionKind.CHARTER: 0,
}


def first_end(convention: Convention, today: date) -> date:
    """The soonest last day a party may choose alone: the notice of its text, or the term when it comes before."""
    noticed = add_months(today, _NOTICE[ConventionKind(convention.kind)])
    return min(noticed, convention.valid_to) if convention.valid_to else noticed


def is_left_alone(convention: Convention, party: ConventionParty) -> bool:
    """Whether this party leaves and the rest goes on: it stands beside others, the structure left aside."""
    still = convention.parties.filter(left_on=None).exclude(role=PartyRole.STRUCTURE)
    return party.role != PartyRole.STRUCTURE and (party.left_on is not None or still.count() > 1)


def to_recall(today: date, within: timedelta) -> QuerySet[Convention]:
    """Signed conventions whose term comes within that time, the renewal of which is not proposed yet."""
    return (
        Convention.objects.filter(
            state=ConventionState.SIGNED, origin=ConventionOrigin.DRAFTED, end_reason="",
            valid_to__gte=today, valid_to__lte=today + within,
        )
        .exclude(Exists(_shown_following()))
        .order_by("pk")
    )  # fmt: skip


def following_of(convention: Convention) -> Convention | None:
    """The convention that renews this one, begun or signed; None before."""
    return convention.following.exclude(state=ConventionState.ENDED).order_by("pk").first()


def following_for(convention: Convention, *, sees_drafts: bool) -> Convention | None:
    """The renewal as a party sees it: a draft is the structure's only."""
    found = following_of(convention)
    return found if found is None or sees_drafts or not found.is_draft else None


def may_be_renewed(convention: Convention, today: date) -> bool:
    """Whether it is time to write the next one: ninety days before the term, and after it when nobody ended it."""
    if convention.valid_to is None or following_of(convention):
        return False
    has_run = convention.state == ConventionState.ENDED and not convention.end_reason
    return convention.is_to_renew(today) or has_run


def parties_of(convention: Convention) -> list[PartyState]:
    """Each party with its signature of the current text."""
    version = convention.versions.first()
    signed = {one.party_id: one for one in version.signatures.all()} if version else {}
    refused = {one.party_id: one for one in version.objections.all()} if version else {}
    parties = list(convention.parties.select_related("organisation", "convention"))
    written = {party.pk: list(managers_of(party).values_list("email", flat=True)) for party in parties}
    reached = set(answering(address for each in written.values() for address in each))
    return [
        PartyState(
            party,
            signed.get(party.pk),
            refused.get(party.pk),
            party.organisation is not None and party.organisation.memberships.exists(),
            bool(written[party.pk]) and reached.isdisjoint(written[party.pk]),
        )
        for party in parties
    ]


def differ(parties: Iterable[PartyState]) -> bool:
    """Whether parties signed different things: the text here and a copy, or two copies. Nothing is agreed yet."""
    return len({one.signature.sha256 for one in parties if one.signature}) > 1


def managers_of(party: ConventionParty) -> QuerySet[User]:
    """Who is written to for a party: the active accounts that manage its space here, none without a space."""
    managers = User.objects.filter(
        is_active=True, memberships__organisation=party.organisation_id, memberships__is_admin=True
    )
    return managers.distinct().order_by("pk")


def public_conventions(structure: Structure, *, on: date) -> list[PublicConvention]:
    """The signed conventions in force that their authors show on the structure's page."""
    words = {one.key: one.label for one in services()}
    found = (
        Convention.objects.filter(
            structure=structure, origin=ConventionOrigin.DRAFTED, state=ConventionState.SIGNED,
            is_public=True, valid_from__lte=on,
        )
        .filter(Q(valid_to=None) | Q(valid_to__gte=on))
        .prefetch_related("parties")
        .order_by("-valid_from", "pk")
    )  # fmt: skip
    return [
        PublicConvention(
            title=one.title,
            names=tuple(party.name for party in one.parties.all() if party.role != PartyRole.STRUCTURE),
            valid_from=one.valid_from,
            valid_to=one.valid_to,
            services=tuple(words[key] for key in one.services if key in words),
        )
        for one in found
    ]
