"""The whole answer to a need, as frozen values: what the page, the command line and the API show."""

from dataclasses import dataclass
from datetime import date

from levier.clauses.drafting import ClauseDraft
from levier.directory.queries import SupplierCard
from levier.dossier.need import Need
from levier.dossier.next_steps import Step
from levier.facilitators.answers import FacilitatorAnswer
from levier.purchasing.queries import SimilarContract
from levier.rulebook.calibration import LotCalibration
from levier.rulebook.levers import LeverAdvice, Obligation
from levier.rulebook.potential import Potential


@dataclass(frozen=True)
class OpenQuestion:
    """A question whose answer decides something: the chip to fill, and what it changes."""

    field: str
    text: str
    why: str = ""


@dataclass(frozen=True)
class SupplierLine:
    """A supplier on a shelf: its card, how far it is, and why it is there."""

    card: SupplierCard
    distance_km: float | None
    is_distance_rough: bool
    why: str


@dataclass(frozen=True)
class Shelf:
    """One shelf: the nearest suppliers first, how many there are in all, and how far the count goes.

    ``radius_km`` and ``sectors`` are what was searched, so that the directory can show the rest.
    """

    code: str
    title: str
    total: int
    scope: str
    lines: tuple[SupplierLine, ...]
    note: str = ""
    radius_km: float | None = None
    sectors: tuple[str, ...] = ()


@dataclass(frozen=True)
class SupplierShelves:
    """Who can do the work, who can supply people, and who never said what they do."""

    work: Shelf
    people: Shelf
    unknown: Shelf
    hint: Potential | None
    is_demonstration: bool

    @property
    def total(self) -> int:
        """Matched suppliers; those whose activities nobody states are counted apart."""
        return self.work.total + self.people.total


@dataclass(frozen=True)
class ThreeLines:
    """The answer in three lines: the lever, the hours, the suppliers."""

    lever: str
    hours: str
    suppliers: str


@dataclass(frozen=True)
class Dossier:
    """One need in, everything out. ``chosen`` is the lever the first clause text is written for."""

    need: Need
    made_on: date
    answer: ThreeLines
    levers: tuple[LeverAdvice, ...]
    chosen: LeverAdvice | None
    calibration: LotCalibration | None
    suppliers: SupplierShelves
    questions: tuple[OpenQuestion, ...]
    facilitator: FacilitatorAnswer
    similar_contracts: tuple[SimilarContract, ...]
    clause: ClauseDraft | None
    next_steps: tuple[Step, ...]
    warnings: tuple[str, ...]

    @property
    def retained_levers(self) -> tuple[LeverAdvice, ...]:
        """The levers that stay on the table."""
        return tuple(advice for advice in self.levers if advice.is_retained)

    @property
    def levers_set_aside(self) -> tuple[LeverAdvice, ...]:
        """The others, with the reason they are set aside."""
        return tuple(advice for advice in self.levers if not advice.is_retained)

    @property
    def obligation(self) -> Obligation | None:
        """The legal duty that weighs on the need, if any."""
        return next((advice.obligation for advice in self.levers if advice.obligation), None)
