"""A declared line and all that is known around it: what the checks read. Plain values, no name of a person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from levier.rulebook.months import first_of


@dataclass(frozen=True, slots=True)
class Line:
    """One line as declared: hours of one person, one month, one contract. Nothing is corrected before the checks.

    `hours` is what was read, whatever it is; `employer` and `declared_by` are keys of organisations; `comment` is free text.
    """

    month: date | None
    hours: Decimal | float | None
    modality: str = "embauche"
    place: str = "on_site"
    training_hours: Decimal = Decimal(0)
    tutoring_hours: Decimal = Decimal(0)
    employer: str = ""
    declared_by: str = ""
    comment: str = ""

    @property
    def amount(self) -> Decimal | None:
        """The hours as an exact figure; None when they are no finite number."""
        if self.hours is None or isinstance(self.hours, bool):
            return None
        if isinstance(self.hours, float):
            # repr is what was typed: 7.1 stays 7.1 and not 7.0999…
            return Decimal(repr(self.hours)) if math.isfinite(self.hours) else None
        try:
            return self.hours if self.hours.is_finite() else None
        except (AttributeError, InvalidOperation):
            return None


@dataclass(frozen=True, slots=True)
class Around:
    """What the platform knows around a line on the day of the check; an unknown fact (None) checks nothing.

    `history`: hours by month of the same person on the same contract, this line apart. `other_employers`: hours of the month
    with other employers. `worked` and `allocated`: hours worked in the month, and those counted by other contracts.
    `contract_month` and `contract_pace`: hours of the month on the contract, this line included, and those expected.
    `structure_convention`: whether the structure had a valid one; None when its kind needs none.
    """

    today: date
    contract_from: date | None = None
    contract_to: date | None = None
    hired_on: date | None = None
    left_on: date | None = None
    eligible_from: date | None = None
    eligible_until: date | None = None
    is_validated: bool = True
    notice_given: bool = True
    proof_seen: bool = True
    entry_on: date | None = None
    proof_valid_to: date | None = None
    closed_on: date | None = None
    due_on: date | None = None
    declared_on: date | None = None
    history: tuple[tuple[date, Decimal], ...] = ()
    has_same_line: bool = False
    other_employers: Decimal = Decimal(0)
    worked: Decimal | None = None
    allocated: Decimal = Decimal(0)
    ai_total_before: Decimal = Decimal(0)
    ai_ceiling_lifted: bool = False
    in_company: bool = True
    counterpart_hours: Decimal | None = None
    contract_month: Decimal | None = None
    contract_pace: Decimal | None = None
    commitment_left: Decimal | None = None
    known_modalities: frozenset[str] = frozenset()
    accepted_modalities: frozenset[str] | None = None
    places: frozenset[str] | None = None
    structure_convention: bool | None = None
    holders: frozenset[str] | None = None
    subcontractors: frozenset[str] = frozenset()
    departement: str = ""

    def before(self, month: date) -> list[tuple[date, Decimal]]:
        """The earlier months of the person on the contract, oldest first."""
        return sorted(
            (first_of(when), hours) for when, hours in self.history if first_of(when) < first_of(month)
        )
