"""What waits for an animation: claims to decide, sheets to verify."""

from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from levier.accounts.models import User
from levier.facilitators import policies
from levier.facilitators.models import ClaimState, Structure, StructureClaim
from levier.facilitators.models.structures import VERIFICATION_LASTS
from levier.facilitators.queries.resolving import resolver

# A sheet enters the list before its verification runs out.
EARLY = timedelta(days=30)


def claims_to_decide(user: User) -> list[StructureClaim]:
    """The waiting claims on the territory this account animates, oldest first."""
    found = StructureClaim.objects.filter(
        state=ClaimState.WAITING, structure__in=policies.structures_to_check(user).values("pk")
    )
    return list(found.select_related("structure", "organisation", "asked_by"))


def to_verify(user: User) -> QuerySet[Structure]:
    """Desks and clubs never verified, or soon past their year: the never verified first."""
    limit = timezone.localdate() - VERIFICATION_LASTS + EARLY
    return (
        policies.structures_to_check(user)
        .filter(Q(verified_on=None) | Q(verified_on__lte=limit), pk__in=resolver().shown_ids)
        .filter(Q(has_desk=True) | Q(kind__in=["crepi", "face"]))
        .order_by(F("verified_on").asc(nulls_first=True), "name", "pk")
    )
