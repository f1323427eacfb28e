"""Which rule set of publics an entry in a contract is read by."""

from typing import Final

from levier.execution.models import Contract
from levier.rulebook.eligibility import set_keys

# While nobody said which: a public contract usually refers to the CCAG.
USUAL: Final = "ccag_2021"


def rules_of(contract: Contract, *, usual: str = USUAL) -> str:
    """The key of the set that the commitments of a contract name; `usual` while they name none. One SQL query."""
    named = (one.publics_rule for one in contract.commitments.all() if one.publics_rule in set_keys())
    return next(named, usual)
