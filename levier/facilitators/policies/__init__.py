"""Who may open what in the network of facilitators: each function loads and checks in one step, closed by default."""

from levier.facilitators.policies.conventions import (
    ConventionAccess,
    get_commitment_of,
    get_convention_for,
    get_copy_of,
    get_party_of,
    get_version_of,
)
from levier.facilitators.policies.referrals import (
    RequestAccess,
    asking_organisations,
    get_request_for,
)
from levier.facilitators.policies.structures import (
    animations_of,
    check_animates,
    check_staff,
    claiming_organisations,
    get_claim_to_decide,
    get_person_of,
    get_public_structure,
    get_structure_for,
    get_structure_to_check,
    may_animate,
    structures_of,
    structures_to_check,
)
from levier.facilitators.policies.territories import get_structure_to_register, may_cover, reach_of

__all__ = [
    "ConventionAccess",
    "RequestAccess",
    "animations_of",
    "asking_organisations",
    "check_animates",
    "check_staff",
    "claiming_organisations",
    "get_claim_to_decide",
    "get_commitment_of",
    "get_convention_for",
    "get_copy_of",
    "get_party_of",
    "get_person_of",
    "get_public_structure",
    "get_request_for",
    "get_structure_for",
    "get_structure_to_check",
    "get_structure_to_register",
    "get_version_of",
    "may_animate",
    "may_cover",
    "reach_of",
    "structures_of",
    "structures_to_check",
]
