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
    "StructureReport",
    "StructureValues",
    "UnreadableFileError",
    "claim_structure",
    "clear_demo",
    "contact_structure",
    "decide_claim",
    "detach_structure",
    "end_animator",
    "import_structures",
    "load_demo",
    "name_animator",
    "remove_person",
    "save_person",
    "update_structure",
    "verify_structure",
]
