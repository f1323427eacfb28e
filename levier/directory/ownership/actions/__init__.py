"""Writes of owned sheets: claims, what the owner says, free teams, mailed confirmations, reviewing networks."""

from levier.directory.ownership.actions.capacities import (
    CapacityLine,
    renew_capacities,
    state_capacities,
)
from levier.directory.ownership.actions.claims import (
    ask_for_sheet,
    close_forgotten_claims,
    decide_on_document,
    decide_on_rival,
    prove_by_code,
    send_document,
    withdraw_claim,
)
from levier.directory.ownership.actions.fading import tell_what_faded
from levier.directory.ownership.actions.granting import choose_sheets
from levier.directory.ownership.actions.networks import name_reviewing_network, remove_reviewing_network
from levier.directory.ownership.actions.numbers import confirm_number, tell_of_numbers
from levier.directory.ownership.actions.reminders import (
    ask_for_capacities,
    forget_old_links,
    remind_of_sheets,
    use_link,
)
from levier.directory.ownership.actions.statements import (
    ContactLine,
    confirm_sheet,
    state_contacts,
    state_groups,
)

__all__ = [
    "CapacityLine",
    "ContactLine",
    "ask_for_capacities",
    "ask_for_sheet",
    "choose_sheets",
    "close_forgotten_claims",
    "confirm_number",
    "confirm_sheet",
    "decide_on_document",
    "decide_on_rival",
    "forget_old_links",
    "name_reviewing_network",
    "prove_by_code",
    "remind_of_sheets",
    "remove_reviewing_network",
    "renew_capacities",
    "send_document",
    "state_capacities",
    "state_contacts",
    "state_groups",
    "tell_of_numbers",
    "tell_what_faded",
    "use_link",
    "withdraw_claim",
]
