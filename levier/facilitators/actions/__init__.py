"""Writes of the facilitators room."""

from levier.facilitators.actions.conventions import (
    CommitmentValues,
    ConventionValues,
    PartyValues,
    delete_convention,
    propose_convention,
    rework_convention,
    save_convention,
)
from levier.facilitators.actions.ending import end_convention, follow_terms
from levier.facilitators.actions.importing import (
    StructureReport,
    UnreadableFileError,
    clear_demo,
    import_structures,
    load_demo,
    load_demo_network,
)
from levier.facilitators.actions.measures import confirm_commitment, record_measure_fact, type_measure_fact
from levier.facilitators.actions.objecting import object_to_convention
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
from levier.facilitators.actions.registering import RegisteredValues, register_structure
from levier.facilitators.actions.renewing import renew_convention
from levier.facilitators.actions.signing import (
    deposit_copy,
    has_space,
    recognise_copy,
    sign_convention,
    vouch_for_party,
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
from levier.facilitators.actions.trade_bodies import (
    hide_trade_body,
    import_trade_bodies,
    load_trade_bodies,
    save_trade_body,
)

__all__ = [
    "CommitmentValues",
    "ConventionValues",
    "PartyValues",
    "PersonValues",
    "ReferralValues",
    "RegisteredValues",
    "StructureReport",
    "StructureValues",
    "UnreadableFileError",
    "accept_request",
    "answered_outside",
    "ask_facilitator",
    "ask_question",
    "claim_structure",
    "clear_demo",
    "confirm_commitment",
    "contact_structure",
    "decide_claim",
    "decline_request",
    "delete_convention",
    "deposit_copy",
    "detach_structure",
    "end_animator",
    "end_convention",
    "follow_terms",
    "has_space",
    "hide_trade_body",
    "holder_for",
    "import_structures",
    "import_trade_bodies",
    "load_demo",
    "load_demo_network",
    "load_trade_bodies",
    "name_animator",
    "object_to_convention",
    "pass_on_late_requests",
    "propose_convention",
    "raise_to_animation",
    "recognise_copy",
    "record_measure_fact",
    "register_structure",
    "remove_person",
    "renew_convention",
    "reply_to_question",
    "rework_convention",
    "save_convention",
    "save_person",
    "save_trade_body",
    "sign_convention",
    "type_measure_fact",
    "update_structure",
    "verify_structure",
    "vouch_for_party",
    "withdraw_request",
]
