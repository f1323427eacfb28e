"""Reads of the studies: a lot with its scenarios side by side, its choices, what similar lots did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

from levier.clauses.models import ChoiceKind, LotChoice, OwnValue, RealisedLot, Scenario, StudyVersion
from levier.organisations.models import Organisation
from levier.purchasing.models import Lot
from levier.rulebook import parameters
from levier.rulebook.calibration import Trade
from levier.rulebook.calibration.learning import Experience, LearnedShare, learned_share

SIMILAR = 6
# Same trade, and an amount between a third and three times this one.
AMOUNT_SPAN = 3
MOST_EXPERIENCES = 500


@dataclass(frozen=True, slots=True)
class ScenarioLine:
    """One scenario with its last version (None before the first) and how many it has."""

    scenario: Scenario
    last: StudyVersion | None
    versions: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What the hours cost the contractor, in euros at the hourly cost of the study; its share of the amount."""

    low: float
    likely: float | None
    high: float
    share: float | None


def own_values_for(lot: Lot) -> list[OwnValue]:
    """The values of the structure that studies the lot: the facilitator's, else the buyer's own mission."""
    return list(own_values_of(lot.purchase.facilitator or lot.purchase.organisation))


def own_values_of(organisation: Organisation) -> QuerySet[OwnValue]:
    """Every value this structure ever kept, the newest of each first."""
    return OwnValue.objects.filter(organisation=organisation)


def scenarios_of(lot: Lot) -> list[ScenarioLine]:
    """The scenarios of a lot with their last version, in the order they were opened."""
    versions = StudyVersion.objects.select_related("by").order_by("-number")
    rows = lot.scenarios.filter(removed_at=None).prefetch_related(Prefetch("versions", queryset=versions))
    lines = []
    for scenario in rows:
        made = list(scenario.versions.all())
        lines.append(ScenarioLine(scenario, made[0] if made else None, len(made)))
    return lines


def last_choices(lots: Iterable[Lot]) -> dict[int, dict[str, LotChoice]]:
    """The last proposal and the last decision of each lot: {lot id: {kind: choice}}. One SQL query."""
    rows = (
        LotChoice.objects.filter(lot__in=[lot.pk for lot in lots])
        .select_related("by", "version")
        .order_by("lot_id", "kind", "-at", "-id")
        .distinct("lot_id", "kind")
    )
    found: dict[int, dict[str, LotChoice]] = {}
    for row in rows:
        found.setdefault(row.lot_id, {})[row.kind] = row
    return found


def is_studied(lot_choices: dict[str, LotChoice]) -> bool:
    """Whether the facilitator has proposed something for the lot."""
    return ChoiceKind.PROPOSAL in lot_choices


def is_signed(lot_choices: dict[str, LotChoice]) -> bool:
    """Whether the buyer's last word is newer than the last proposal."""
    decision, proposal = lot_choices.get(ChoiceKind.DECISION), lot_choices.get(ChoiceKind.PROPOSAL)
    return decision is not None and (proposal is None or decision.at >= proposal.at)


def cost_of(version: StudyVersion) -> Cost | None:
    """What the hours of a study cost the contractor; None when the study has no hourly cost."""
    hours = {"low": version.hours_low, "likely": version.hours_likely, "high": version.hours_high}
    return cost_of_hours(hours, version.readings, amount_ht=version.given.get("amount_ht"))


def cost_of_hours(
    hours: Mapping[str, float | None], readings: Iterable[Mapping[str, Any]], *, amount_ht: float | None
) -> Cost | None:
    """The same of a calculation that nobody kept. `hours`: low, likely, high; `readings`: the values it read, as kept."""
    row = next((row for row in readings if row["name"] == "hourly_cost"), None)
    if row is None or row["divisor_kind"] == "selling_price":
        return None
    low = row["value"] if row["low"] is None else row["low"]
    high = row["value"] if row["high"] is None else row["high"]
    likely = None if hours["likely"] is None else hours["likely"] * row["value"]
    return Cost(
        low=(hours["low"] or 0) * low,
        likely=likely,
        high=(hours["high"] or 0) * high,
        share=likely / amount_ht if likely is not None and amount_ht else None,
    )


def similar_realised(
    *, organisation: Organisation, trade: Trade, amount_ht: float | None, departement_code: str
) -> list[RealisedLot]:
    """Lots of the trade this structure followed, of about this amount when it is known; those nearby first.

    Only its own: amounts and hours of others may belong to private contracts.
    """
    rows = RealisedLot.objects.filter(organisation=organisation, trade=trade.key)
    if amount_ht:
        rows = rows.filter(amount_ht__range=(amount_ht / AMOUNT_SPAN, amount_ht * AMOUNT_SPAN))
    here = Q(departement_code=departement_code) if departement_code else Q(pk=None)
    return list(rows.annotate(is_here=here).order_by(F("is_here").desc(), "-ended_on")[:SIMILAR])


def learned_for(organisation: Organisation, trade: Trade, *, on: date) -> LearnedShare | None:
    """What the lots this structure followed in a trade say of its labour share; None for goods or too few lots."""
    if trade.is_goods:
        return None
    rows = RealisedLot.objects.filter(organisation=organisation, trade=trade.key)
    found = [
        Experience(
            amount_ht=float(row["amount_ht"]),
            planned_hours=float(row["planned_hours"]),
            done_hours=float(row["done_hours"]),
            worked_hours=None if row["worked_hours"] is None else float(row["worked_hours"]),
        )
        for row in rows.values("amount_ht", "planned_hours", "done_hours", "worked_hours")[:MOST_EXPERIENCES]
    ]
    share = parameters.get("labour_share", trade.labour_share, on).value
    cost = parameters.get("hourly_cost", trade.hourly_cost, on).value
    return learned_share(found, share=share, hourly_cost=cost)


def compared(lines: Iterable[ScenarioLine]) -> list[dict[str, Any]]:
    """The scenarios side by side, in plain values for a table."""
    rows = []
    for line in lines:
        if line.last is None:
            continue
        result = line.last.result
        rows.append(
            {
                "line": line,
                "version": line.last,
                "hours": result["range"],
                "person_weeks": result.get("person_weeks"),
                "fte": result.get("fte"),
                "cost": cost_of(line.last),
            }
        )
    return rows
