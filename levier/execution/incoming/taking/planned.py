"""What a taking over would write: contracts, people, entries, hours."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from levier.execution.incoming.account import Account, Outcome
from levier.execution.incoming.taking.known import Firm
from levier.execution.models import Contract, Entry, Participant


class StopError(Exception):
    """A line stops here: its outcome, and why."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome: Outcome = outcome
        self.reason = reason


@dataclass(slots=True)
class PlannedContract:
    """A contract a line is about: one that is there, or one to open."""

    existing: Contract | None
    title: str = ""
    reference: str = ""
    buyer: Firm | None = None
    holder: Firm | None = None
    holder_email: str = ""
    departement: str = ""
    notified_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    hours_due: Decimal | None = None

    @property
    def window(self) -> tuple[date | None, date | None]:
        one = self.existing
        return (one.starts_on, one.ends_on) if one else (self.starts_on, self.ends_on)


@dataclass(slots=True)
class PlannedPerson:
    """Somebody a line names: known to the structure, or new."""

    existing: Participant | None
    family: str
    given: str
    birth_on: date | None
    sex: str = ""


@dataclass(slots=True)
class PlannedEntry:
    """Somebody in a contract: an entry that is there, or one to write, from the first month of its hours when no column says it."""

    person: PlannedPerson
    contract: PlannedContract
    existing: Entry | None
    entered_on: date | None
    left_on: date | None
    until: date | None
    modality: str


@dataclass(frozen=True, slots=True)
class PlannedHours:
    """Hours of an entry in a month."""

    entry: PlannedEntry
    month: date
    hours: Decimal


@dataclass(frozen=True, slots=True)
class PlannedOpening:
    """The hours a contract counted before, in one total, up to a day."""

    contract: PlannedContract
    hours: Decimal
    until: date


@dataclass(frozen=True, slots=True)
class Undated:
    """A contract to open whose dates the table does not say: its words, the first and the last month of its hours."""

    words: str
    first: date | None
    last: date | None


@dataclass(slots=True)
class Plan:
    """What would be written, and the account. `asked`: names whose SIREN must be said; `undated`: contracts whose dates must be."""

    contracts: dict[str, PlannedContract] = field(default_factory=dict)
    people: dict[str, PlannedPerson] = field(default_factory=dict)
    entries: dict[tuple[int, int], PlannedEntry] = field(default_factory=dict)
    hours: list[PlannedHours] = field(default_factory=list)
    openings: dict[str, PlannedOpening] = field(default_factory=dict)
    account: Account = field(default_factory=Account)
    asked: dict[str, str] = field(default_factory=dict)
    undated: dict[str, Undated] = field(default_factory=dict)

    @property
    def new_contracts(self) -> list[PlannedContract]:
        return [one for one in self.contracts.values() if one.existing is None]
