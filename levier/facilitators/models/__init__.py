"""Tables of the facilitators room."""

from levier.facilitators.models.conventions import Convention
from levier.facilitators.models.people import Animator, AnimatorLevel, Facilitator, Rank
from levier.facilitators.models.referrals import (
    ReferralEvent,
    ReferralMove,
    ReferralRequest,
    ReferralStage,
    ReferralState,
)
from levier.facilitators.models.structures import (
    DESK_KINDS,
    PRESCRIBER_KINDS,
    ClaimState,
    Coverage,
    Mission,
    ProgrammeDesk,
    Scope,
    Structure,
    StructureClaim,
    StructureKind,
    StructureVerification,
)

__all__ = [
    "DESK_KINDS",
    "PRESCRIBER_KINDS",
    "Animator",
    "AnimatorLevel",
    "ClaimState",
    "Convention",
    "Coverage",
    "Facilitator",
    "Mission",
    "ProgrammeDesk",
    "Rank",
    "ReferralEvent",
    "ReferralMove",
    "ReferralRequest",
    "ReferralStage",
    "ReferralState",
    "Scope",
    "Structure",
    "StructureClaim",
    "StructureKind",
    "StructureVerification",
]
