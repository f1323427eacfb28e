"""What needs me today among the studies: lots to study and propose, proposals to sign. One SQL query."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery
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


def studies_work(user: User, today: date) -> list[WorkItem]:
    """One line a purchase being studied or to sign, with how many lots still wait. One SQL query."""
    made = LotChoice.objects.filter(lot=OuterRef("pk"))
    proposed = made.filter(kind=ChoiceKind.PROPOSAL)
    lots = Lot.objects.filter(purchase=OuterRef("pk"), removed_at=None).order_by().values("purchase")
    unstudied = lots.filter(~Exists(proposed)).annotate(n=Count("pk")).values("n")
    # As in `queries.is_signed`: the buyer's word, with no newer proposal.
    newer = LotChoice.objects.filter(lot=OuterRef("lot"), kind=ChoiceKind.PROPOSAL, at__gt=OuterRef("at"))
    signed = made.filter(~Exists(newer), kind=ChoiceKind.DECISION)
    unsigned = lots.filter(~Exists(signed)).annotate(n=Count("pk")).values("n")
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
            f"{_lots(waiting)} à étudier"
            if waiting
            else "tous les lots sont étudiés, à proposer à l’acheteur"
        )
    else:
        what = f"{_lots(waiting)} à signer" if waiting else "tous les lots sont signés, à décider"
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


def _lots(count: int) -> str:
    return f"{count} lot" if count == 1 else f"{count} lots"
