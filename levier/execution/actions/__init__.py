"""Every business write of the room: contracts, what moves the hours due, the ledger."""

from levier.execution.actions.contracts import (
    CommitmentValues,
    ContactPerson,
    ContractValues,
    Member,
    add_commitment,
    add_subcontractor,
    award_lot,
    firm,
    name_rules,
    open_contract,
    set_contacts,
)
from levier.execution.actions.moving import add_order, cancel_order, decide_amendment, propose_amendment
from levier.execution.actions.posting import (
    post_done,
    post_due,
    post_many_done,
    reallocate,
    record_month,
    reverse,
    reverse_many,
)

__all__ = [
    "CommitmentValues",
    "ContactPerson",
    "ContractValues",
    "Member",
    "add_commitment",
    "add_order",
    "add_subcontractor",
    "award_lot",
    "cancel_order",
    "decide_amendment",
    "firm",
    "name_rules",
    "open_contract",
    "post_done",
    "post_due",
    "post_many_done",
    "propose_amendment",
    "reallocate",
    "record_month",
    "reverse",
    "reverse_many",
    "set_contacts",
]
