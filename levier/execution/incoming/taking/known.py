"""What a structure already has: its contracts, its people and their months, loaded once in a constant number of queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from levier.execution.incoming.sheets import folded
from levier.execution.models import (
    Contract,
    DeclarationLine,
    Entry,
    EntryState,
    LedgerHead,
    LedgerPosting,
    LineState,
    Participant,
    PersonMonth,
)
from levier.execution.queries.openings import openings_of
from levier.organisations.identifiers import clean_digits, is_valid_siren
from levier.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Firm:
    """A legal unit as a file names it; `pk` once it is known here."""

    siren: str
    name: str
    pk: int | None = None


@dataclass(slots=True)
class Known:
    """Everything a line may already be. Read inside the scope of the structure."""

    structure: Organisation
    contracts: list[Contract]
    people: dict[str, list[Participant]]
    entries: dict[tuple[UUID, int], list[Entry]]
    cells: dict[tuple[int, date], Decimal]
    months: dict[tuple[UUID, int, date], PersonMonth]
    sirens: dict[str, str]
    # Contracts that count hours done already, and the totals taken over before.
    counting: set[int]
    openings: dict[int, LedgerPosting]
    # Names of this file whose SIREN was said on screen, with it: what was said may be wrong.
    told: dict[str, str] = field(default_factory=dict)
    _firms: dict[str, Firm | None] = field(default_factory=dict)

    def contract(self, *, reference: str, title: str, holder: Firm | None) -> list[Contract]:
        """Those a line may mean: by reference when both have one, else by title, and holder when it says one."""
        if reference:
            found = [one for one in self.contracts if folded(one.reference) == folded(reference)]
            if found:
                return found
        return [
            one
            for one in self.contracts
            if title
            and folded(one.title) == folded(title)
            and (not reference or not one.reference)
            and (holder is None or holder.pk == one.holder_id)
        ]

    def firm(self, *, siren: str, name: str) -> Firm | None:
        """The legal unit of a SIREN or SIRET; else of a name already met, or whose SIREN was said on screen. None: to be asked."""
        digits = clean_digits(siren)[:9]
        if not digits and (said := self.sirens.get(folded(name), "")):
            self.told[name.strip()] = digits = said
        key = f"{digits}|{'' if digits else folded(name)}"
        if key not in self._firms:
            self._firms[key] = self._found(digits, name)
        return self._firms[key]

    def _found(self, digits: str, name: str) -> Firm | None:
        if digits:
            known = Organisation.objects.filter(siren=digits).first()
            if known:
                return Firm(digits, known.name, known.pk)
            return Firm(digits, name.strip()) if is_valid_siren(digits) and name.strip() else None
        if not name.strip():
            return None
        names = {
            one.siren: Firm(one.siren, one.name, one.pk)
            for contract in self.contracts
            for one in (contract.buyer, contract.holder)
            if one.siren and folded(one.name) == folded(name)
        }
        own = self.structure
        if own.siren and folded(own.name) == folded(name):
            names[own.siren] = Firm(own.siren, own.name, own.pk)
        return next(iter(names.values())) if len(names) == 1 else None


def person_key(family: str, given: str) -> str:
    """Two spellings of one name give one key."""
    return f"{folded(family)}|{folded(given)}"


def load(structure: Organisation, *, sirens: Mapping[str, str]) -> Known:
    """What the structure has today. Seven SQL queries."""
    contracts = list(
        Contract.objects.filter(
            Q(facilitator=structure) | Q(facilitator=None, buyer=structure), removed_at=None
        )
        .select_related("buyer", "holder")
        .prefetch_related("commitments")
        .order_by("pk")
    )
    people: dict[str, list[Participant]] = defaultdict(list)
    for one in Participant.objects.filter(follower=structure, anonymised_at=None):
        people[person_key(one.family_name, one.given_name)].append(one)
    entries: dict[tuple[UUID, int], list[Entry]] = defaultdict(list)
    rows = Entry.objects.filter(contract__in=contracts).exclude(state=EntryState.REFUSED)
    for entry in rows.order_by("entered_on", "pk"):
        entries[entry.participant_id, entry.contract_id].append(entry)
    cells: dict[tuple[int, date], Decimal] = {}
    lines = (
        DeclarationLine.objects.filter(declaration__commitment__contract__in=contracts)
        .exclude(state=LineState.REJECTED)
        .exclude(posting__reversed_by__isnull=False)
        .order_by("pk")
    )
    for entry_id, month, hours, counted in lines.values_list(
        "entry_id", "declaration__month", "hours", "counted"
    ):
        cells[entry_id, month] = hours if counted is None else counted
    keys = [one.pk for same in people.values() for one in same]
    return Known(
        structure, contracts, people, entries, cells,
        {
            (one.participant_id, one.employer_id, one.month): one
            for one in PersonMonth.objects.filter(participant_id__in=keys)
        },
        dict(sirens),
        set(LedgerHead.objects.filter(commitment__contract__in=contracts, done__gt=0).values_list("commitment__contract", flat=True)),
        openings_of([one.pk for one in contracts]),
    )  # fmt: skip
