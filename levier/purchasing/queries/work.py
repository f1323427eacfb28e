"""What needs me today among the purchases: moves that wait, trades to hear, questions to answer, silent contracts.

Each source is one SQL query; the portal joins them (`portal/portfolio.py`).
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import Membership, Role, User
from levier.core.typography import counted
from levier.facilitators.queries.work import Who, WorkItem
from levier.purchasing import policies
from levier.purchasing.models import (
    BidderQuestion,
    ContactSide,
    Purchase,
    PurchaseEvent,
    PurchaseState,
    TradeConsultation,
)
from levier.purchasing.purchase_wording import who_acts
from levier.purchasing.timeline import next_step

_MOST = 200
# A trade consultation comes up this long before its end.
SOON = timedelta(days=7)
# Nobody wrote anything about an awarded contract for so long: it is called silent.
SILENT_AFTER = timedelta(days=60)
# The room of the clauses says what waits in these two states, lot by lot.
OF_STUDIES = (PurchaseState.TO_STUDY, PurchaseState.PROPOSED)


def with_sides(user: User, rows: QuerySet[Any], purchase: str = "") -> QuerySet[Any]:
    """Rows about purchases, each with `i_buy` and `i_study`. `purchase`: the prefix of its relation, « » for itself.

    As in `policies.sides_for`: in an in-house mission the buyer acts for both.
    """
    own = OuterRef(f"{purchase}organisation")
    studying = OuterRef("studying_id")
    held = Membership.objects.filter(user=user)
    sided: QuerySet[Any] = rows.annotate(
        studying_id=Coalesce(F(f"{purchase}facilitator"), F(f"{purchase}organisation")),
        i_buy=Exists(held.filter(organisation=own, role=Role.BUYER)),
    ).annotate(
        i_study=Case(
            When(**{f"{purchase}facilitator": None, "i_buy": True}, then=Value(True)),
            default=Exists(held.filter(organisation=studying, role=Role.FACILITATOR)),
        )
    )
    return sided


def whose(row: Any, side: ContactSide | None, purchase: Purchase) -> Who:
    """Whether the reader acts next."""
    if side == ContactSide.BUYER:
        return "me" if row.i_buy else "buyer"
    return "me" if row.i_study else "other"


def _url(purchase: Purchase) -> str:
    return reverse("purchasing:purchase", args=[purchase.pk])


def purchases_work(user: User, today: date) -> list[WorkItem]:
    """The purchases whose move waits for somebody, but for those being studied. One SQL query."""
    states = (PurchaseState.DRAFT, PurchaseState.DECIDED, PurchaseState.PUBLISHED)
    rows = with_sides(user, policies.purchases_of(user).filter(state__in=states)).select_related(
        "organisation", "facilitator"
    )
    return [
        WorkItem(
            kind="Achats à faire avancer",
            title=f"{one.title} : {next_step(one.state).text}",
            url=_url(one),
            buyer=one.organisation.name,
            next_actor=who_acts(one),
            since=timezone.localdate(one.state_since),
            due=one.launch_on if one.state == PurchaseState.DECIDED else None,
            who=whose(one, next_step(one.state).side, one),
        )
        for one in rows.order_by("state_since", "pk")[:_MOST]
    ]


def trades_work(user: User, today: date) -> list[WorkItem]:
    """The consultations of trades whose deadline comes, or whose answers wait to be published. One SQL query."""
    rows = with_sides(
        user,
        TradeConsultation.objects.running().filter(
            purchase__in=policies.purchases_of(user).values("pk"), deadline__lte=today + SOON
        ),
        "purchase__",
    ).annotate(answered=Count("parties__answer"))
    return [
        WorkItem(
            kind="Consultations des métiers qui finissent",
            title=f"{one.title} : {counted(one.answered, 'réponse') if one.answered else 'aucune réponse'}",
            url=reverse("purchasing:trade_consultation", args=[one.purchase_id, one.pk]),
            buyer=one.purchase.organisation.name,
            next_actor=_side_name(one.purchase, one.side),
            since=timezone.localdate(one.opened_at),
            due=one.deadline,
            who=whose(one, ContactSide(one.side), one.purchase),
        )
        for one in rows.select_related("purchase__organisation", "purchase__facilitator").order_by(
            "deadline", "pk"
        )[:_MOST]
    ]


def _side_name(purchase: Purchase, side: str) -> str:
    is_desk = side == ContactSide.FACILITATOR and purchase.facilitator is not None
    return purchase.facilitator.name if is_desk and purchase.facilitator else purchase.organisation.name


def questions_work(user: User, today: date) -> list[WorkItem]:
    """The questions of bidders without an answer: to draft by the facilitator, to sign by the buyer. One SQL query."""
    rows = with_sides(
        user,
        BidderQuestion.objects.waiting().filter(
            desk__purchase__in=policies.purchases_of(user).values("pk"),
            desk__purchase__state__in=[PurchaseState.PUBLISHED, PurchaseState.AWARDED],
        ),
        "desk__purchase__",
    )
    return [
        _question(one)
        for one in rows.select_related(
            "desk__purchase__organisation", "desk__purchase__facilitator"
        ).order_by("desk__answers_by", "asked_at")[:_MOST]
    ]


def _question(one: Any) -> WorkItem:
    purchase = one.desk.purchase
    is_drafted = one.drafted_at is not None
    side = ContactSide.BUYER if is_drafted else ContactSide.FACILITATOR
    return WorkItem(
        kind="Réponses à signer" if is_drafted else "Questions sans réponse",
        title=f"{purchase.title} : {one.original[:80]}",
        url=reverse("purchasing:questions", args=[purchase.pk]),
        buyer=purchase.organisation.name,
        next_actor=_side_name(purchase, side),
        since=timezone.localdate(one.drafted_at or one.asked_at),
        due=one.desk.answers_by,
        who=whose(one, side, purchase),
    )


def silent_work(user: User, today: date) -> list[WorkItem]:
    """The awarded contracts about which nobody wrote anything for two months. One SQL query.

    Until hours are declared here, silence is read in the story of the purchase alone.
    """
    heard = (
        PurchaseEvent.objects.filter(purchase=OuterRef("pk"))
        .order_by()
        .values("purchase")
        .annotate(last=Max("at"))
        .values("last")
    )
    before = timezone.now() - SILENT_AFTER
    rows = with_sides(
        user,
        policies.purchases_of(user)
        .filter(state=PurchaseState.AWARDED, state_since__lt=before)
        .annotate(heard_at=Coalesce(heard, F("state_since")))
        .filter(Q(heard_at__lt=before)),
    )
    return [
        WorkItem(
            kind="Marchés silencieux",
            title=f"{one.title} : prendre des nouvelles du titulaire",
            url=_url(one),
            buyer=one.organisation.name,
            next_actor=_side_name(one, ContactSide.FACILITATOR),
            since=timezone.localdate(max(one.heard_at, one.state_since)),
            who=whose(one, ContactSide.FACILITATOR, one),
        )
        for one in rows.select_related("organisation", "facilitator").order_by("heard_at", "pk")[:_MOST]
    ]
