"""Pages of structures: what the public reads, who keeps them, who checks them; addresses that stay unknown."""

from datetime import date

import pytest
from django.test import Client

from levier.accounts.models import Role, User
from levier.core.models import OutgoingMail
from levier.facilitators import actions
from levier.facilitators.contact_pace import ContactPace
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import Animator, Facilitator, Structure, StructureClaim
from levier.facilitators.queries.coverage import coverage_by_departement, totals
from tests.factories.accounts import member, organisation, user
from tests.factories.network import animation, animator_of, desk, facilitator_of, person

pytestmark = pytest.mark.django_db


def as_user(one: User) -> Client:
    client = Client()
    client.force_login(one)
    return client


def page(structure: Structure) -> str:
    return f"/facilitateurs/{structure.slug}"


def test_only_what_was_ticked_is_public() -> None:
    structure = desk()
    person(structure, last_name="Cachée", email="cachee@exemple.invalid")
    person(structure, last_name="Nommée", email="nommee@exemple.invalid", is_name_public=True)
    person(
        structure,
        last_name="Jointe",
        email="jointe@exemple.invalid",
        is_name_public=True,
        is_contact_public=True,
    )
    html = Client().get(page(structure)).content.decode()
    assert "Nommée" in html and "nommee@exemple.invalid" not in html
    assert "Jointe" in html and "jointe@exemple.invalid" in html
    assert "Cachée" not in html and "cachee@exemple.invalid" not in html
    assert "3 personnes en tout" in html


def test_the_address_of_a_page_is_found_by_its_number_only() -> None:
    structure = desk(name="PLIE du Val")
    wrong = Client().get(f"/facilitateurs/{structure.pk}-autre-nom")
    assert (wrong.status_code, wrong["Location"]) == (301, page(structure))
    assert Client().get("/facilitateurs/999999").status_code == 404
    assert Client().get("/facilitateurs/plie").status_code == 404
    Structure.objects.filter(pk=structure.pk).update(is_active=False)
    assert Client().get(page(structure)).status_code == 404


def test_a_place_gives_the_one_in_charge_and_the_reason(demonstration: object) -> None:
    html = Client().get("/facilitateurs", {"lieu": "Lille"}).content.decode()
    assert "métropole de Lille" in html and "intercommunalité d’exécution" in html
    html = Client().get("/facilitateurs", {"lieu": "Zzyzx-sur-Rien"}).content.decode()
    assert "ne ressemble à aucun lieu" in html
    html = Client().get("/facilitateurs", {"departement": "59"}).content.decode()
    assert "Guichet clause sociale — Nord" in html


@pytest.mark.slow
def test_the_map_says_where_nobody_is() -> None:
    desk("departement:62")
    desk("epci:200093201")
    html = Client().get("/facilitateurs/carte").content.decode()
    assert html.count('class="cover-full"') == 1
    assert html.count('class="cover-part"') == 1
    assert "Nord : Couvert en partie" in html and "Pas-de-Calais : Couvert en entier" in html
    assert len(html.encode()) < 60_000
    north = Client().get("/facilitateurs/carte", {"region": "32"}).content.decode()
    assert "CA de Cambrai</a>" in north and "?lieu=CA%20de%20Cambrai" in north
    assert "Métropole Européenne de Lille</a>" not in north and "CA de Lens" not in north


@pytest.mark.slow
def test_a_hole_over_two_departements_is_one_hole() -> None:
    desk("departement:62")
    found = coverage_by_departement()
    over_two = [
        hole.code for one in found for hole in one.holes if one.code in {"35", "44"} and "Redon" in hole.name
    ]
    assert len(over_two) == 2 and len(set(over_two)) == 1
    assert totals(found)["holes"] == len({hole.code for one in found for hole in one.holes})


def test_the_contact_form_reaches_the_structure_and_hides_its_people() -> None:
    structure = desk(email="")
    person(structure, email="secrete@exemple.invalid")
    values = {"name": "Alix", "email": "alix@exemple.invalid", "message": "Bonjour"}
    response = Client().post(f"{page(structure)}/ecrire", values, follow=True)
    assert "Votre message est parti" in response.content.decode()
    assert "secrete@exemple.invalid" not in response.content.decode()
    mail = OutgoingMail.objects.get()
    assert mail.to_address == "secrete@exemple.invalid"
    assert "alix@exemple.invalid" in mail.body


@pytest.mark.slow
def test_one_visitor_does_not_use_up_the_messages_of_a_structure() -> None:
    pace, today = ContactPace(), date(2026, 11, 27)
    assert [pace.takes("192.0.2.1", 1, today) for _ in range(6)] == [True] * 5 + [False]
    assert pace.takes("192.0.2.2", 1, today) and pace.takes("192.0.2.1", 2, today)
    assert pace.takes("192.0.2.1", 1, date(2026, 11, 28))
    address = f"{page(desk())}/ecrire"
    full = {"name": "Alix", "email": "alix@exemple.invalid", "message": "Bonjour"}
    assert [Client().post(address, full).status_code for _ in range(6)] == [302] * 5 + [422]
    assert OutgoingMail.objects.count() == 5


def test_machines_and_empty_messages_send_nothing() -> None:
    structure = desk()
    full = {"name": "Alix", "email": "alix@exemple.invalid", "message": "Bonjour"}
    assert Client().post(f"{page(structure)}/ecrire", full | {"site": "http://spam"}).status_code == 302
    assert Client().post(f"{page(structure)}/ecrire", full | {"message": ""}).status_code == 422
    assert Client().post(f"{page(structure)}/ecrire", full | {"email": "rien"}).status_code == 422
    assert not OutgoingMail.objects.exists()


@pytest.mark.slow
def test_a_structure_receives_so_many_messages_a_day() -> None:
    structure = desk()
    full = {"name": "Alix", "email": "alix@exemple.invalid", "message": "Bonjour"}
    for _ in range(20):
        actions.contact_structure(by=user().as_actor(), structure=structure, **full)
    assert "réessayez demain" in Client().post(f"{page(structure)}/ecrire", full).content.decode()
    assert OutgoingMail.objects.count() == 20


@pytest.mark.slow
def test_a_structure_is_kept_by_its_facilitators_only() -> None:
    place = organisation()
    structure, other = desk(place=place), desk(place=organisation())
    owner, colleague = facilitator_of(structure), facilitator_of(structure)
    same_role_elsewhere, outsider = facilitator_of(other), user()
    of_the_house = member(place, role=Role.BUYER).user
    somebody = person(structure)
    for address in (
        f"/ma-structure/{structure.pk}",
        f"/ma-structure/{structure.pk}/personnes/nouvelle",
        f"/ma-structure/{structure.pk}/personnes/{somebody.pk}",
    ):
        assert as_user(owner).get(address).status_code == 200, address
        assert as_user(colleague).get(address).status_code == 200, address
        assert as_user(of_the_house).get(address).status_code == 403, address
        for stranger in (same_role_elsewhere, outsider):
            assert as_user(stranger).get(address).status_code == 404, address
            assert as_user(stranger).post(address, {}).status_code == 404, address
        assert Client().get(address)["Location"].startswith("/compte/connexion/")
    wrong = f"/ma-structure/{other.pk}/personnes/{somebody.pk}"
    assert as_user(same_role_elsewhere).get(wrong).status_code == 404
    assert as_user(same_role_elsewhere).post(f"{wrong}/retirer").status_code == 404
    assert Facilitator.objects.filter(pk=somebody.pk).exists()


@pytest.mark.slow
def test_the_role_alone_opens_no_structure() -> None:
    place = organisation()
    structure = desk()
    one = member(place, role=Role.FACILITATOR).user
    assert as_user(one).get(f"/ma-structure/{structure.pk}").status_code == 404
    assert (
        as_user(one)
        .post(f"{page(structure)}/rattacher", {"organisation": place.pk, "words": "Je dirige le PLIE"})
        .status_code
        == 302
    )
    assert as_user(one).get(f"/ma-structure/{structure.pk}").status_code == 404
    claim = StructureClaim.objects.get()
    assert OutgoingMail.objects.get().to_address == structure.email
    staff = user(is_staff=True)
    assert (
        as_user(one)
        .post(f"/facilitateurs/animation/rattachements/{claim.pk}", {"decision": "accepter"})
        .status_code
        == 404
    )
    as_user(staff).post(f"/facilitateurs/animation/rattachements/{claim.pk}", {"decision": "accepter"})
    assert as_user(one).get(f"/ma-structure/{structure.pk}").status_code == 200


def test_a_claim_is_made_for_one_s_own_organisation() -> None:
    mine, theirs = organisation(), organisation()
    one = member(mine, role=Role.FACILITATOR).user
    structure = desk()
    assert as_user(one).post(f"{page(structure)}/rattacher", {"organisation": theirs.pk}).status_code == 422
    with pytest.raises(RefusedError, match="facilitateur"):
        actions.claim_structure(by=one, structure=structure, organisation=theirs)
    assert not StructureClaim.objects.exists()


@pytest.mark.slow
def test_an_animator_decides_on_its_territory_only_and_not_for_itself() -> None:
    north, south = animation("32"), animation("93")
    structure = desk()
    claimant = member(organisation(), role=Role.FACILITATOR).user
    place = claimant.memberships.get().organisation
    claim = actions.claim_structure(by=claimant, structure=structure, organisation=place)
    address = f"/facilitateurs/animation/rattachements/{claim.pk}"
    assert as_user(animator_of(south)).post(address, {"decision": "accepter"}).status_code == 404
    own = actions.claim_structure(
        by=member(north.organisation, role=Role.FACILITATOR).user,
        structure=structure,
        organisation=north.organisation,
    )
    judge_and_party = as_user(animator_of(north))
    assert (
        judge_and_party.post(
            f"/facilitateurs/animation/rattachements/{own.pk}", {"decision": "accepter"}
        ).status_code
        == 403
    )
    judge_and_party.post(address, {"decision": "refuser", "motif": ""})
    assert StructureClaim.objects.get(pk=claim.pk).state == "attente"
    judge_and_party.post(address, {"decision": "accepter"})
    structure.refresh_from_db()
    assert structure.organisation == place


@pytest.mark.slow
def test_an_ended_animation_opens_nothing() -> None:
    ended = animation("32")
    one = animator_of(ended)
    assert as_user(one).get("/facilitateurs/animation").status_code == 200
    staff = as_user(user(is_staff=True))
    staff.post("/facilitateurs/animateurs", {"terminer": str(ended.pk)})
    assert as_user(one).get("/facilitateurs/animation").status_code == 404
    assert as_user(one).get("/facilitateurs/animateurs").status_code == 404


def test_the_staff_names_an_organisation_of_the_platform() -> None:
    place = member(organisation(), role=Role.NETWORK).organisation
    staff = as_user(user(is_staff=True))
    bad = staff.post("/facilitateurs/animateurs", {"siren": "999999999", "level": "pays"})
    assert "doit d’abord l’ouvrir" in bad.content.decode()
    bad = staff.post("/facilitateurs/animateurs", {"siren": place.siren, "level": "region"})
    assert "Choisissez la région" in bad.content.decode()
    assert (
        staff.post(
            "/facilitateurs/animateurs", {"siren": place.siren, "level": "region", "region_code": "32"}
        ).status_code
        == 302
    )
    assert Animator.objects.standing().get().label == "Animation régionale, Hauts-de-France"


@pytest.mark.slow
def test_a_verification_has_a_date_a_name_and_a_year() -> None:
    structure = desk()
    inside, elsewhere = animator_of(animation("32")), animator_of(animation("93"))
    address = f"/facilitateurs/animation/structures/{structure.pk}"
    assert as_user(elsewhere).get(address).status_code == 404
    assert as_user(facilitator_of(desk(place=organisation()))).get(address).status_code == 404
    assert as_user(inside).get(address).status_code == 200
    assert as_user(inside).post(address, {"is_right": "non"}).status_code == 422
    assert as_user(inside).post(address, {"is_right": "oui"}).status_code == 302
    structure.refresh_from_db()
    assert structure.is_verified()
    assert not structure.is_verified(on=structure.verified_on.replace(year=structure.verified_on.year + 2))
    assert "Vérifiée" in Client().get(page(structure)).content.decode()
    as_user(inside).post(address, {"is_right": "non", "note": "Le téléphone a changé."})
    structure.refresh_from_db()
    assert structure.verified_on is None
    assert "Le téléphone a changé." in OutgoingMail.objects.get().body


@pytest.mark.slow
def test_people_are_written_with_their_territories() -> None:
    structure = desk(place=organisation())
    owner = facilitator_of(structure)
    fields = {
        "first_name": "Sacha", "last_name": "Exemple", "email": owner.email, "rank": "remplacant", "fte": "0,5",
        "missions": ["calibrage"], "territories": "Roubaix ; Nord", "skills": "bâtiment;propreté",
    }  # fmt: skip
    client = as_user(owner)
    assert client.post(f"/ma-structure/{structure.pk}/personnes/nouvelle", fields).status_code == 302
    made = Facilitator.objects.get()
    assert (made.user, str(made.fte), made.territories) == (
        owner,
        "0.50",
        ["commune:59512", "departement:59"],
    )
    assert (
        "Roubaix ; Nord (59)"
        in client.get(f"/ma-structure/{structure.pk}/personnes/{made.pk}").content.decode()
    )
    bad = fields | {"territories": "Zzyzx", "is_contact_public": "on", "absent_to": "2026-01-01"}
    html = client.post(f"/ma-structure/{structure.pk}/personnes/{made.pk}", bad).content.decode()
    assert "« Zzyzx » est introuvable" in html and 'value="Sacha"' in html
