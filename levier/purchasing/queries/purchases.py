"""Reads of purchases: a reader's list, and one purchase with all that its page and its notes show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from levier.accounts.models import User
from levier.purchasing import lot_lines, policies
from levier.purchasing.lot_facts import whole_amount, whole_maximum
from levier.purchasing.lot_lines import LotLine
from levier.purchasing.models import (
    ContactRank,
    ContactSide,
    Lot,
    Purchase,
    PurchaseContact,
    PurchaseEvent,
    PurchaseState,
)
from levier.purchasing.open_points import OpenPoint, open_points
from levier.purchasing.purchase_wording import who_acts
from levier.purchasing.timeline import (
    IN_HOUSE_LABELS,
    PATH,
    Move,
    NextStep,
    moves_from,
    next_step,
    states_of_side,
    step_named,
)

MOST_LISTED = 300
# Value of the address → label; whose turn it is.
TURNS: dict[str, str] = {
    ContactSide.BUYER.value: "À l’acheteur d’agir",
    ContactSide.FACILITATOR.value: "Au facilitateur d’agir",
}


def listed_purchases(user: User, *, state: str = "", turn: str = "", words: str = "") -> QuerySet[Purchase]:
    """The purchases a reader sees, those that wait longest first; unknown filters are left aside.

    Each carries `lot_count` and `lots_amount_ht` (sum of the lots). `turn`: a key of TURNS.
    """
    lots = Lot.objects.filter(purchase=OuterRef("pk"), removed_at=None).order_by().values("purchase")
    rows = (
        policies.purchases_of(user)
        .select_related("organisation", "facilitator")
        .annotate(
            lot_count=Subquery(lots.annotate(n=Count("pk")).values("n")),
            lots_amount_ht=Subquery(lots.annotate(total=Sum("amount_ht")).values("total")),
        )
        .order_by("state_since", "pk")
    )
    if state in PurchaseState.values:
        rows = rows.filter(state=state)
    elif not state:
        rows = rows.exclude(state__in=[PurchaseState.CLOSED, PurchaseState.ABANDONED])
    if turn in TURNS:
        rows = rows.filter(_whose_turn(turn))
    for word in words.split()[:6]:
        rows = rows.filter(
            Q(title__icontains=word) | Q(reference__icontains=word) | Q(organisation__name__icontains=word)
        )
    return rows


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """One line of the list. `amount_ht`: what the buyer says of the whole need, else the sum of its lots."""

    purchase: Purchase
    lot_count: int
    amount_ht: Decimal | None
    acting: str
    step: NextStep


def purchase_rows(listed: QuerySet[Purchase]) -> tuple[PurchaseRow, ...]:
    """The lines of `listed_purchases`, at most MOST_LISTED. One SQL query."""
    return tuple(
        PurchaseRow(
            purchase=one,
            lot_count=one.lot_count or 0,  # type: ignore[attr-defined]
            amount_ht=one.amount_ht or one.lots_amount_ht,  # type: ignore[attr-defined]
            acting=who_acts(one),
            step=next_step(one.state),
        )
        for one in listed[:MOST_LISTED]
    )


def _whose_turn(turn: str) -> Q:
    """In an in-house mission the facilitator's steps are the buyer's."""
    own = Q(state__in=states_of_side(turn))
    studied = Q(state__in=states_of_side(ContactSide.FACILITATOR))
    if turn == ContactSide.BUYER:
        return own | studied & Q(facilitator=None)
    return own & Q(facilitator__isnull=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """One state on the line: « done », « now » or « later », and when it was entered."""

    state: PurchaseState
    status: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ContactPlace:
    """One of the four places; `person` None while nobody is named."""

    rank: ContactRank
    person: PurchaseContact | None


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One event, with the name of whoever made it (« compte supprimé » when it has gone)."""

    event: PurchaseEvent
    who: str

    @property
    def step(self) -> str:
        """« Publié », or « Publication annulée »."""
        return step_named(self.event.before, self.event.after)


@dataclass(frozen=True, slots=True)
class WholePurchase:
    """Everything one page or one note says of a purchase. Amounts: euros without tax, the whole need."""

    purchase: Purchase
    lots: tuple[Lot, ...]
    removed: tuple[Lot, ...]
    lines: Mapping[int, tuple[LotLine, ...]]
    contacts: tuple[PurchaseContact, ...]
    story: tuple[StoryLine, ...]
    sides: frozenset[ContactSide]

    @property
    def amount_ht(self) -> Decimal | None:
        return whole_amount(self.purchase, self.lots)

    @property
    def max_amount_ht(self) -> Decimal | None:
        return whole_maximum(self.purchase, self.lots)

    @property
    def next_step(self) -> NextStep:
        return next_step(self.purchase.state)

    @property
    def acting(self) -> str:
        """The name of whoever must act now."""
        return who_acts(self.purchase)

    @property
    def is_my_turn(self) -> bool:
        """Whether the reader is of the side that must act."""
        return self.next_step.side in self.sides

    @property
    def moves(self) -> tuple[Move, ...]:
        """The moves the reader may make now."""
        found = moves_from(self.purchase.state, self.sides)
        if self.purchase.is_in_house:
            return tuple(replace(move, label=IN_HOUSE_LABELS.get(move.code, move.label)) for move in found)
        return found

    @property
    def points(self) -> tuple[OpenPoint, ...]:
        return open_points(self.purchase, self.lots)

    @property
    def may_edit(self) -> bool:
        return ContactSide.BUYER in self.sides and self.purchase.is_editable

    def places(self, side: ContactSide) -> tuple[ContactPlace, ...]:
        """The two places of one side, named or empty."""
        named = {one.rank: one for one in self.contacts if one.side == side}
        return tuple(ContactPlace(rank, named.get(rank.value)) for rank in ContactRank)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The line of states; an abandoned purchase stops where it was left."""
        entered: dict[str, datetime] = {}
        for line in self.story:
            if not line.event.is_word:
                entered[line.event.after] = line.event.at
        state = self.purchase.state
        if state == PurchaseState.ABANDONED:
            left = [one.event.before for one in self.story if one.event.after == state]
            reached = left[-1] if left else PurchaseState.DRAFT
        else:
            reached = state
        position = PATH.index(PurchaseState(reached))
        found = []
        for rank, one in enumerate(PATH):
            is_now = rank == position and state != PurchaseState.ABANDONED
            status = "now" if is_now else "done" if rank <= position else "later"
            found.append(Stage(one, status, entered.get(one) if status != "later" else None))
        return tuple(found)


def whole_purchase(purchase: Purchase, *, reader: User) -> WholePurchase:
    """One purchase already opened by a policy. Five SQL queries, plus those of the rooms above."""
    rows = list(purchase.lots.order_by("number", "pk"))
    for lot in rows:
        lot.purchase = purchase
    lots = tuple(lot for lot in rows if lot.removed_at is None)
    return WholePurchase(
        purchase=purchase,
        lots=lots,
        removed=tuple(lot for lot in rows if lot.removed_at is not None),
        lines=lot_lines.lines_of(purchase, lots, reader=reader),
        contacts=tuple(purchase.contacts.all()),
        story=_story(purchase),
        sides=policies.sides_for(reader, purchase),
    )


def _story(purchase: Purchase) -> tuple[StoryLine, ...]:
    """Oldest first."""
    events = list(purchase.events.order_by("at", "pk"))
    people = User.objects.in_bulk({one.account_id for one in events if one.account_id is not None})
    return tuple(StoryLine(one, _name(people, one)) for one in events)


def _name(people: Mapping[int, User], event: PurchaseEvent) -> str:
    person = people.get(event.account_id or 0)
    if person is None:
        return "compte supprimé" if event.account_id else "import"
    return person.get_full_name() or person.get_short_name()
