"""The dated checklist: what to do, who does it, counted back from the launch of the purchase."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Literal

import yaml

from levier.dossier.need import Need
from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.thresholds_of import direct_purchase_thresholds, position

# Calibration starts three to four months before the launch, and a facilitator may need four weeks to answer
# (clause sociale de formation, ministry interviews 2019-2020).
USUAL_LEAD_WEEKS = 17
# From the launch to the first day of the work: the launch meeting of a consultation is held fourteen weeks after
# (next_steps.yaml), a direct purchase is ordered some weeks before.
WEEKS_TO_START = 16
WEEKS_TO_START_OF_AN_ORDER = 4

STARTS = "Début de la prestation"

Plan = Literal["clause", "direct", "reservation", "insertion_service", "lots", "condition", "private"]


@dataclass(frozen=True)
class Step:
    """One thing to do: when, who, and whether the day is already past."""

    day: date
    title: str
    who: str
    detail: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class _Line:
    weeks: float
    title: str
    who: str
    detail: str = ""
    asks: bool = False
    decides: bool = False


@cache
def titles_marked(mark: Literal["asks", "decides"]) -> frozenset[str]:
    """The steps that ask a facilitator (done once a purchase is entrusted), or that the buyer's signature does."""
    text = (resources.files("levier.dossier") / "next_steps.yaml").read_text(encoding="utf-8")
    return frozenset(
        line["title"] for lines in yaml.safe_load(text).values() for line in lines if line.get(mark)
    )


@cache
def _lines(plan: str) -> tuple[_Line, ...]:
    """The lines of a plan, from next_steps.yaml."""
    text = (resources.files("levier.dossier") / "next_steps.yaml").read_text(encoding="utf-8")
    return tuple(_Line(**line) for line in yaml.safe_load(text)[plan])


def assumed_launch(today: date) -> date:
    """Without a launch date: the first Monday that leaves the usual lead time."""
    day = today + timedelta(weeks=USUAL_LEAD_WEEKS)
    return day + timedelta(days=-day.weekday() % 7)


def launch_before(start: date, *, today: date, is_order: bool) -> date:
    """The Monday to launch on so that the work starts that day; the next one when it is too late. `is_order`: no consultation."""
    day = start - _time_to_start(is_order=is_order)
    return max(day - timedelta(days=day.weekday()), today + timedelta(days=7 - today.weekday()))


def _time_to_start(*, is_order: bool) -> timedelta:
    return timedelta(weeks=WEEKS_TO_START_OF_AN_ORDER if is_order else WEEKS_TO_START)


def counted_back(need: Need, *, today: date) -> Need:
    """The need whose launch, when nobody said it, is counted back from the first day of its work."""
    if need.starts_on is None or not need.is_launch_assumed:
        return need
    launch = launch_before(need.starts_on, today=today, is_order=is_order(need))
    return replace(need, launch_date=launch)


def has_time_to_start(need: Need) -> bool:
    """Whether its launch leaves the usual time before the first day of the work; yes when that day is unknown."""
    if need.starts_on is None:
        return True
    return need.starts_on - need.launch_date >= _time_to_start(is_order=is_order(need))


def is_order(need: Need) -> bool:
    """Whether so small a need is usually ordered without a consultation: under every threshold of R2122-8 it may have."""
    if need.amount_ht is None or need.is_framework or need.is_concession:
        return False
    facts = Facts(
        buyer_side=need.buyer_side,
        contract_kind=need.contract_kind,  # type: ignore[arg-type]
        launch_date=need.launch_date,
    )
    return position(need.amount_ht, direct_purchase_thresholds(facts)) == "below"


def plan_for(lever: str, *, is_private: bool, has_hours: bool = True) -> Plan:
    """Which checklist goes with a lever; `has_hours`: whether a clause in hours is still open."""
    if is_private:
        return "private"
    if lever == "R2122-8":
        return "direct"
    if lever == "R2123-1":
        return "insertion_service"
    if not has_hours and lever in {"L2113-10", "R2111-1"}:
        return "lots"
    if not has_hours and lever in {"L2112-2", "L2112-2-1"}:
        return "condition"
    return "reservation" if lever.startswith("L2113-1") and lever != "L2113-10" else "clause"


def next_steps(
    *, plan: Plan, launch: date, today: date, is_mandatory: bool = False, start: date | None = None
) -> tuple[Step, ...]:
    """The checklist of a plan, dated, and the first day of the work when it is known. A past day is marked late and stays in its place."""
    lines = [
        *_lines(plan),
        *(_lines("derogation") if is_mandatory and plan in {"clause", "condition"} else ()),
    ]
    steps = [
        Step(
            day=launch + timedelta(weeks=line.weeks),
            title=line.title,
            who=line.who,
            detail=line.detail,
            is_late=launch + timedelta(weeks=line.weeks) < today,
        )
        for line in lines
    ]
    if start:
        steps.append(Step(day=start, title=STARTS, who="le prestataire retenu"))
    return tuple(sorted(steps, key=lambda step: step.day))
