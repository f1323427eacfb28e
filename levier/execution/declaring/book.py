"""The book of a commitment: its people, their declared lines, their months; and what the rules say of any cell of it.

Loaded in a constant number of queries, inside the scope of a desk. Nothing is written here.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import cast

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from levier.execution.declaring.policies import Desk
from levier.execution.models import (
    LONGEST_MONTH_HOURS,
    Commitment,
    DeclarationLine,
    Entry,
    EntryReason,
    EntryState,
    LedgerHead,
    LineState,
    PersonMonth,
    PostKind,
)
from levier.execution.queries.openings import Limits, limits_of, told_in_opening
from levier.rulebook import counting, parameters
from levier.rulebook.counting import (
    Questioned,
    Share,
    count_month,
    counting_keys,
    counting_rules,
    counts_on,
)
from levier.rulebook.declaring import ALWAYS_BLOCK, Around, Finding, Line, check
from levier.rulebook.modalities import modalities
from levier.rulebook.months import add_months, first_of

# A line with one of these is not kept at all: no figure, no month, or somebody who was told nothing about its data.
NOT_KEPT = ALWAYS_BLOCK | {"privacy_notice_missing", "month_in_future"}
# Nobody accepts these in spite of the remark: the entry is decided first.
NOT_ACCEPTED = NOT_KEPT | {"person_not_validated"}
ZERO = Decimal()
Key = tuple[int, date]


@dataclass(frozen=True, slots=True)
class Cell:
    """A person's month: the line in force (accepted), the one that is open, the last rejected. `own`: hours the ledger counts for it."""

    current: DeclarationLine | None = None
    open: DeclarationLine | None = None
    rejected: DeclarationLine | None = None
    own: Decimal = ZERO

    @property
    def hours(self) -> Decimal | None:
        """The figure to show: what is declared, else what counts."""
        if self.open:
            return self.open.hours
        return self.own if self.current else None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of hours in a cell: remarks, hours that count, hours that wait and why."""

    findings: tuple[Finding, ...]
    counted: Decimal
    questioned: tuple[Questioned, ...]

    @property
    def is_green(self) -> bool:
        return not self.findings and not self.questioned

    @property
    def is_blocked(self) -> bool:
        return bool(self.questioned) or any(one.is_blocking for one in self.findings)

    @property
    def is_acceptable(self) -> bool:
        """Whether a facilitator may accept in spite of the remarks."""
        return not any(one.rule.name in NOT_ACCEPTED for one in self.findings)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each remark once, the blocking ones first."""
        ordered = sorted(self.findings, key=lambda one: not one.is_blocking)
        said = [one.sentence for one in ordered]
        # The same fact read by both sets of rules is said once, by the check.
        twins = {"eligibility_window", "contract_window", "presence", "eligibility", "worked"}
        if any(one.is_blocking for one in self.findings):
            return tuple(said + [one.sentence for one in self.questioned if one.rule not in twins])
        return tuple(said + [one.sentence for one in self.questioned])


@dataclass(frozen=True, slots=True)
class Book:
    """Everything around the cells of one commitment, for one desk."""

    desk: Desk
    commitment: Commitment
    today: date
    left: Decimal
    limits: Limits
    entries: dict[int, Entry]
    reasons: dict[int, EntryReason]
    cells: dict[Key, Cell]
    months: dict[tuple[str, int, date], PersonMonth]
    # The same, found at once: hours declared by entry, months by person.
    history: dict[int, list[tuple[date, Decimal]]]
    months_of: dict[tuple[str, date], list[PersonMonth]]
    # Hours through an association intermédiaire on other commitments, by person: its ceiling is one for all of them.
    ai_elsewhere: dict[str, list[tuple[date, Decimal]]]

    def cell(self, key: Key) -> Cell:
        return self.cells.get(key, Cell())

    def person_month(self, key: Key) -> PersonMonth | None:
        entry = self.entries[key[0]]
        return self.months.get((str(entry.participant_id), entry.company_id, key[1]))

    def worked_after(self, key: Key, hours: Decimal) -> Decimal:
        """Hours worked that month for the employer once these are declared: a correction moves them, a first line makes them."""
        month, own = self.person_month(key), self.cell(key).own
        if month is None or not month.worked:
            return hours
        return month.worked - own + hours if own else month.worked

    def others(self, key: Key) -> Decimal:
        """Hours of that month the ledger counts elsewhere than in this cell."""
        month = self.person_month(key)
        return month.allocated - self.cell(key).own if month else ZERO

    def present(self, month: date) -> list[int]:
        """The entries of the people who were there that month."""
        return [pk for pk, entry in self.entries.items() if not is_away(entry, month)]

    def refusal(self, key: Key, hours: Decimal) -> str:
        """Why hours cannot even be kept; empty when they can."""
        found = check(self._line(key, hours), self._around(key, hours), only=NOT_KEPT)
        return self.refusal_of(key, found, hours)

    def refusal_of(self, key: Key, findings: Iterable[Finding], hours: Decimal) -> str:
        """The same, of remarks already read."""
        if hours and self.limits.opening and self.limits.holds(key[1]):
            return told_in_opening(self.limits.opening, may_reverse=self.desk.is_facilitator)
        told = next((one.sentence for one in findings if one.rule.name in NOT_KEPT), "")
        if not told and hours > LONGEST_MONTH_HOURS:
            return f"Un mois compte au plus {LONGEST_MONTH_HOURS} heures : vérifiez ce nombre."
        return told

    def judge(self, key: Key, hours: Decimal) -> Judged:
        """What the checks and the count say of hours that can be kept."""
        entry, contract = self.entries[key[0]], self.desk.contract
        rule = self.commitment.counting_rule
        is_valid = entry.state == EntryState.VALID
        whole = max(ZERO, self.worked_after(key, hours) - self.others(key))
        person = counting.PersonMonth(
            month=key[1],
            worked=whole,
            shares=(
                Share(
                    contract=contract.title,
                    hours=hours,
                    rules=counting_rules(rule if rule in counting_keys() else "national"),
                    modality=entry.modality,
                    hired_on=entry.entered_on,
                    left_on=entry.left_on,
                    is_cdi=entry.work_contract == PostKind.CDI,
                    lot_from=contract.starts_on,
                    lot_to=contract.ends_on,
                    operation_from=contract.starts_on,
                    operation_to=contract.ends_on,
                ),
            ),
            eligible_from=entry.eligible_from if is_valid else None,
            eligible_until=entry.eligible_until if is_valid else None,
            ai_before=tuple(self._ai_before(key)),
        )
        share = count_month(person).shares[0]
        return Judged(
            check(self._line(key, hours), self._around(key, hours), contract.check_switches),
            share.counted,
            share.questioned,
        )

    def _line(self, key: Key, hours: Decimal) -> Line:
        entry = self.entries[key[0]]
        return Line(month=key[1], hours=hours, modality=entry.modality, employer=str(entry.company_id))

    def _history(self, key: Key) -> list[tuple[date, Decimal]]:
        return [(month, hours) for month, hours in self.history.get(key[0], ()) if month < key[1]]

    def _ai_before(self, key: Key) -> list[tuple[date, Decimal]]:
        """Hours through an association intermédiaire before a month, whatever the contract, over the months of the ceiling."""
        entry = self.entries[key[0]]
        if entry.modality != "ai":
            return []
        oldest = add_months(key[1], 1 - int(parameters.get("ai_ceiling_months", "", key[1]).value))
        own = [
            pair for pk, one in self.entries.items()
            if one.participant_id == entry.participant_id and one.modality == "ai" for pair in self.history.get(pk, ())
        ]  # fmt: skip
        elsewhere = self.ai_elsewhere.get(str(entry.participant_id), [])
        # The same month on another contract counts as well; the cell itself does not.
        before = [(month, hours) for month, hours in own if oldest <= month < key[1]]
        return before + [(month, hours) for month, hours in elsewhere if oldest <= month <= key[1]]

    def _around(self, key: Key, hours: Decimal = ZERO) -> Around:
        entry, contract, month = self.entries[key[0]], self.desk.contract, self.person_month(key)
        reason = self.reasons.get(entry.pk)
        is_valid = entry.state == EntryState.VALID
        others, history = self.others(key), self._history(key)
        elsewhere = (
            one.worked
            for one in self.months_of.get((str(entry.participant_id), key[1]), ())
            if one.employer_id != entry.company_id
        )
        # A company learns neither the proof nor the hours of its people with other employers.
        is_told = self.desk.is_facilitator
        return Around(
            today=self.today,
            contract_from=contract.starts_on,
            contract_to=contract.ends_on,
            hired_on=entry.entered_on,
            left_on=entry.left_on,
            eligible_from=entry.eligible_from if is_valid else None,
            eligible_until=_checked_until(entry),
            is_validated=is_valid,
            notice_given=entry.participant.notice_on is not None,
            proof_seen=not is_told or bool(reason and reason.seen_on),
            entry_on=entry.entered_on,
            proof_valid_to=reason.proof_valid_to if reason else None,
            history=tuple(history),
            other_employers=sum(elsewhere, ZERO) if is_told else ZERO,
            worked=self.worked_after(key, hours) if month else None,
            allocated=others,
            ai_total_before=sum((one for _, one in self._ai_before(key)), ZERO),
            # A subcontractor does not learn what its holder still owes.
            commitment_left=None if self.desk.is_subcontractor else self.left + self.cell(key).own,
            known_modalities=frozenset(one.key for one in modalities()),
            departement=contract.departement_code,
        )


def _checked_until(entry: Entry) -> date | None:
    """The day after which hours are remarked; None for a CDI signed in the window, that has a limit of its own (`rulebook.counting`)."""
    if entry.state != EntryState.VALID or (
        entry.work_contract == PostKind.CDI
        and counts_on(entry.entered_on, entry.eligible_from, entry.eligible_until)
    ):
        return None
    return entry.eligible_until


def is_away(entry: Entry, month: date) -> bool:
    """Whether somebody had not come yet, or was gone, that month."""
    return first_of(entry.entered_on) > month or (entry.left_on is not None and entry.left_on < month)


def load(desk: Desk, commitment: Commitment) -> Book:
    """The book of a commitment, to be read inside the scope of its desk. Eight SQL queries at most."""
    entries = {one.pk: one for one in _entries(desk, commitment)}
    reasons = (
        {one.pk: one for one in EntryReason.objects.filter(entry__in=list(entries))}
        if desk.is_facilitator
        else {}
    )
    lines = (
        DeclarationLine.objects.filter(declaration__commitment=commitment, entry__in=list(entries))
        .select_related("declaration", "posting__reversed_by")
        .order_by("pk")
    )
    people = {one.participant_id for one in entries.values()}
    head = LedgerHead.objects.get(pk=commitment.pk)
    cells = _cells(lines)
    history: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for (entry, month), cell in cells.items():
        if cell.hours is not None:
            history[entry].append((month, cell.hours))
    months = {
        (str(one.participant_id), one.employer_id, one.month): one
        for one in PersonMonth.objects.filter(participant_id__in=people)
    }
    months_of: dict[tuple[str, date], list[PersonMonth]] = defaultdict(list)
    for (person, _, month), worked in months.items():
        months_of[person, month].append(worked)
    return Book(
        desk=desk,
        commitment=commitment,
        today=timezone.localdate(),
        left=head.due - head.done,
        # Two queries, when something is to be written alone.
        limits=cast("Limits", SimpleLazyObject(partial(limits_of, commitment))),
        entries=entries,
        reasons=reasons,
        cells=cells,
        months=months,
        history=dict(history),
        months_of=dict(months_of),
        ai_elsewhere=_ai_elsewhere(commitment, entries.values()),
    )


def _entries(desk: Desk, commitment: Commitment) -> Iterable[Entry]:
    """The people who do the hours of a commitment: those of its company, and of whoever has no commitment of its own."""
    rows = Entry.objects.filter(contract=desk.contract).exclude(state=EntryState.REFUSED)
    if not desk.is_facilitator:
        rows = rows.filter(company__in=desk.organisations)
    others = desk.contract.commitments.exclude(contractor=commitment.contractor_id).values("contractor")
    return (
        rows.exclude(company__in=others)
        .select_related("participant", "company")
        .order_by("participant__family_name", "participant__given_name", "entered_on", "pk")
    )


def _ai_elsewhere(commitment: Commitment, entries: Iterable[Entry]) -> dict[str, list[tuple[date, Decimal]]]:
    """Hours that count, or wait, through an association intermédiaire on other commitments; no query when nobody comes from one."""
    people = {one.participant_id for one in entries if one.modality == "ai"}
    if not people:
        return {}
    lines = (
        DeclarationLine.objects.filter(entry__participant__in=people, entry__modality="ai")
        .exclude(declaration__commitment=commitment)
        .select_related("declaration", "entry", "posting__reversed_by")
        .order_by("pk")
    )
    person = {one.entry_id: str(one.entry.participant_id) for one in lines}
    found: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for (entry, month), cell in _cells(lines).items():
        if cell.hours:
            found[person[entry]].append((month, cell.hours))
    return dict(found)


def _cells(lines: Iterable[DeclarationLine]) -> dict[Key, Cell]:
    """By entry and month, from lines in the order they were written: a later acceptance replaces an earlier one."""
    found: dict[Key, Cell] = {}
    for line in lines:
        key = (line.entry_id, line.declaration.month)
        cell = found.get(key, Cell())
        if line.is_open:
            found[key] = Cell(cell.current, line, cell.rejected, cell.own)
        elif line.state == LineState.ACCEPTED:
            posting = line.posting
            is_counted = posting is not None and getattr(posting, "reversed_by", None) is None
            found[key] = Cell(line, cell.open, None, (line.counted or ZERO) if is_counted else ZERO)
        else:
            found[key] = Cell(cell.current, cell.open, line, cell.own)
    return found
