"""Reads of the staff on buyers: who buys here, who was recognised, why, since when."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from levier.accounts.models import Membership, Role
from levier.organisations.identifiers import clean_digits
from levier.organisations.models import Organisation
from levier.purchasing.models import BuyerDecision, NeedState, VerifiedBuyer

STATES = {"tous": "Tous", "verifies": "Vérifiés", "autres": "Non vérifiés"}


def buyers(*, text: str = "", state: str = "tous") -> QuerySet[Organisation]:
    """Organisations that buy or were recognised, by name; ``text``: part of the name, or a SIREN."""
    found = Organisation.objects.annotate(
        is_verified=Exists(VerifiedBuyer.objects.filter(organisation=OuterRef("pk"))),
        people=Count("memberships", filter=Q(memberships__role=Role.BUYER), distinct=True),
        needs=Count("published_needs", distinct=True),
    ).filter(Q(people__gt=0) | Q(is_verified=True))
    words, digits = text.strip(), clean_digits(text)
    if digits and len(digits) >= 3 and not any(char.isalpha() for char in words):
        found = found.filter(siren__startswith=digits[:9])
    elif words:
        found = found.filter(name__icontains=words)
    if state == "verifies":
        found = found.filter(is_verified=True)
    elif state == "autres":
        found = found.filter(is_verified=False)
    return found.select_related("verified_buyer__verified_by").order_by("name", "pk")


@dataclass(frozen=True)
class BuyerFile:
    """All that decides about one buyer. ``needs``: state → how many."""

    organisation: Organisation
    verified: VerifiedBuyer | None
    people: tuple[Membership, ...]
    history: tuple[BuyerDecision, ...]
    needs: tuple[tuple[str, int], ...]


def buyer_file(organisation: Organisation) -> BuyerFile:
    """The file of one buyer: its people, its needs by state, its decisions, the newest first."""
    counted = dict(organisation.published_needs.order_by().values_list("state").annotate(Count("pk")))
    return BuyerFile(
        organisation=organisation,
        verified=VerifiedBuyer.objects.filter(organisation=organisation)
        .select_related("verified_by")
        .first(),
        people=tuple(
            organisation.memberships.filter(role=Role.BUYER).select_related("user").order_by("user__email")
        ),
        history=tuple(organisation.buyer_decisions.select_related("decided_by")[:50]),
        needs=tuple(
            (str(state.label), counted[state.value]) for state in NeedState if counted.get(state.value)
        ),
    )
