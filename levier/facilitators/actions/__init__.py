"""Writes of the facilitators room."""

from levier.facilitators.actions.importing import (
    StructureReport,
    UnreadableFileError,
    clear_demo,
    import_structures,
    load_demo,
)
from levier.facilitators.actions.people import (
    PersonValues,
    end_animator,
    name_animator,
    remove_person,
    save_person,
)
from levier.facilitators.actions.referrals import (
    ReferralValues,
    accept_request,
    answered_outside,
    ask_facilitator,
    ask_question,
    decline_request,
    holder_for,
    pass_on_late_requests,
    raise_to_animation,
    reply_to_question,
    withdraw_request,
)
from levier.facilitators.actions.structures import (
    StructureValues,
    claim_structure,
    contact_structure,
    decide_claim,
    detach_structure,
    update_structure,
    verify_structure,
)

__all__ = [
    "PersonValues",
    "ReferralValues",
    "StructureReport",
    "StructureValues",
    "UnreadableFileError",
    "accept_request",
    "answered_outside",
    "ask_facilitator",
    "ask_question",
    "claim_structure",
    "clear_demo",
    "contact_structure",
    "decide_claim",
    "decline_request",
    "detach_structure",
    "end_animator",
    "holder_for",
    "import_structures",
    "load_demo",
    "name_animator",
    "pass_on_late_requests",
    "raise_to_animation",
    "remove_person",
    "reply_to_question",
    "save_person",
    "update_structure",
    "verify_structure",
    "withdraw_request",
]
