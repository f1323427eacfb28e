"""What the winner of a lot reads of its contract, once that contract is written here."""

from dataclasses import replace
from decimal import Decimal

from levier.clauses.offers.winners import WinnerFile
from levier.execution.models import Commitment, CommitmentKind


def with_hours_of_contract(found: WinnerFile) -> WinnerFile:
    """The hours of the contract once it is written here, all members together: the offer kept may promise more than the market asks."""
    owed = Commitment.objects.filter(contract__lot=found.lot).values_list("kind", "hours")
    if not owed or any(kind != CommitmentKind.FIXED for kind, _ in owed):
        return found
    return replace(found, hours=sum((hours or Decimal() for _, hours in owed), Decimal()), may_owe_more=False)
