"""Invitations: a link with a 128-bit secret, stored hashed, bound to one address, that expires."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from levier.accounts.actions.members import check_role_to_give
from levier.accounts.errors import RefusedError
from levier.accounts.models import Invitation, Membership, User
from levier.core import audit, mail
from levier.core.audit import Actor
from levier.organisations.models import Organisation

LIFETIME = timedelta(days=7)
# An organisation's waiting invitations: beyond, the form could serve to send mail to strangers.
MOST_WAITING = 50
# Sent in one day, withdrawn or not: else « invite, withdraw, invite » would have no end.
MOST_A_DAY = 100

_BODY = """Bonjour,

{inviter} vous invite à rejoindre « {organisation} » sur Levier, avec le rôle : {role}.

Pour accepter, ouvrez cette adresse et connectez-vous avec {email} :
{link}
Pas encore de compte ? La page vous propose d’en créer un, avec cette adresse électronique.

L’invitation vaut jusqu’au {until:%d/%m/%Y}.
Vous pouvez la refuser au même endroit, sans compte. Si elle ne vous dit rien, oubliez ce courriel : rien ne se passera.
"""
_DECLINED = """Bonjour,

{email} ne rejoindra pas « {organisation} » : votre invitation, avec le rôle {role}, a été refusée.

Son lien ne sert plus. Pour proposer un autre rôle ou inviter quelqu’un d’autre :
{link}
"""


def hash_token(token: str) -> str:
    """What the database keeps of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_member(
    *, by: User, organisation: Organisation, email: str, role: str, is_admin: bool = False
) -> Invitation:
    """Offer a place and send the link. A new invitation replaces the waiting one. Raises RefusedError."""
    address = email.strip().lower()
    check_role_to_give(role, by=by, organisation_id=organisation.pk)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if Membership.objects.filter(organisation=organisation, user__email=address, role=role).exists():
        raise RefusedError("Cette personne a déjà ce rôle dans l’organisation.")
    waiting = Invitation.objects.waiting().filter(organisation=organisation)
    waiting.filter(email=address, role=role).update(revoked_at=timezone.now())
    if waiting.count() >= MOST_WAITING:
        raise RefusedError(
            f"{MOST_WAITING} invitations attendent déjà une réponse : retirez-en avant d’en envoyer."
        )
    since = timezone.now() - timedelta(days=1)
    if Invitation.objects.filter(organisation=organisation, created_at__gt=since).count() >= MOST_A_DAY:
        raise RefusedError(f"{MOST_A_DAY} invitations sont parties en un jour : reprenez demain.")
    token = secrets.token_urlsafe(16)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=address,
        role=role,
        is_admin=is_admin,
        token_hash=hash_token(token),
        created_by=by,
        expires_at=timezone.now() + LIFETIME,
    )
    mail.send(
        to=address,
        subject=f"Invitation à rejoindre {organisation.name}",
        body=_BODY.format(
            inviter=by.get_full_name() or by.email,
            organisation=organisation.name,
            role=invitation.get_role_display(),
            email=address,
            link=settings.SITE_URL + reverse("accounts:invitation", args=[token]),
            until=timezone.localtime(invitation.expires_at),
        ),
        key=f"invitation-{invitation.pk}",
    )
    audit.record(
        by=by.as_actor(),
        verb="accounts.invite_member",
        object_type="invitation",
        object_key=str(invitation.pk),
    )
    return invitation


@transaction.atomic
def accept_invitation(*, by: User, token: str) -> Membership:
    """Take the offered place, once, with the invited address only. Raises RefusedError."""
    invitation = (
        Invitation.objects.waiting().select_for_update(of=("self",)).select_related("organisation")
        .filter(token_hash=hash_token(token)).first()
    )  # fmt: skip
    if invitation is None:
        raise RefusedError("Cette invitation n’existe pas, a expiré ou a déjà servi : demandez-en une autre.")
    if by.email.lower() != invitation.email:
        raise RefusedError(
            "Cette invitation a été envoyée à une autre adresse que la vôtre : "
            "connectez-vous avec l’adresse qui l’a reçue."
        )
    membership, _ = Membership.objects.get_or_create(
        user=by,
        organisation=invitation.organisation,
        role=invitation.role,
        defaults={"is_admin": invitation.is_admin},
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    audit.record(
        by=by.as_actor(),
        verb="accounts.accept_invitation",
        object_type="invitation",
        object_key=str(invitation.pk),
    )
    return membership


@transaction.atomic
def decline_invitation(*, by: User | None, token: str) -> Invitation:
    """Say no to the offered place, once, and tell who invited. Raises RefusedError.

    `by`: None for a reader without a session: the secret of the link came by mail to the invited address alone.
    """
    invitation = (
        Invitation.objects.waiting().select_for_update(of=("self",))
        .select_related("organisation", "created_by").filter(token_hash=hash_token(token)).first()
    )  # fmt: skip
    if invitation is None:
        raise RefusedError(
            "Cette invitation n’existe pas, a expiré ou a déjà servi : il n’y a rien à refuser."
        )
    if by is not None and by.email.lower() != invitation.email:
        raise RefusedError("Cette invitation a été envoyée à une autre adresse que la vôtre.")
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    inviter = invitation.created_by
    if inviter is not None and inviter.is_active:
        team = reverse("accounts:team", args=[invitation.organisation_id])
        mail.send(
            to=inviter.email,
            subject=f"Invitation refusée : {invitation.organisation.name}",
            body=_DECLINED.format(
                email=invitation.email,
                organisation=invitation.organisation.name,
                role=f"« {invitation.get_role_display()} »",
                link=settings.SITE_URL + team,
            ),
            key=f"invitation-{invitation.pk}-declined",
        )
    audit.record(
        by=by.as_actor() if by else Actor(f"invitation {invitation.pk}"),
        verb="accounts.decline_invitation",
        object_type="invitation",
        object_key=str(invitation.pk),
    )
    return invitation


@transaction.atomic
def revoke_invitation(*, by: User, invitation: Invitation) -> None:
    """Withdraw a waiting invitation; its link stops working at once."""
    Invitation.objects.waiting().filter(pk=invitation.pk).update(revoked_at=timezone.now())
    audit.record(
        by=by.as_actor(),
        verb="accounts.revoke_invitation",
        object_type="invitation",
        object_key=str(invitation.pk),
    )
