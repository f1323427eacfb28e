"""Organisations as places of work: opening one, changing a member's role, ending a membership."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from levier.accounts.errors import RefusedError
from levier.accounts.models import Invitation, Membership, Role, User
from levier.core import audit
from levier.organisations.identifiers import clean_digits, is_valid_siren
from levier.organisations.models import Organisation

_LAST_ADMIN = (
    "Cette organisation n’aurait plus personne pour la gérer : donnez d’abord ce droit à un autre membre."
)
SUPPLIER_IS_PROVEN = (
    "Le rôle « Fournisseur inclusif » se prouve : cherchez votre fiche dans « Trouver un fournisseur », puis "
    "« C’est ma structure »."
)
SUPPLIER_IS_GIVEN = (
    "Seul un membre qui a déjà le rôle « Fournisseur inclusif » dans l’organisation peut le donner."
)


@transaction.atomic
def create_organisation(*, by: User, siren: str, name: str, role: str) -> Membership:
    """Open the space of a legal unit; whoever opens it manages it. Raises RefusedError.

    Never as a supplier: that role opens a public sheet, so it asks for a proof (open_proven_organisation).

    Source lists already know most legal units: the row is reused, its name is not overwritten.
    """
    digits = clean_digits(siren)
    if not is_valid_siren(digits):
        raise RefusedError(
            "Ce SIREN n’est pas valable : un SIREN compte neuf chiffres, dont le dernier vérifie les autres."
        )
    if role not in Role.values:
        raise RefusedError("Choisissez un rôle dans la liste.")
    if role == Role.SUPPLIER:
        raise RefusedError(SUPPLIER_IS_PROVEN)
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
def open_proven_organisation(*, by: User, organisation: Organisation) -> Membership:
    """Give ``by`` the role SUPPLIER and the members of an organisation; a room above has checked the proof.

    Whoever managed without a proof (it had only typed the SIREN first) stays a member and manages no more; its
    waiting invitations to manage are withdrawn.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    proven = Membership.objects.filter(organisation=organisation, role=Role.SUPPLIER, is_admin=True)
    if not proven.exists():
        organisation.memberships.filter(is_admin=True).update(is_admin=False)
        Invitation.objects.waiting().filter(organisation=organisation).filter(
            Q(is_admin=True) | Q(role=Role.SUPPLIER)
        ).update(revoked_at=timezone.now())
    membership, _ = Membership.objects.update_or_create(
        user=by, organisation=organisation, role=Role.SUPPLIER, defaults={"is_admin": True}
    )
    audit.record(
        by=by.as_actor(),
        verb="accounts.open_proven_organisation",
        object_type="organisation",
        object_key=str(organisation.pk),
    )
    return membership


@transaction.atomic
def admit_proven_supplier(*, by: User, organisation: Organisation) -> Membership:
    """Make ``by`` a member SUPPLIER who manages nobody; a room above has checked the proof of a part of it."""
    membership, _ = Membership.objects.get_or_create(
        user=by, organisation=organisation, role=Role.SUPPLIER, defaults={"is_admin": False}
    )
    audit.record(
        by=by.as_actor(),
        verb="accounts.admit_proven_supplier",
        object_type="membership",
        object_key=str(membership.pk),
    )
    return membership


@transaction.atomic
def admit_supplier_colleague(*, by: User, user: User, organisation: Organisation) -> Membership:
    """A manager of the role SUPPLIER accepts another account as a colleague, without the right to manage.

    Raises RefusedError when ``by`` does not hold that role.
    """
    if not may_give_supplier_role(by, organisation.pk):
        raise RefusedError(SUPPLIER_IS_GIVEN)
    membership, _ = Membership.objects.get_or_create(
        user=user, organisation=organisation, role=Role.SUPPLIER, defaults={"is_admin": False}
    )
    audit.record(
        by=by.as_actor(),
        verb="accounts.admit_supplier_colleague",
        object_type="membership",
        object_key=str(membership.pk),
    )
    return membership


def check_role_to_give(role: str, *, by: User, organisation_id: int) -> None:
    """Whether ``by`` may give this role in an organisation it manages. Raises RefusedError."""
    if role not in Role.values:
        raise RefusedError("Choisissez un rôle dans la liste.")
    if role == Role.SUPPLIER and not may_give_supplier_role(by, organisation_id):
        raise RefusedError(SUPPLIER_IS_GIVEN)


def may_give_supplier_role(user: User, organisation_id: int) -> bool:
    """The role of the supplier opens its sheet: only those who hold and manage it pass it on."""
    held = Membership.objects.filter(
        user=user, organisation_id=organisation_id, role=Role.SUPPLIER, is_admin=True
    )
    return held.exists()


@transaction.atomic
def change_name(*, by: User, first_name: str, last_name: str) -> None:
    """An account says its own name; the event keeps that it changed, never the name."""
    by.first_name, by.last_name = first_name.strip(), last_name.strip()
    by.save(update_fields=["first_name", "last_name"])
    audit.record(
        by=by.as_actor(), verb="accounts.change_name", object_type="user", object_key=str(by.pk),
        details={"fields": ["first_name", "last_name"]},
    )  # fmt: skip


@transaction.atomic
def change_role(*, by: User, membership: Membership, role: str, is_admin: bool) -> Membership:
    """Change what a member is and whether it manages the others. Raises RefusedError."""
    check_role_to_give(role, by=by, organisation_id=membership.organisation_id)
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
