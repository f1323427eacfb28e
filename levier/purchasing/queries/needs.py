"""Reads of needs: a buyer's list, the follow-up of one, what a supplier received, what the staff must read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from levier.accounts.models import User
from levier.directory.models import Supplier
from levier.purchasing.groups import MOST_MEMBERS
from levier.purchasing.models import (
    Answer,
    NeedRecipient,
    NeedState,
    PublishedNeed,
    VerifiedBuyer,
)

_NOT_IN_TIME = "0000"


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a need has gone. `phoned`: without a mail, to be called by the buyer."""

    sent: int
    phoned: int
    seen: int
    interested: int
    declined: int
    silent: int


# Key of the address, title of the column, how rows are ordered.
SORTS: dict[str, str] = {
    "reponse": "Réponse",
    "nom": "Fournisseur",
    "distance": "Distance",
    "date": "Date de réponse",
}
_ANSWER_ORDER = {Answer.INTERESTED: 0, Answer.GROUP: 1, Answer.NONE: 2, Answer.DECLINED: 3}


def needs_of_buyer(user: User) -> QuerySet[PublishedNeed]:
    """The needs of every organisation this account buys for, newest first, with their counts."""
    return (
        PublishedNeed.objects.filter(
            organisation__memberships__user=user, organisation__memberships__role="buyer"
        )
        .select_related("organisation", "author")
        .annotate(
            mailed=Count("recipients", filter=Q(recipients__sent_at__isnull=False), distinct=True),
            interested=Count(
                "recipients",
                filter=Q(recipients__answer__in=[Answer.INTERESTED, Answer.GROUP]),
                distinct=True,
            ),
        )
        .order_by("-created_at", "-pk")
    )


def counts_of(recipients: Iterable[NeedRecipient]) -> Counts:
    """The figures above the table, from its rows."""
    rows = list(recipients)
    mailed = [one for one in rows if one.sent_at is not None]
    return Counts(
        sent=len(mailed),
        phoned=len(rows) - len(mailed),
        seen=sum(one.seen_at is not None for one in rows),
        interested=sum(one.answer in {Answer.INTERESTED, Answer.GROUP} for one in rows),
        declined=sum(one.answer == Answer.DECLINED for one in rows),
        silent=sum(one.answer == Answer.NONE for one in mailed),
    )


def recipients_of(need: PublishedNeed, *, sort: str = "reponse") -> list[NeedRecipient]:
    """The recipients of a need, each with its supplier. One SQL query. An unknown order is « reponse »."""
    rows = list(need.recipients.select_related("supplier__commune"))
    if sort == "nom":
        rows.sort(key=lambda one: one.supplier.display_name.casefold())
    elif sort == "distance":
        rows.sort(key=lambda one: (one.distance_km is None, one.distance_km or 0, one.pk))
    elif sort == "date":
        rows.sort(key=lambda one: (str(one.answered_at or _NOT_IN_TIME), one.pk), reverse=True)
    else:
        rows.sort(
            key=lambda one: (
                _ANSWER_ORDER[Answer(one.answer)],
                one.sent_at is None,
                one.distance_km or 0,
                one.pk,
            )
        )
    return rows


def needs_received(user: User) -> QuerySet[NeedRecipient]:
    """Needs received by the suppliers of one's organisations, the open and most urgent first."""
    return (
        NeedRecipient.objects.received_by(user)
        .exclude(need__state=NeedState.WITHDRAWN)
        .select_related("need__organisation", "supplier")
        .annotate(is_over=Q(need__state=NeedState.CLOSED))
        .order_by("is_over", F("need__deadline").asc(), "pk")
    )


def supplier_names(keys: Iterable[str]) -> list[str]:
    """The names of listed suppliers, from their numbers as an address writes them; at most a group's size."""
    numbers = [int(key) for key in keys if key.isdecimal() and len(key) < 18]
    if not numbers:
        return []
    found = Supplier.objects.filter(pk__in=numbers, is_listed=True).order_by("name")[:MOST_MEMBERS]
    return [one.display_name for one in found]


def needs_to_moderate() -> QuerySet[PublishedNeed]:
    """What waits for the staff, the oldest first."""
    return (
        PublishedNeed.objects.filter(state=NeedState.WAITING)
        .select_related("organisation", "author")
        .prefetch_related("attachments")
        .annotate(
            is_known=Exists(VerifiedBuyer.objects.filter(organisation=OuterRef("organisation"))),
        )
        .order_by("submitted_at", "pk")
    )
