"""Writes of the accounts room: what they change, what they refuse, what they leave in the trail."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.utils import timezone

from levier.accounts import actions
from levier.accounts.actions import invitations
from levier.accounts.errors import RefusedError
from levier.accounts.models import Invitation, Membership, Role
from levier.accounts.queries import declined_invitations
from levier.core.models import AuditEvent, OutgoingMail
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def token_of(invitation: Invitation) -> str:
    """The secret as the person invited receives it: the database does not hold it."""
    mail = OutgoingMail.objects.get(message_id=f"invitation-{invitation.pk}")
    return mail.body.split("/compte/invitation/")[1].split("/")[0]


def test_whoever_opens_an_organisation_manages_it() -> None:
    person, siren = make.user(), make.valid_siren()
    membership = actions.create_organisation(by=person, siren=siren, name="Ville", role=Role.BUYER)
    assert membership.is_admin
    assert membership.organisation.siren == siren
    event = AuditEvent.objects.get(verb="accounts.create_organisation")
    assert event.actor_id == person.pk


def test_inviting_and_withdrawing_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_A_DAY", 2)
    admin = make.member(make.organisation(), is_admin=True)
    for number in range(2):
        made = actions.invite_member(
            by=admin.user, organisation=admin.organisation, email=f"p{number}@exemple.fr", role=Role.BUYER
        )
        actions.revoke_invitation(by=admin.user, invitation=made)
    with pytest.raises(RefusedError, match="reprenez demain"):
        actions.invite_member(
            by=admin.user, organisation=admin.organisation, email="p3@exemple.fr", role=Role.BUYER
        )


def test_a_line_break_in_a_name_does_not_end_the_subject() -> None:
    admin = make.member(make.organisation(name="Ville\r\nBcc: x@exemple.fr"), is_admin=True)
    actions.invite_member(
        by=admin.user, organisation=admin.organisation, email="p@exemple.fr", role=Role.BUYER
    )
    assert OutgoingMail.objects.get(to_address="p@exemple.fr").subject.endswith("Ville Bcc: x@exemple.fr")


def test_an_organisation_known_from_a_list_keeps_its_name() -> None:
    known = make.organisation(name="Nom de la source")
    membership = actions.create_organisation(
        by=make.user(), siren=known.siren, name="Autre", role=Role.NETWORK
    )
    assert membership.organisation == known
    known.refresh_from_db()
    assert known.name == "Nom de la source"


def test_nobody_walks_into_an_organisation_that_has_members() -> None:
    place = make.organisation()
    make.member(place)
    with pytest.raises(RefusedError, match="demandez une invitation"):
        actions.create_organisation(by=make.user(), siren=place.siren, name="x", role=Role.BUYER)
    assert place.memberships.count() == 1


@pytest.mark.parametrize("siren", ["", "123", "123456789", "000000000"])
def test_an_impossible_siren_is_refused(siren: str) -> None:
    with pytest.raises(RefusedError, match="SIREN"):
        actions.create_organisation(by=make.user(), siren=siren, name="x", role=Role.BUYER)


def test_an_invitation_opens_its_place_once_to_its_address_only() -> None:
    place = make.organisation()
    chief = make.member(place, is_admin=True).user
    invitation = actions.invite_member(
        by=chief, organisation=place, email=" Neuve@Exemple.invalid", role=Role.BUYER
    )
    token = token_of(invitation)
    with pytest.raises(RefusedError, match="autre adresse"):
        actions.accept_invitation(by=make.user(), token=token)
    invited = make.user(email="neuve@exemple.invalid")
    membership = actions.accept_invitation(by=invited, token=token)
    assert (membership.user, membership.organisation, membership.is_admin) == (invited, place, False)
    with pytest.raises(RefusedError, match="déjà servi"):
        actions.accept_invitation(by=invited, token=token)


def test_the_secret_of_a_link_is_not_in_the_tables_of_the_room() -> None:
    place = make.organisation()
    chief = make.member(place, is_admin=True).user
    invitation = actions.invite_member(
        by=chief, organisation=place, email="a@exemple.invalid", role=Role.BUYER
    )
    token = token_of(invitation)
    assert len(token) >= 22
    assert token not in str(Invitation.objects.values().get())
    assert token not in str(list(AuditEvent.objects.values()))


def test_an_old_or_withdrawn_invitation_opens_nothing() -> None:
    place = make.organisation()
    chief = make.member(place, is_admin=True).user
    invited = make.user(email="tard@exemple.invalid")
    late = actions.invite_member(by=chief, organisation=place, email=invited.email, role=Role.BUYER)
    Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(RefusedError, match="expiré"):
        actions.accept_invitation(by=invited, token=token_of(late))
    other = actions.invite_member(by=chief, organisation=place, email=invited.email, role=Role.NETWORK)
    actions.revoke_invitation(by=chief, invitation=other)
    with pytest.raises(RefusedError):
        actions.accept_invitation(by=invited, token=token_of(other))
    assert not Membership.objects.filter(user=invited).exists()


@pytest.mark.parametrize("who", ["invited", "nobody signed in", "another"])
def test_an_invitation_is_refused_by_its_address_alone_and_who_invited_is_told(who: str) -> None:
    place = make.organisation(name="Ville de Valmont")
    chief = make.member(place, is_admin=True).user
    made = actions.invite_member(by=chief, organisation=place, email="n@exemple.invalid", role=Role.BUYER)
    readers = {
        "invited": make.user(email="n@exemple.invalid"),
        "another": make.user(),
        "nobody signed in": None,
    }
    is_refused = who != "another"
    with nullcontext() if is_refused else pytest.raises(RefusedError, match="une autre adresse"):
        actions.decline_invitation(by=readers[who], token=token_of(made))
    told = OutgoingMail.objects.filter(
        to_address=chief.email, subject="Invitation refusée : Ville de Valmont"
    )
    assert told.count() == is_refused
    assert Invitation.objects.waiting().exists() is not is_refused
    assert declined_invitations().exists() is is_refused
    if is_refused:
        with pytest.raises(RefusedError, match="rien à refuser"):
            actions.decline_invitation(by=None, token=token_of(made))


def test_inviting_again_replaces_the_first_link() -> None:
    place = make.organisation()
    chief = make.member(place, is_admin=True).user
    first = actions.invite_member(by=chief, organisation=place, email="a@exemple.invalid", role=Role.BUYER)
    second = actions.invite_member(by=chief, organisation=place, email="a@exemple.invalid", role=Role.BUYER)
    assert list(Invitation.objects.waiting()) == [second]
    assert first.pk != second.pk


def test_the_last_one_who_manages_can_neither_leave_nor_give_up() -> None:
    place = make.organisation()
    chief = make.member(place, is_admin=True)
    make.member(place)
    with pytest.raises(RefusedError, match="plus personne"):
        actions.remove_member(by=chief.user, membership=chief)
    with pytest.raises(RefusedError, match="plus personne"):
        actions.change_role(by=chief.user, membership=chief, role=Role.BUYER, is_admin=False)
    second = make.member(place, is_admin=True)
    actions.remove_member(by=chief.user, membership=chief)
    assert list(place.memberships.filter(is_admin=True)) == [second]


def test_a_change_of_role_is_written_in_the_trail_without_values() -> None:
    place = make.organisation()
    chief = make.member(place, is_admin=True).user
    colleague = make.member(place)
    actions.change_role(by=chief, membership=colleague, role=Role.FACILITATOR, is_admin=True)
    colleague.refresh_from_db()
    assert (colleague.role, colleague.is_admin) == (Role.FACILITATOR, True)
    event = AuditEvent.objects.get(verb="accounts.change_role")
    assert event.details == {"fields": ["role", "is_admin"]}


def test_one_person_holds_a_role_once() -> None:
    place = make.organisation()
    chief = make.member(place, is_admin=True)
    twin = Membership.objects.create(user=chief.user, organisation=place, role=Role.NETWORK)
    with pytest.raises(RefusedError, match="déjà ce rôle"):
        actions.change_role(by=chief.user, membership=twin, role=Role.BUYER, is_admin=False)
