"""Organisations as places of work: opening one, changing a member's role, ending a membership."""

from django.db import transaction

from levier.accounts.errors import RefusedError
from levier.accounts.models import Membership, Role, User
from levier.core import audit
from levier.organisations.identifiers import clean_digits, is_valid_siren
from levier.organisations.models import Organisation

_LAST_ADMIN = (
    "Cette organisation n’aurait plus personne pour la gérer : donnez d’abord ce droit à un autre membre."
)


@transaction.atomic
def create_organisation(*, by: User, siren: str, name: str, role: str) -> Membership:
    """Open the space of a legal unit; whoever opens it manages it. Raises RefusedError.

    Source lists already know most legal units: the row is reused, its name is not overwritten.
    """
    digits = clean_digits(siren)
    if not is_valid_siren(digits):
        raise RefusedError(
            "Ce SIREN n’est pas valable : un SIREN compte neuf chiffres, dont le dernier vérifie les autres."
        )
    if role not in Role.values:
        raise RefusedError("Choisissez un rôle dans la liste.")
    organisation, _ = Organisation.objects.get_or_create(siren=digits, defaults={"name": name.strip()})
    # Two people may open the same organisation at once: the second waits here, then is refused below.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if organisation.memberships.exists():
        raise RefusedError(
            "Cette organisation a déjà un espace : demandez une invitation à l’un de ses membres."
        )
    membership = Membership.objects.create(user=by, organisation=organisation, role=role, is_admin=True)
    audit.record(
        by=by.as_actor(),
        verb="accounts.create_organisation",
        object_type="organisation",
        object_key=str(organisation.pk),
        details={"role": role},
    )
    return membership


@transaction.atomic
def change_role(*, by: User, membership: Membership, role: str, is_admin: bool) -> Membership:
    """Change what a member is and whether it manages the others. Raises RefusedError."""
    if role not in Role.values:
        raise RefusedError("Choisissez un rôle dans la liste.")
    _lock(membership)
    if membership.is_admin and not is_admin:
        _refuse_without_admin(membership)
    twin = Membership.objects.filter(
        user_id=membership.user_id, organisation_id=membership.organisation_id, role=role
    ).exclude(pk=membership.pk)
    if twin.exists():
        raise RefusedError("Cette personne a déjà ce rôle dans l’organisation.")
    membership.role, membership.is_admin = role, is_admin
    membership.save(update_fields=["role", "is_admin"])
    audit.record(
        by=by.as_actor(),
        verb="accounts.change_role",
        object_type="membership",
        object_key=str(membership.pk),
        details={"fields": ["role", "is_admin"]},
    )
    return membership


@transaction.atomic
def remove_member(*, by: User, membership: Membership) -> None:
    """End a membership; the account stays. Raises RefusedError for the last one who manages."""
    _lock(membership)
    if membership.is_admin:
        _refuse_without_admin(membership)
    key = str(membership.pk)
    Membership.objects.filter(pk=membership.pk).delete()
    audit.record(by=by.as_actor(), verb="accounts.remove_member", object_type="membership", object_key=key)


def _lock(membership: Membership) -> None:
    """Changes of one organisation's members wait for each other, so that the last administrator stays."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    membership.refresh_from_db(fields=["role", "is_admin"])


def _refuse_without_admin(membership: Membership) -> None:
    others = Membership.objects.filter(organisation_id=membership.organisation_id, is_admin=True)
    if not others.exclude(pk=membership.pk).exists():
        raise RefusedError(_LAST_ADMIN)
