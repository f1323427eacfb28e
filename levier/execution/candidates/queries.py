"""What the clock of candidates says: where each stands, median days, and weeks without any candidate.

`dry_days` is the fact a control reads: that the hours do not come because nobody was proposed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.db.models import Prefetch

from levier.execution.candidates.actions import MOVES, due_on, present_from
from levier.execution.candidates.policies import Seat
from levier.execution.models import RUNNING_STAGES, Candidate, CandidateStage, Contract, Position
from levier.execution.people.scope import acting
from levier.rulebook import parameters
from levier.rulebook.parameters import Parameter

_DAYS_IN_WEEK = 7
_ONE_DAY = timedelta(days=1)
# Stage as it is said → its first and last day on a candidate.
_STAGES = (
    ("Réponse de l’entreprise", "proposed_on", "answered_on"),
    ("Rencontre", "answered_on", "met_on"),
    ("Embauche", "met_on", "hired_on"),
    ("Présence confirmée", "hired_on", "present_on"),
)


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A candidate as the page shows it. `due_on`: the last day of its stage, None once it is over.

    `moves`: the stages that may be said today. `present_from`: the day the presence at one month may be said, None when it is no wait.
    """

    candidate: Candidate
    due_on: date | None
    is_late: bool
    moves: tuple[CandidateStage, ...]
    present_from: date | None


@dataclass(frozen=True, slots=True)
class StageTime:
    """The median days of a stage, over `count` candidates that passed it."""

    label: str
    days: float
    count: int


@dataclass(frozen=True, slots=True)
class Drought:
    """How long posts of a contract stand open without any candidate, on a day.

    `people`: those still looked for. `waiting`: candidates the company has still to decide. `since`: None when nothing is dry: no post
    open, each one filled, or somebody waits.
    """

    at: date
    since: date | None
    weeks: int
    posts: int
    people: int
    waiting: int
    published_on: date | None
    last_candidate_on: date | None
    rule: Parameter

    @property
    def is_beyond_company(self) -> bool:
        """Whether it lasts long enough to be told as no failure of the company."""
        return self.weeks >= self.rule.value


def drought(contract: Contract, at: date) -> Drought:
    """How long it lasts, up to `at`, with what it rests on, to be printed. A candidate taken back counts as proposed. Three SQL queries."""
    rule = parameters.get("candidate_dry_weeks", "", at)
    everything = _posts(contract)
    posts = [one for one in everything if one.published_on <= at and not _is_closed(one, at)]
    waiting = [
        one for post in posts for one in post.candidates.all()
        if one.proposed_on <= at and _settled_on(one, at) > at
    ]  # fmt: skip
    people = sum(_missing(one, at) for one in posts)
    since = None
    if people and not waiting:
        since = at
        while _is_dry(since, everything):
            since -= _ONE_DAY
    proposed = [
        one.proposed_on for post in everything for one in post.candidates.all() if one.proposed_on <= at
    ]
    return Drought(
        at=at,
        since=since,
        weeks=(at - since).days // _DAYS_IN_WEEK if since else 0,
        posts=len(posts),
        people=people,
        waiting=len(waiting),
        published_on=min((one.published_on for one in posts), default=None),
        last_candidate_on=max(proposed, default=None),
        rule=rule,
    )


def dry_days(contract: Contract, until: date) -> frozenset[date]:
    """The days of a contract, up to `until`, when a post waited for people and nobody was before the company. Two SQL queries."""
    posts = _posts(contract)
    days = (contract.starts_on + _ONE_DAY * rank for rank in range((until - contract.starts_on).days + 1))
    return frozenset(day for day in days if _is_dry(day, posts))


def _posts(contract: Contract) -> list[Position]:
    """The posts of a contract with their candidates: dates and stages, no name."""
    rows = Candidate.objects.only("position", "proposed_on", "hired_on", "ended_on")
    with acting(is_retention=True):
        return list(contract.positions.prefetch_related(Prefetch("candidates", rows)))


def _is_dry(day: date, posts: Sequence[Position]) -> bool:
    """A post waits for people and no candidate of an open post is undecided: from the day after its publication, or the last answer."""
    posts = [one for one in posts if one.published_on < day and not _is_closed(one, day)]
    return any(_missing(one, day) for one in posts) and not any(
        one.proposed_on <= day <= _settled_on(one, day) for post in posts for one in post.candidates.all()
    )


def _is_closed(post: Position, day: date) -> bool:
    return post.closed_on is not None and post.closed_on < day


def _settled_on(candidate: Candidate, day: date) -> date:
    """When it was hired, declined or taken back; the day after `day` while it waits."""
    return candidate.hired_on or candidate.ended_on or day + _ONE_DAY


def _missing(post: Position, day: date) -> int:
    """How many people the post still looks for: those hired who stayed are no longer."""
    hired = [
        one for one in post.candidates.all()
        if one.hired_on and one.hired_on <= day and (one.ended_on is None or one.ended_on > day)
    ]  # fmt: skip
    return max(0, post.people - len(hired))


def candidates_at(seat: Seat, today: date) -> tuple[CandidateLine, ...]:
    """The candidates of a post that this seat sees, those running first."""
    with seat.scope():
        rows = [one for one in seat.position.candidates.select_related("prescriber") if seat.sees(one)]
    lines = []
    for one in rows:
        due = due_on(one.stage, one.stage_on) if one.stage in RUNNING_STAGES else None
        after = MOVES.get(one.stage, ())
        waits = present_from(one) if CandidateStage.PRESENT in after and today < present_from(one) else None
        moves = tuple(to for to in after if not (waits and to == CandidateStage.PRESENT))
        lines.append(CandidateLine(one, due, due is not None and due < today, moves, waits))
    return tuple(sorted(lines, key=lambda line: (line.due_on is None, line.due_on or today)))


def stage_times(positions: Iterable[Position]) -> tuple[StageTime, ...]:
    """Median days of each stage over these posts; a stage that nobody passed is left out. No name is read."""
    with acting(is_retention=True):
        rows: list[Any] = list(
            Candidate.objects.filter(position__in=[one.pk for one in positions]).values(
                "proposed_on", "answered_on", "met_on", "hired_on", "present_on"
            )
        )
    found = []
    for label, first, last in _STAGES:
        days = [(row[last] - row[first]).days for row in rows if row[first] and row[last]]
        if days:
            found.append(StageTime(label, median(days), len(days)))
    return tuple(found)
