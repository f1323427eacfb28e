"""What the clock of candidates says: where each stands, median days, and weeks without any candidate.

`weeks_without_candidate` is the fact a control reads: that the hours do not come because nobody was proposed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.db.models import Max, Min, Sum

from levier.execution.candidates.actions import due_on
from levier.execution.candidates.policies import Seat
from levier.execution.models import RUNNING_STAGES, Candidate, Contract, Position
from levier.execution.people.scope import acting
from levier.rulebook import parameters
from levier.rulebook.parameters import Parameter

_DAYS_IN_WEEK = 7
# Stage as it is said → its first and last day on a candidate.
_STAGES = (
    ("Réponse de l’entreprise", "proposed_on", "answered_on"),
    ("Rencontre", "answered_on", "met_on"),
    ("Embauche", "met_on", "hired_on"),
)


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A candidate as the page shows it. `due_on`: the last day of its stage, None once it is over."""

    candidate: Candidate
    due_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class StageTime:
    """The median days of a stage, over `count` candidates that passed it."""

    label: str
    days: float
    count: int


@dataclass(frozen=True, slots=True)
class Drought:
    """How long posts of a contract stand open without any candidate, on a day. `since`: None when somebody was proposed, or none is open."""

    at: date
    since: date | None
    weeks: int
    posts: int
    people: int
    published_on: date | None
    last_candidate_on: date | None
    rule: Parameter

    @property
    def is_beyond_company(self) -> bool:
        """Whether it lasts long enough to be told as no failure of the company."""
        return self.weeks >= self.rule.value


def weeks_without_candidate(contract: Contract, at: date) -> int:
    """Whole weeks, up to `at`, with a post open and nobody proposed; 0 when no post is open. Three SQL queries."""
    return drought(contract, at).weeks


def drought(contract: Contract, at: date) -> Drought:
    """The same with what it rests on, to be printed. A candidate taken back counts as proposed."""
    rule = parameters.get("candidate_dry_weeks", "", at)
    posts = contract.positions.filter(published_on__lte=at).exclude(closed_on__lt=at)
    first = posts.order_by().aggregate(first=Min("published_on"), people=Sum("people"))
    with acting(is_retention=True):
        last = Candidate.objects.filter(position__contract=contract, proposed_on__lte=at).aggregate(
            last=Max("proposed_on")
        )["last"]
    since = max(first["first"], last) if first["first"] and last else first["first"]
    weeks = (at - since).days // _DAYS_IN_WEEK if since else 0
    return Drought(at, since, weeks, posts.count(), first["people"] or 0, first["first"], last, rule)


def candidates_at(seat: Seat, today: date) -> tuple[CandidateLine, ...]:
    """The candidates of a post that this seat sees, those running first."""
    with seat.scope():
        rows = [one for one in seat.position.candidates.select_related("prescriber") if seat.sees(one)]
    lines = []
    for one in rows:
        due = due_on(one.stage, one.stage_on) if one.stage in RUNNING_STAGES else None
        lines.append(CandidateLine(one, due, due is not None and due < today))
    return tuple(sorted(lines, key=lambda line: (line.due_on is None, line.due_on or today)))


def stage_times(positions: Iterable[Position]) -> tuple[StageTime, ...]:
    """Median days of each stage over these posts; a stage that nobody passed is left out. No name is read."""
    with acting(is_retention=True):
        rows: list[Any] = list(
            Candidate.objects.filter(position__in=[one.pk for one in positions]).values(
                "proposed_on", "answered_on", "met_on", "hired_on"
            )
        )
    found = []
    for label, first, last in _STAGES:
        days = [(row[last] - row[first]).days for row in rows if row[first] and row[last]]
        if days:
            found.append(StageTime(label, median(days), len(days)))
    return tuple(found)
