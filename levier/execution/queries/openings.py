"""Totals of hours taken over in one line: which contracts have one, and what it forbids to count beside it."""

from collections.abc import Iterable
from datetime import date

from levier.core.typography import day, figure
from levier.execution.errors import RefusedError
from levier.execution.models import Account, Commitment, LedgerPosting, PostingKind


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


def told_in_opening(opening: LedgerPosting) -> str:
    """Why the hours of a month cannot be counted beside the total that holds them already."""
    return (
        f"{figure(opening.hours, 2)} h de ce contrat sont reprises en un total jusqu’au {day(opening.effective_on)} : annulez d’abord "
        "cette écriture, sur la page du contrat, pour compter le détail."
    )


def refuse_opened(commitment: Commitment, months: Iterable[date]) -> None:
    """Raises RefusedError when one of these months is inside the total taken over."""
    opening = openings_of([commitment.contract_id]).get(commitment.contract_id)
    if opening is not None and any(month <= opening.effective_on for month in months):
        raise RefusedError(told_in_opening(opening))
