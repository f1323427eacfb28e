"""The dated checklist: what to do, who does it, counted back from the launch of the purchase."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Literal

import yaml

# Calibration starts three to four months before the launch, and a facilitator may need four weeks to answer
# (clause sociale de formation, ministry interviews 2019-2020).
USUAL_LEAD_WEEKS = 17

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


def next_steps(*, plan: Plan, launch: date, today: date, is_mandatory: bool = False) -> tuple[Step, ...]:
    """The checklist of a plan, dated. A past day is marked late and stays in its place."""
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
    return tuple(sorted(steps, key=lambda step: step.day))
