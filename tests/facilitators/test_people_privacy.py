"""Names, telephones and missions of facilitators: whoever the policy does not name reads none, on any page or endpoint."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.core.models import AuditEvent
from levier.facilitators import actions
from levier.facilitators.models import Facilitator, Structure
from tests.factories.accounts import member, organisation, user
from tests.factories.network import animation, animator_of, ask, buyer_of, desk, facilitator_of, person

pytestmark = pytest.mark.django_db

SECRETS = ("Zébulon", "0612345678", "zebulon@exemple.invalid", "COMPÉTENCE-RARE", "EMPLOYEUR-TIERS")
VALUES = {
    "first_name": "Zébulon", "last_name": "Discret", "phone": "0612345678", "email": "zebulon@exemple.invalid",
    "skills": ["COMPÉTENCE-RARE"], "employer": "EMPLOYEUR-TIERS", "missions": ["calibrage"], "fte": "0.40",
}  # fmt: skip


class Scene:
    """A structure with somebody who ticked nothing public."""

    def __init__(self) -> None:
        self.house = organisation(name="Maison")
        self.structure = desk(place=self.house, name="PLIE du Val")
        self.hidden = person(self.structure, **VALUES)
        self.worker = facilitator_of(self.structure)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def as_user(one: User | None) -> Client:
    client = Client()
    if one is not None:
        client.force_login(one)
    return client


def read(client: Client, *urls: str) -> str:
    return "".join(client.get(url).content.decode() for url in urls)


def public_pages(structure: Structure) -> tuple[str, ...]:
    return (
        f"/facilitateurs/{structure.slug}", "/facilitateurs?departement=59", "/facilitateurs/carte",
        "/facilitateurs",
    )  # fmt: skip


@pytest.mark.slow
def test_the_public_reads_nothing_of_who_ticked_nothing(scene: Scene) -> None:
    for reader in (None, user(), buyer_of(), facilitator_of(desk(place=organisation()))):
        html = read(as_user(reader), *public_pages(scene.structure))
        assert "PLIE du Val" in html
        assert not [secret for secret in SECRETS if secret in html]


@pytest.mark.slow
def test_a_name_ticked_shows_the_name_and_no_contact(scene: Scene) -> None:
    Facilitator.objects.update(is_name_public=True)
    html = read(Client(), f"/facilitateurs/{scene.structure.slug}")
    assert "Zébulon Discret" in html and "Calib" in html
    assert "0612345678" not in html and "zebulon@" not in html and "COMPÉTENCE-RARE" not in html
    Facilitator.objects.update(is_contact_public=True)
    assert "0612345678" in read(Client(), f"/facilitateurs/{scene.structure.slug}")


def test_who_left_is_shown_nowhere(scene: Scene) -> None:
    Facilitator.objects.update(is_name_public=True, is_contact_public=True, is_active=False)
    assert "Zébulon" not in read(Client(), f"/facilitateurs/{scene.structure.slug}")


@pytest.mark.slow
def test_only_the_structure_opens_the_sheets_of_its_people(scene: Scene) -> None:
    root = f"/ma-structure/{scene.structure.pk}"
    urls = (root, f"{root}/personnes/{scene.hidden.pk}", f"{root}/personnes/nouvelle")
    assert "Zébulon" in read(as_user(scene.worker), *urls[:2])
    mate = member(scene.house, role=Role.FACILITATOR).user
    assert {as_user(mate).get(url).status_code for url in urls} == {200}
    others = (user(), buyer_of(), facilitator_of(desk(place=organisation())), animator_of(animation("11")))
    for stranger in others:
        for url in urls:
            answer = as_user(stranger).get(url)
            assert answer.status_code in {403, 404} and "Zébulon" not in answer.content.decode()
            assert as_user(stranger).post(url, VALUES).status_code in {403, 404}
        gone = as_user(stranger).post(f"{root}/personnes/{scene.hidden.pk}/retirer")
        assert gone.status_code in {403, 404}
    colleague = member(scene.house, role=Role.BUYER).user
    assert {as_user(colleague).get(url).status_code for url in urls} <= {403, 404}
    assert {Client().get(url).status_code for url in urls} == {302}
    assert Facilitator.objects.get().is_active


@pytest.mark.slow
def test_the_right_role_reaches_nobody_of_another_structure(scene: Scene) -> None:
    mine = desk(place=organisation())
    worker = facilitator_of(mine)
    root = f"/ma-structure/{mine.pk}/personnes/{scene.hidden.pk}"
    assert as_user(worker).get(root).status_code == 404
    assert as_user(worker).post(root, VALUES | {"first_name": "Volé"}).status_code == 404
    assert as_user(worker).post(f"{root}/retirer").status_code == 404
    scene.hidden.refresh_from_db()
    assert (scene.hidden.first_name, scene.hidden.is_active) == ("Zébulon", True)


@pytest.mark.slow
def test_a_buyer_reads_who_holds_its_request_only_as_the_policy_says(scene: Scene) -> None:
    town = organisation()
    buyer = buyer_of(town)
    one = ask(place=town, by=buyer)
    html = read(as_user(buyer), f"/demandes/{one.pk}", "/demandes")
    assert not [secret for secret in SECRETS[1:] if secret in html]
    for stranger in (user(), buyer_of(), facilitator_of(desk("departement:62", place=organisation()))):
        answer = as_user(stranger).get(f"/demandes/{one.pk}")
        assert answer.status_code == 404 and "Zébulon" not in answer.content.decode()


@pytest.mark.slow  # the place finder takes seconds to start
def test_the_endpoint_of_the_facilitator_gives_no_hidden_person(scene: Scene) -> None:
    answer = Client().get("/api/v1/facilitators", {"place": "Roubaix"})
    assert answer.status_code == 200
    assert not [secret for secret in SECRETS if secret in answer.content.decode()]


@pytest.mark.slow
def test_the_animation_of_another_region_reads_nothing(scene: Scene) -> None:
    url = f"/facilitateurs/animation/structures/{scene.structure.pk}"
    far = as_user(animator_of(animation("11"))).get(url)
    assert far.status_code == 404
    near = as_user(animator_of(animation("32"))).get(url)
    assert near.status_code == 200
    assert not [secret for secret in SECRETS[1:] if secret in near.content.decode()]


def test_no_event_nor_search_document_carries_a_person(scene: Scene) -> None:
    one = ask()
    actions.accept_request(by=scene.worker, request=one, who="PLIE du Val")
    today = timezone.localdate()
    actions.pass_on_late_requests(by=scene.worker.as_actor(), today=today + timedelta(days=30))
    told: Any = list(AuditEvent.objects.values_list("details", "object_key", "object_type"))
    assert not [secret for secret in SECRETS if secret in str(told)]
