"""What forbids to count hours anew: a contract that is closed, a total taken over in one line that holds them already."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from levier.core.typography import day, figure
from levier.execution.errors import RefusedError
from levier.execution.models import Account, Commitment, ContractClosing, LedgerPosting, PostingKind
from levier.rulebook.months import first_of


def openings_of(contracts: Iterable[int]) -> dict[int, LedgerPosting]:
    """By contract, the total of hours taken over in one line, while it stands. One SQL query."""
    rows = LedgerPosting.objects.filter(
        contract__in=list(contracts),
        account=Account.DONE,
        person_month=None,
        kind=PostingKind.DONE,
        reversed_by=None,
    )
    return {one.contract_id: one for one in rows if one.contract_id is not None}


@dataclass(frozen=True, slots=True)
class LedgerMonths:
    """The ledger of a contract by month of effect: hours due, hours done, and the total taken over that stands among them."""

    due: Mapping[date, Decimal]
    done: Mapping[date, Decimal]
    opening: LedgerPosting | None


def months_of(lines: Sequence[LedgerPosting]) -> LedgerMonths:
    """Of lines already read, with what reverses them."""
    due: dict[date, Decimal] = defaultdict(Decimal)
    done: dict[date, Decimal] = defaultdict(Decimal)
    opening = None
    for one in lines:
        (due if one.account == Account.DUE else done)[first_of(one.effective_on)] += one.hours
        is_total = (
            one.account == Account.DONE and one.kind == PostingKind.DONE and one.person_month_id is None
        )
        if is_total and getattr(one, "reversed_by", None) is None:
            opening = one
    return LedgerMonths(due, done, opening)


def told_in_opening(opening: LedgerPosting, *, may_reverse: bool = True) -> str:
    """Why the hours of a month cannot be counted beside the total that holds them already."""
    told = f"{figure(opening.hours, 2)} h de ce contrat sont reprises en un total jusqu’au {day(opening.effective_on)} : "
    if may_reverse:
        return f"{told}annulez d’abord cette écriture, sur la page du contrat, pour compter le détail."
    return f"{told}ce mois y est déjà compté, il n’est plus à déclarer."


@dataclass(frozen=True, slots=True)
class Limits:
    """Read once under the lock of a commitment, then asked of each of its lines: nothing of it changes while that lock is held."""

    closed_on: date | None
    opening: LedgerPosting | None

    def refuse_new(self) -> None:
        """Raises RefusedError when the contract is closed: it owes and counts nothing new; what it counted may be corrected."""
        if self.closed_on is not None:
            raise RefusedError(
                f"Ce contrat est clos depuis le {day(self.closed_on)} : seules les heures déjà comptées se corrigent."
            )

    def refuse_months(self, months: Iterable[date]) -> None:
        """Raises RefusedError when one of these months is inside the total taken over."""
        if self.opening is not None and any(self.holds(month) for month in months):
            raise RefusedError(told_in_opening(self.opening))

    def holds(self, month: date) -> bool:
        """Whether the total taken over counts this month already."""
        return self.opening is not None and month <= self.opening.effective_on


def limits_of(commitment: Commitment) -> Limits:
    """What the contract of a commitment refuses to count. Two SQL queries."""
    contract = commitment.contract_id
    return Limits(closed_on(contract), openings_of([contract]).get(contract))


def closed_on(contract: int) -> date | None:
    """The day this contract was closed."""
    rows = ContractClosing.objects.filter(contract=contract, closed_at__isnull=False)
    found = rows.values_list("closed_at", flat=True).first()
    return timezone.localdate(found) if found else None
