"""Every business write of the room: contracts, what moves the hours due, the ledger."""

from levier.execution.actions.awardable import check_notified
from levier.execution.actions.contacts import ContactPerson, set_contacts, set_party_email
from levier.execution.actions.contracts import (
    CommitmentValues,
    ContractValues,
    Member,
    add_commitment,
    add_subcontractor,
    award_lot,
    firm,
    name_rules,
    open_contract,
)
from levier.execution.actions.moving import add_order, cancel_order, decide_amendment, propose_amendment
from levier.execution.actions.opening import post_opening
from levier.execution.actions.posting import (
    post_done,
    post_due,
    post_many_done,
    reallocate,
    record_month,
    reverse,
    reverse_many,
)
from levier.execution.actions.transferring import ask_transfer, decide_transfer

__all__ = [
    "CommitmentValues",
    "ContactPerson",
    "ContractValues",
    "Member",
    "add_commitment",
    "add_order",
    "add_subcontractor",
    "ask_transfer",
    "award_lot",
    "cancel_order",
    "check_notified",
    "decide_amendment",
    "decide_transfer",
    "firm",
    "name_rules",
    "open_contract",
    "post_done",
    "post_due",
    "post_many_done",
    "post_opening",
    "propose_amendment",
    "reallocate",
    "record_month",
    "reverse",
    "reverse_many",
    "set_contacts",
    "set_party_email",
]
