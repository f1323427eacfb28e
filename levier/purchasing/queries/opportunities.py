"""What is near who sells: its ground, the needs open there, and what a Monday mail tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from levier.accounts.models import User
from levier.directory.models import SolicitationRefusal, Supplier
from levier.directory.ownership.queries import own_suppliers
from levier.directory.served import areas_of
from levier.directory.solicitations.queries import refuses
from levier.organisations.models import Organisation
from levier.purchasing.matching import area_label, reaches
from levier.purchasing.models import Answer, NeedRecipient, NeedState, OpportunityAlert, PublishedNeed
from levier.purchasing.queries.awarded import Awarded, recently_awarded
from levier.purchasing.queries.openings import Opening, openings
from levier.purchasing.queries.reaching import Sheet
from levier.rulebook import parameters

# Read before the trade and the place are compared.
_MOST_SHOWN = 500
# Sheets of one account compared with the needs open near it.
_MOST_OWN = 50


@dataclass(frozen=True)
class Ground:
    """The sheets of a supplier's organisation, each with what it does and how far it goes: its opportunities are chosen by them."""

    sheets: tuple[Sheet, ...]


def ground_of(organisation: Organisation) -> Ground:
    """What the listed suppliers of an organisation do, and where. One SQL query."""
    rows = Supplier.objects.filter(organisation=organisation, is_listed=True).order_by("pk")
    sheets = tuple(
        Sheet(
            code, tuple(slugs), kind, None if latitude is None or longitude is None else (latitude, longitude),
            areas_of(lines),
        )
        for code, slugs, kind, latitude, longitude, lines in rows.values_list(
            "departement_code", "sectors", "kind", "latitude", "longitude", "profile__lines"
        )
    )  # fmt: skip
    return Ground(sheets)


def receives_monday_mail(user: User, organisation_id: int) -> bool:
    """Whether this account asked for the Monday mail of this organisation and has not refused it since."""
    asked = OpportunityAlert.objects.filter(user=user, organisation_id=organisation_id).exists()
    return asked and not refuses(user.email, SolicitationRefusal.Topic.WEEKLY)


def open_needs(user: User, *, today: date, limit: int = 20) -> list[NeedRecipient]:
    """Needs this account's organisations received, may still answer and have not: the most urgent first."""
    return list(
        NeedRecipient.objects.received_by(user)
        .filter(need__state=NeedState.SENT, need__deadline__gte=today, answer=Answer.NONE)
        .select_related("need__organisation", "supplier")
        .order_by("need__deadline", "pk")[:limit]
    )


@dataclass(frozen=True)
class ShownNeed:
    """A need whose buyer lets other suppliers in, and the supplier of the reader it is for."""

    need: PublishedNeed
    supplier: Supplier
    area: str


def shown_needs(suppliers: Sequence[Supplier], *, today: date, limit: int = 20) -> list[ShownNeed]:
    """Needs shown to suppliers that did not receive them, of their trade and place; one line per need."""
    if not suppliers:
        return []
    waiting = (
        PublishedNeed.objects.filter(state=NeedState.SENT, is_shown=True, deadline__gte=today)
        .exclude(recipients__supplier__in=suppliers)
        .select_related("organisation")
        .order_by("deadline", "pk")[:_MOST_SHOWN]
    )
    found = []
    for need in waiting:
        one = next((supplier for supplier in suppliers if reaches(need, supplier)), None)
        if one is not None:
            found.append(ShownNeed(need, one, area_label(need)))
    return found[:limit]


@dataclass(frozen=True)
class WeeklyNews:
    """What a Monday mail would say. `shown`: needs of others, open near here; `lots`: open lots, near and for this
    organisation. Both since the last mail."""

    contracts: tuple[Awarded, ...]
    needs: tuple[NeedRecipient, ...]
    ground: Ground
    shown: tuple[ShownNeed, ...] = ()
    lots: tuple[Opening, ...] = ()

    @property
    def count(self) -> int:
        """How many opportunities it tells."""
        return len(self.contracts) + len(self.needs) + len(self.shown) + len(self.lots)


def weekly_news(
    organisation: Organisation, user: User, *, since: datetime | None, today: date, limit: int = 10
) -> WeeklyNews:
    """Since the last mail (a week by default), new contracts, open needs and lots near; and needs still to answer."""
    ground = ground_of(organisation)
    contracts: tuple[Awarded, ...] = ()
    first, most = (
        timedelta(days=parameters.get("news_days", key, on=today).value) for key in ("first", "most")
    )
    last = since.date() if since else today - first
    earliest = timezone.make_aware(datetime.combine(today - most if since else last, time.min))
    told = max(since, earliest) if since else earliest
    if ground.sheets:
        contracts = recently_awarded(
            today=today, sheets=ground.sheets, seen_after=told, limit=limit
        ).contracts
    needs = [one for one in open_needs(user, today=today) if one.supplier.organisation_id == organisation.pk]
    own = list(own_suppliers(user).filter(organisation=organisation, is_listed=True)[:_MOST_OWN])
    shown = [
        one
        for one in shown_needs(own, today=today, limit=limit)
        if one.need.sent_at and one.need.sent_at.date() >= max(last, today - most)
    ]
    lots = (
        openings(today=today, sheets=ground.sheets, opened_after=told, limit=limit).lines
        if ground.sheets
        else ()
    )
    return WeeklyNews(contracts, tuple(needs), ground, tuple(shown), lots)
