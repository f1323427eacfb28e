"""A party that does not sign what is proposed: it refuses, or says what must change first."""

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.facilitators import wording_conventions
from levier.facilitators.actions.conventions import (
    current_version,
    locked_convention,
    record,
    save,
    tell_parties,
)
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import ConventionObjection, ConventionParty, ConventionState, PartyRole


@transaction.atomic
def object_to_convention(*, by: User, party: ConventionParty, sha256: str, words: str) -> ConventionObjection:
    """Say, for a party, why the text read cannot be signed; all read it. Signing the same text takes it back.

    Raises RefusedError for the structure, which mends its text, and for a text that changed since it was read.
    """
    convention = locked_convention(party.convention)
    if convention.state != ConventionState.PROPOSED:
        raise RefusedError("Cette convention n’attend pas, ou plus, de signature.")
    if party.role == PartyRole.STRUCTURE:
        raise RefusedError("Votre structure a écrit ce texte : reprenez-le pour le changer.")
    version = current_version(convention)
    if sha256 != version.sha256:
        raise RefusedError("Le texte a changé depuis que vous l’avez lu : relisez-le d’abord.")
    if version.signatures.filter(party=party).exists():
        raise RefusedError("Votre organisation a signé ce texte : demandez à la structure de le reprendre.")
    said = words.strip()[:1000]
    if not said:
        raise RefusedError("Dites ce qui doit changer, ou pourquoi vous refusez.")
    made, _ = ConventionObjection.objects.update_or_create(
        party=party, version=version, defaults={"words": said, "made_by": by, "made_at": timezone.now()}
    )
    save(convention)
    moment = f"objection-{made.pk}-{made.made_at:%Y%m%d%H%M%S}"
    tell_parties(convention, wording_conventions.objected(convention, made), moment)
    record(by.as_actor(), convention, "objected")
    return made
