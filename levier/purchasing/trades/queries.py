"""Reads of consultations of trades. No answer comes out of here before the publication to all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from django.db.models import Count, Q, QuerySet

from levier.purchasing.models import (
    Feasibility,
    Lot,
    Purchase,
    TradeAnswer,
    TradeConsultation,
    TradeParty,
)

MOST_PUBLIC = 100


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A participant, whether it has answered, and its answer once published to all (None before)."""

    party: TradeParty
    has_answered: bool
    answer: TradeAnswer | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What the trades said together, once published. Hours in hours, None when nobody gave any."""

    consultation: TradeConsultation
    asked: int
    answered: int
    feasible: int
    with_reservations: int
    not_feasible: int
    hours_low: Decimal | None
    hours_middle: Decimal | None
    hours_high: Decimal | None


def consultations_of(purchase: Purchase) -> QuerySet[TradeConsultation]:
    """Those of a purchase, the newest first, each with `asked` and `answered` counted. One SQL query."""
    return (
        purchase.trade_consultations.select_related("lot")
        .annotate(
            asked=Count("parties", distinct=True),
            answered=Count("parties", filter=Q(parties__answer__isnull=False), distinct=True),
        )
        .order_by("-opened_at", "-pk")
    )


def lines_of(consultation: TradeConsultation) -> tuple[PartyLine, ...]:
    """Every participant in the order of names: the same page for all of them. One SQL query."""
    rows = consultation.parties.select_related("answer").order_by("name", "pk")
    is_out = consultation.published_at is not None
    return tuple(
        PartyLine(one, hasattr(one, "answer"), one.answer if is_out and hasattr(one, "answer") else None)
        for one in rows
    )


def summary_of(consultation: TradeConsultation, lines: Iterable[PartyLine]) -> Summary:
    """The answers counted; all zero before the publication."""
    rows = list(lines)
    answers = [one.answer for one in rows if one.answer is not None]
    kinds = [one.feasible for one in answers]
    hours = sorted(one.hours for one in answers if one.hours is not None)
    return Summary(
        consultation=consultation,
        asked=len(rows),
        answered=sum(one.has_answered for one in rows),
        feasible=kinds.count(Feasibility.YES),
        with_reservations=kinds.count(Feasibility.WITH_RESERVATIONS),
        not_feasible=kinds.count(Feasibility.NO),
        hours_low=hours[0] if hours else None,
        hours_middle=Decimal(median(hours)) if hours else None,
        hours_high=hours[-1] if hours else None,
    )


def of_lot(lot: Lot) -> list[tuple[TradeConsultation, Summary]]:
    """The consultations about a lot or its whole purchase, for where its hours are decided. Three SQL queries."""
    rows = (
        TradeConsultation.objects.filter(
            Q(lot=lot) | Q(lot=None, purchase=lot.purchase_id), withdrawn_at=None
        )
        .prefetch_related("parties__answer")
        .order_by("-opened_at", "-pk")
    )
    found = []
    for one in rows:
        is_out = one.published_at is not None
        lines = [
            PartyLine(
                party,
                hasattr(party, "answer"),
                party.answer if is_out and hasattr(party, "answer") else None,
            )
            for party in one.parties.all()
        ]
        found.append((one, summary_of(one, lines)))
    return found


def public_consultations(on: date) -> tuple[list[TradeConsultation], list[TradeConsultation]]:
    """The public ones that still take answers, then those whose answers are published. Two SQL queries."""
    rows = TradeConsultation.objects.filter(is_public=True, withdrawn_at=None).select_related(
        "purchase__organisation", "lot"
    )
    return (
        list(rows.filter(published_at=None, deadline__gte=on).order_by("deadline", "pk")[:MOST_PUBLIC]),
        list(rows.filter(published_at__isnull=False).order_by("-published_at")[:MOST_PUBLIC]),
    )
