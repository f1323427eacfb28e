"""« Mon portefeuille »: what needs me today, from every room that gives lines; this page holds no rule of its own."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from levier.accounts.models import User
from levier.clauses.referent.work import exchanges_work
from levier.clauses.studies.work import studies_work
from levier.core import mail_returns
from levier.execution.work import hours_work
from levier.facilitators.queries.work import (
    WorkItem,
    WorkSource,
    conventions_work,
    network_work,
)
from levier.purchasing.queries.work import purchases_work, questions_work, silent_work, trades_work

# A room above (purchases, clauses, execution) adds its own function here, and nothing else.
SOURCES: tuple[WorkSource, ...] = (
    hours_work,
    network_work,
    questions_work,
    studies_work,
    exchanges_work,
    purchases_work,
    trades_work,
    conventions_work,
    silent_work,
)


# What a day starts with; the other headings follow in the order of their deadlines, and what is to come closes the page.
# A request of a buyer has days, and a hundred late lines must not stand before it.
_FIRST = (
    "À valider",
    "Demandes à répondre",
    "Questions du facilitateur",
    "Demandes des personnes",
    "En retard",
    "Procédures en cours",
    "Sans nouvelles",
)
_LAST = ("À venir",)
# Of a heading, what is read at once: so many lines, so many of one act; the others are folded, counted, named.
_SHOWN = 10
_SHOWN_OF_ACT = 3


@dataclass(frozen=True)
class Heading:
    """The lines of one heading: those read at once, then the others by act (empty: of several acts)."""

    kind: str
    count: int
    shown: tuple[WorkItem, ...]
    folded: tuple[tuple[str, tuple[WorkItem, ...]], ...]


def heading_of(kind: str, lines: Sequence[WorkItem]) -> Heading:
    """In the order given: the first lines of each act, so that thirty of a kind hide none of another."""
    shown: list[WorkItem] = []
    others: dict[str, list[WorkItem]] = defaultdict(list)
    seen: Counter[str] = Counter()
    for line in lines:
        if len(shown) < _SHOWN and (not line.act or seen[line.act] < _SHOWN_OF_ACT):
            seen[line.act] += 1
            shown.append(line)
        else:
            others[line.act].append(line)
    alone = [line for found in others.values() if len(found) == 1 for line in found]
    folded = [(act, tuple(found)) for act, found in others.items() if len(found) > 1]
    if alone:
        folded.append(("", tuple(alone)))
    return Heading(kind, len(lines), tuple(shown), tuple(folded))


@dataclass(frozen=True)
class Portfolio:
    """The lines by heading, then what waits for somebody else, then how many lines each buyer has."""

    mine: tuple[tuple[str, tuple[WorkItem, ...]], ...]
    waiting: tuple[WorkItem, ...]
    buyers: tuple[tuple[str, int, int], ...]
    late: int

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings of mine as the page lays them out."""
        return tuple(heading_of(kind, lines) for kind, lines in self.mine)

    @property
    def elsewhere(self) -> Heading:
        """What waits for somebody else, laid out alike."""
        return heading_of("Chez les autres", self.waiting)

    @property
    def count(self) -> int:
        """How many lines are mine to act on."""
        return sum(len(lines) for _, lines in self.mine)


def portfolio_of(user: User, today: date, *, buyer: str = "") -> Portfolio:
    """Every line of an account, of one buyer when given: the late ones first, then by deadline, then by age."""
    lines = [line for source in SOURCES for line in source(user, today)]
    buyers: dict[str, list[WorkItem]] = defaultdict(list)
    for line in lines:
        if line.buyer:
            buyers[line.buyer].append(line)
    kept = sorted(
        (line for line in lines if not buyer or line.buyer == buyer),
        key=lambda line: (line.due or date.max, line.since, line.title),
    )
    headings: dict[str, list[WorkItem]] = defaultdict(list)
    for line in kept:
        if line.who == "me":
            headings[line.kind].append(line)
    return Portfolio(
        mine=tuple(
            (kind, tuple(found)) for kind, found in sorted(headings.items(), key=lambda one: _rank(one[0]))
        ),
        waiting=tuple(line for line in kept if line.who != "me"),
        buyers=tuple(
            (name, len(found), sum(one.is_late(today) for one in found))
            for name, found in sorted(buyers.items())
        ),
        # « 4 lignes attendent un geste, dont 4 en retard » is of mine alone.
        late=sum(line.is_late(today) for line in kept if line.who == "me"),
    )


def _rank(kind: str) -> int:
    if kind in _LAST:
        return len(_FIRST) + 1
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The home of a facilitator."""
    assert isinstance(request.user, User)
    today = timezone.localdate()
    buyer = request.GET.get("acheteur", "")[:255]
    context = {
        "portfolio": portfolio_of(request.user, today, buyer=buyer),
        "today": today,
        "buyer": buyer,
        "returned_at": mail_returns.given_up([request.user.email]).get(request.user.email),
    }
    return render(request, "portal/portfolio.html", context)


@require_POST
def mail_again(request: HttpRequest) -> HttpResponse:
    """The reader says that its own address is right: mails leave for it again."""
    assert isinstance(request.user, User)
    mail_returns.try_again(request.user.email)
    messages.success(request, "C’est noté : les prochains courriels partent de nouveau à votre adresse.")
    return redirect("portal:portfolio")
