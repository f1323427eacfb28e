"""« Mon organisation », seen by who manages it, a colleague, an outsider, the same role elsewhere."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import Invitation, Membership, Role, User
from levier.core.models import OutgoingMail
from levier.organisations.models import Organisation
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Organisation:
    return make.organisation(name="Ville de Valmont")


@pytest.fixture
def chief(place: Organisation) -> User:
    return make.member(place, is_admin=True, first_name="Alix", last_name="Chef").user


@pytest.fixture
def colleague(place: Organisation, chief: User) -> Membership:
    return make.member(place, first_name="Camille", last_name="Membre")


@pytest.fixture
def people(chief: User, colleague: Membership) -> dict[str, User]:
    """The four readers of every closed page."""
    return {
        "chief": chief,
        "colleague": colleague.user,
        "outsider": make.user(),
        "elsewhere": make.member(make.organisation(), is_admin=True).user,
    }


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("who", "status"), [("chief", 200), ("colleague", 200), ("outsider", 404), ("elsewhere", 404)]
)
def test_who_sees_the_members(who: str, status: int, people: dict[str, User], place: Organisation) -> None:
    response = signed_in(people[who]).get(reverse("accounts:team", args=[place.pk]))
    assert response.status_code == status
    assert ("Camille Membre" in response.content.decode()) == (status == 200)


@pytest.mark.parametrize(
    ("who", "status"), [("chief", 302), ("colleague", 403), ("outsider", 404), ("elsewhere", 404)]
)
def test_who_invites(who: str, status: int, people: dict[str, User], place: Organisation) -> None:
    address = reverse("accounts:invite", args=[place.pk])
    response = signed_in(people[who]).post(address, {"email": "n@exemple.invalid", "role": Role.BUYER})
    assert response.status_code == status
    assert Invitation.objects.exists() == (status == 302)


@pytest.mark.parametrize(
    ("who", "status"), [("chief", 302), ("colleague", 403), ("outsider", 404), ("elsewhere", 404)]
)
def test_who_changes_a_role(who: str, status: int, people: dict[str, User], colleague: Membership) -> None:
    address = reverse("accounts:member", args=[colleague.pk])
    response = signed_in(people[who]).post(address, {"role": Role.NETWORK})
    assert response.status_code == status
    colleague.refresh_from_db()
    assert (colleague.role == Role.NETWORK) == (status == 302)


@pytest.mark.parametrize(("who", "status"), [("chief", 302), ("outsider", 404), ("elsewhere", 404)])
def test_who_removes_a_member(who: str, status: int, people: dict[str, User], colleague: Membership) -> None:
    response = signed_in(people[who]).post(reverse("accounts:remove", args=[colleague.pk]))
    assert response.status_code == status
    assert Membership.objects.filter(pk=colleague.pk).exists() == (status == 404)


def test_a_colleague_leaves_but_removes_nobody_else(people: dict[str, User], colleague: Membership) -> None:
    client = signed_in(colleague.user)
    other = make.member(colleague.organisation)
    assert client.post(reverse("accounts:remove", args=[other.pk])).status_code == 403
    assert client.post(reverse("accounts:remove", args=[colleague.pk])).status_code == 302
    assert not Membership.objects.filter(pk=colleague.pk).exists()


def test_only_those_who_manage_see_the_form_and_the_invitations(
    people: dict[str, User], place: Organisation
) -> None:
    address = reverse("accounts:team", args=[place.pk])
    assert "Envoyer l’invitation" in signed_in(people["chief"]).get(address).content.decode()
    assert "Envoyer l’invitation" not in signed_in(people["colleague"]).get(address).content.decode()


def test_a_wrong_address_keeps_what_was_typed_and_says_why(chief: User, place: Organisation) -> None:
    response = signed_in(chief).post(
        reverse("accounts:invite", args=[place.pk]), {"email": "pas une adresse", "role": Role.NETWORK}
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="pas une adresse"' in html
    assert 'aria-invalid="true"' in html


def test_the_link_of_an_invitation_shows_then_accepts(chief: User, place: Organisation) -> None:
    signed_in(chief).post(
        reverse("accounts:invite", args=[place.pk]), {"email": "neuf@exemple.invalid", "role": Role.BUYER}
    )
    body = OutgoingMail.objects.get(to_address="neuf@exemple.invalid").body
    address = re.search(r"/compte/invitation/\S+/", body)[0]  # type: ignore[index]
    invited = signed_in(make.user(email="neuf@exemple.invalid"))
    assert "Ville de Valmont" in invited.get(address).content.decode()
    assert place.memberships.count() == 1  # a GET changes nothing
    assert invited.post(address).status_code == 302
    assert place.memberships.count() == 2
    assert invited.get(address).status_code == 404


@pytest.mark.slow
def test_the_link_tells_another_reader_nothing_of_the_organisation(chief: User, place: Organisation) -> None:
    signed_in(chief).post(
        reverse("accounts:invite", args=[place.pk]), {"email": "neuf@exemple.invalid", "role": Role.BUYER}
    )
    body = OutgoingMail.objects.get(to_address="neuf@exemple.invalid").body
    address = re.search(r"/compte/invitation/\S+/", body)[0]  # type: ignore[index]
    response = signed_in(make.user()).get(address)
    assert response.status_code == 404
    assert "Valmont" not in response.content.decode()
    assert "Changer de compte" in response.content.decode()
    anonymous = Client()
    shown = anonymous.get(address).content.decode()
    assert "Valmont" not in shown
    assert "email=neuf%40exemple.invalid" in shown or "email=neuf@exemple.invalid" in shown
    assert anonymous.post(address).status_code == 200
    assert place.memberships.count() == 1
    Invitation.objects.update(revoked_at=timezone.now())
    late = anonymous.get(address)
    assert late.status_code == 404
    assert "a expiré ou a déjà servi" in late.content.decode()


def test_without_organisation_the_page_says_how_to_have_one() -> None:
    client = signed_in(make.user())
    assert "demandez une invitation" in client.get(reverse("accounts:organisation")).content.decode()
    wrong = client.post(reverse("accounts:organisation"), {"siren": "123", "name": "x", "role": Role.BUYER})
    assert wrong.status_code == 422
    assert "neuf chiffres ; celui-ci en compte 3" in wrong.content.decode()
    siren = make.valid_siren()
    spaced = f"{siren[:3]} {siren[3:6]} {siren[6:]}"
    good = client.post(
        reverse("accounts:organisation"), {"siren": spaced, "name": "Ville", "role": Role.BUYER}
    )
    assert good.status_code == 302
    assert Organisation.objects.get(siren=siren).memberships.count() == 1


def test_the_team_page_asks_the_database_as_many_times_for_ten_members(
    chief: User, place: Organisation, django_assert_max_num_queries: object
) -> None:
    for _ in range(10):
        make.member(place)
    client = signed_in(chief)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(reverse("accounts:team", args=[place.pk]))


@pytest.mark.parametrize(
    ("who", "is_declined"),
    [("invited", True), ("without session", True), ("chief", False), ("colleague", False), ("outsider", False), ("elsewhere", False)],
)  # fmt: skip
def test_an_invitation_is_refused_by_its_address_alone_and_who_invited_is_told(
    who: str, is_declined: bool, people: dict[str, User], place: Organisation
) -> None:
    chief, address = people["chief"], reverse("accounts:team", args=[place.pk])
    signed_in(chief).post(
        reverse("accounts:invite", args=[place.pk]), {"email": "neuf@exemple.invalid", "role": Role.BUYER}
    )
    body = OutgoingMail.objects.get(to_address="neuf@exemple.invalid").body
    link = re.search(r"/compte/invitation/\S+/", body)[0]  # type: ignore[index]
    readers = people | {"invited": make.user(email="neuf@exemple.invalid")}
    client = signed_in(readers[who]) if who in readers else Client()
    for _ in range(2):  # the second press of a button changes nothing
        answer = client.post(link, {"reponse": "non"})
    assert ("L’invitation est refusée" in answer.content.decode()) is is_declined
    told = OutgoingMail.objects.filter(
        to_address=chief.email, subject="Invitation refusée : Ville de Valmont"
    )
    assert told.count() == is_declined
    assert Invitation.objects.waiting().exists() is not is_declined
    assert ("refusée le" in signed_in(chief).get(address).content.decode()) is is_declined
    assert "refusée le" not in signed_in(people["colleague"]).get(address).content.decode()
    signed_in(readers["invited"]).post(link)
    assert place.memberships.count() == 2 + (not is_declined), "a refused link opens nothing"


def test_an_invitation_withdrawn_is_not_said_refused(chief: User, place: Organisation) -> None:
    for email in ("a@exemple.invalid", "b@exemple.invalid"):
        signed_in(chief).post(
            reverse("accounts:invite", args=[place.pk]), {"email": email, "role": Role.BUYER}
        )
    signed_in(chief).post(reverse("accounts:revoke", args=[Invitation.objects.earliest("pk").pk]))
    assert (
        "refusée le" not in signed_in(chief).get(reverse("accounts:team", args=[place.pk])).content.decode()
    )
