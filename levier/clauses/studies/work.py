"""What needs me today among the studies: lots to study and propose, proposals to sign. One SQL query."""

from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import User
from levier.clauses.models import ChoiceKind, LotChoice
from levier.facilitators.queries.work import WorkItem
from levier.purchasing import policies
from levier.purchasing.models import ContactSide, Lot, Purchase, PurchaseState
from levier.purchasing.purchase_wording import who_acts
from levier.purchasing.queries.work import OF_STUDIES, whose, with_sides

_MOST = 200
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def studies_work(user: User, today: date) -> list[WorkItem]:
    """One line a purchase being studied or to sign, with how many lots still wait. One SQL query."""
    made = LotChoice.objects.filter(lot=OuterRef("pk"))
    proposed = made.filter(kind=ChoiceKind.PROPOSAL)
    last = Coalesce(Subquery(proposed.order_by("-at").values("at")[:1]), Value(_BEFORE_ALL))
    lots = Lot.objects.filter(purchase=OuterRef("pk"), removed_at=None).order_by().values("purchase")
    unstudied = lots.filter(~Exists(proposed)).annotate(n=Count("pk")).values("n")
    # As in `queries.is_signed`: the buyer's word is no older than the last proposal.
    signed = made.filter(kind=ChoiceKind.DECISION, at__gte=OuterRef("last"))
    unsigned = lots.annotate(last=last).filter(~Exists(signed)).annotate(n=Count("pk")).values("n")
    rows = with_sides(user, policies.purchases_of(user).filter(state__in=OF_STUDIES)).annotate(
        unstudied=Subquery(unstudied), unsigned=Subquery(unsigned)
    )
    return [
        _line(one)
        for one in rows.select_related("organisation", "facilitator").order_by("state_since", "pk")[:_MOST]
    ]


def _line(one: Any) -> WorkItem:
    purchase: Purchase = one
    is_study = purchase.state == PurchaseState.TO_STUDY
    waiting = (one.unstudied if is_study else one.unsigned) or 0
    if is_study:
        what = (
            f"{waiting} lot(s) à étudier"
            if waiting
            else "tous les lots sont étudiés, à proposer à l’acheteur"
        )
    else:
        what = f"{waiting} lot(s) à signer" if waiting else "tous les lots sont signés, à décider"
    side = ContactSide.FACILITATOR if is_study else ContactSide.BUYER
    return WorkItem(
        kind="Études à proposer" if is_study else "Études à signer",
        title=f"{purchase.title} : {what}",
        url=reverse("purchasing:purchase", args=[purchase.pk]),
        buyer=purchase.organisation.name,
        next_actor=who_acts(purchase),
        since=timezone.localdate(purchase.state_since),
        due=purchase.launch_on,
        who=whose(one, side, purchase),
    )
