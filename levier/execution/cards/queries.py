"""What the card shows, and what waits for the structure. Read inside the scope of the person, or of its structure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from levier.accounts.models import User
from levier.core import mail_returns
from levier.execution.models import (
    DeclarationLine,
    DeclarationState,
    Entry,
    EntryState,
    Evidence,
    LineState,
    MonthAnswer,
    MonthWord,
    Participant,
    PeopleAccess,
    PersonProof,
    PersonRequest,
)
from levier.execution.people.scope import acting

ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class CardLine:
    """Hours of one contract in a month, as the person reads them. `seen`: the hours it would confirm."""

    line: DeclarationLine
    hours: Decimal
    company: str
    contract: str
    is_counted: bool
    evidence: str
    answers: tuple[MonthAnswer, ...]

    @property
    def is_confirmed(self) -> bool:
        return self.evidence == Evidence.PERSON

    @property
    def is_said(self) -> bool:
        """Whether the person said « c’est juste », from a printed card or by the link of its mail."""
        return self.is_confirmed or any(one.word == MonthWord.CONFIRMED for one in self.answers)

    @property
    def dispute(self) -> MonthAnswer | None:
        """The one that waits for an answer."""
        return next((one for one in self.answers if one.word == MonthWord.DISPUTED and not one.answer), None)

    @property
    def answered(self) -> MonthAnswer | None:
        """The last answer of the structure about this month."""
        return next((one for one in self.answers if one.answer), None)

    @property
    def may_confirm(self) -> bool:
        return self.is_counted and self.hours > 0 and not self.is_confirmed and self.dispute is None

    @property
    def may_dispute(self) -> bool:
        return self.dispute is None and not self.is_confirmed


@dataclass(frozen=True, slots=True)
class CardMonth:
    """A month of the person."""

    month: date
    lines: tuple[CardLine, ...]

    @property
    def hours(self) -> Decimal:
        return sum((one.hours for one in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class Access:
    """Who opened the sheet, when and why."""

    at: datetime
    who: str
    purpose: str


@dataclass(frozen=True, slots=True)
class AccessDay:
    """The same reader, day and reason, once: how many times."""

    last: Access
    times: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person waits for from its structure."""

    disputes: tuple[MonthAnswer, ...]
    requests: tuple[PersonRequest, ...]
    proofs: tuple[PersonProof, ...]

    def __bool__(self) -> bool:
        return bool(self.disputes or self.requests or self.proofs)


def entries_of(participant: Participant) -> tuple[Entry, ...]:
    """The entries the person knows of: those that wait or are decided, newest first."""
    with acting(person=participant.pk):
        return tuple(participant.entries.select_related("contract", "company").order_by("-entered_on", "-pk"))


def eligible_until(entries: Iterable[Entry]) -> date | None:
    """The last day of the window in force; None when no entry is validated."""
    days = [one.eligible_until for one in entries if one.state == EntryState.VALID and one.eligible_until]
    return max(days, default=None)


def months_of(participant: Participant) -> tuple[CardMonth, ...]:
    """The months the person reads, newest first: what counts, and what was declared and waits. Four SQL queries."""
    with acting(person=participant.pk):
        lines = list(
            DeclarationLine.objects.filter(entry__participant=participant)
            .exclude(state=LineState.REJECTED)
            .exclude(declaration__state=DeclarationState.DRAFT)
            .select_related("declaration", "entry__contract", "entry__company", "posting__reversed_by")
            .order_by("pk")
        )
        said: dict[tuple[int, date], list[MonthAnswer]] = defaultdict(list)
        for answer in MonthAnswer.objects.filter(participant=participant).select_related("line__declaration"):
            said[(answer.line.entry_id, answer.line.declaration.month)].append(answer)
    # A later acceptance replaces an earlier one; a correction that waits leaves what counts.
    kept: dict[tuple[int, date], DeclarationLine] = {}
    for line in lines:
        key = (line.entry_id, line.declaration.month)
        if line.state == LineState.ACCEPTED or key not in kept or kept[key].state != LineState.ACCEPTED:
            kept[key] = line
    months: dict[date, list[CardLine]] = defaultdict(list)
    for key, line in kept.items():
        months[key[1]].append(_line(line, said.get(key, [])))
    return tuple(CardMonth(month, tuple(months[month])) for month in sorted(months, reverse=True))


def _line(line: DeclarationLine, answers: list[MonthAnswer]) -> CardLine:
    is_counted = line.state == LineState.ACCEPTED
    posting = line.posting if is_counted else None
    is_live = posting is not None and getattr(posting, "reversed_by", None) is None
    counted = (line.counted or ZERO) if is_live else ZERO
    return CardLine(
        line=line,
        hours=counted if is_counted else line.hours,
        company=line.entry.company.name,
        contract=line.entry.contract.title,
        is_counted=is_counted,
        evidence=posting.evidence if posting is not None and is_live else "",
        answers=tuple(answers),
    )


def accesses_of(participant: Participant) -> tuple[Access, ...]:
    """Who opened the sheet, newest first; « un facilitateur » for an account without a name, or gone."""
    rows = list(PeopleAccess.objects.filter(participant_id=participant.pk).order_by("-at", "-pk")[:200])
    names = {one.pk: one.get_full_name() for one in User.objects.filter(pk__in={row.by_id for row in rows})}
    return tuple(Access(row.at, _who(row, names), row.get_purpose_display()) for row in rows)


def _who(row: PeopleAccess, names: Mapping[int, str]) -> str:
    return "Votre carte" if row.by_id is None else names.get(row.by_id) or "Un facilitateur"


def by_day(accesses: Iterable[Access]) -> tuple[AccessDay, ...]:
    """Openings grouped by day, reader and reason, newest first: a sheet is often opened ten times in one morning."""
    days: dict[tuple[date, str, str], list[Access]] = defaultdict(list)
    for one in accesses:
        days[timezone.localdate(one.at), one.who, one.purpose].append(one)
    return tuple(AccessDay(found[0], len(found)) for found in days.values())


def requests_of(participant: Participant) -> tuple[PersonRequest, ...]:
    """What the person asked, newest first."""
    with acting(person=participant.pk):
        return tuple(PersonRequest.objects.filter(participant=participant).select_related("answered_by"))


def proofs_of(participant: Participant) -> tuple[PersonProof, ...]:
    """What the person sent, newest first."""
    with acting(person=participant.pk):
        return tuple(PersonProof.objects.filter(participant=participant).select_related("seen_by"))


def waiting_of(participant: Participant) -> Waiting:
    """What this person waits for, for its structure. Three SQL queries."""
    with acting(followers=[participant.follower_id]):
        return Waiting(
            tuple(
                MonthAnswer.objects.filter(participant=participant, word=MonthWord.DISPUTED, answer="")
                .select_related("line__declaration__commitment__contract", "line__entry__company")
                .order_by("due_on")
            ),
            tuple(PersonRequest.objects.filter(participant=participant, answer="").order_by("due_on")),
            tuple(PersonProof.objects.filter(participant=participant).exclude(file="").order_by("sent_at")),
        )


@dataclass(frozen=True, slots=True)
class AskedOfStructures:
    """What people wait for from structures; `lost`: those of a running contract whose mails come back, with since when."""

    asked: tuple[MonthAnswer | PersonRequest | PersonProof, ...]
    lost: tuple[tuple[Participant, datetime], ...]


def asked_of(followers: Iterable[int], today: date) -> AskedOfStructures:
    """Everything people wait for from these structures, read inside their scope. Five SQL queries at most."""
    mine = {"follower__in": list(followers)}
    asked = (
        *MonthAnswer.objects.filter(word=MonthWord.DISPUTED, answer="", **mine).order_by("due_on")[:100],
        *PersonRequest.objects.filter(answer="", **mine).order_by("due_on")[:100],
        *PersonProof.objects.filter(**mine).exclude(file="").order_by("sent_at")[:100],
    )
    running = Participant.objects.filter(entries__left_on=None, entries__contract__ends_on__gte=today, **mine)
    people = list(running.exclude(email="").only("email").distinct())
    gone = mail_returns.given_up(one.email for one in people)
    return AskedOfStructures(asked, tuple((one, gone[one.email]) for one in people if one.email in gone))
