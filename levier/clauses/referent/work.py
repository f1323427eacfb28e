"""What needs me today among the exchanges: those of the week, and those nobody said were held. One SQL query."""

from datetime import date, timedelta

from django.urls import reverse

from levier.accounts.models import User
from levier.clauses.models import ReferentExchange
from levier.facilitators.queries.work import WorkItem
from levier.purchasing import policies
from levier.purchasing.models import PurchaseState

_SOON = timedelta(days=7)
_MOST = 200


def exchanges_work(user: User, today: date) -> list[WorkItem]:
    """One line an exchange not held yet whose day comes within the week, or is past."""
    rows = (
        ReferentExchange.objects.filter(
            purchase__in=policies.purchases_of(user), held_on=None, planned_on__lte=today + _SOON
        )
        .exclude(purchase__state__in=[PurchaseState.CLOSED, PurchaseState.ABANDONED])
        .select_related("purchase__organisation")
    )
    return [
        WorkItem(
            kind="Échanges à tenir, ou à noter",
            title=f"{one.purchase.title} : {one.title}",
            url=reverse("clauses:purchase_referent", args=[one.purchase_id]),
            buyer=one.purchase.organisation.name,
            next_actor="le référent et le facilitateur",
            since=one.planned_on,
            due=one.planned_on,
        )
        for one in rows[:_MOST]
    ]
