"""What an animation writes of structures: inside its régions, never of its own; the buyers' answer follows."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from levier.accounts.models import Role, User
from levier.facilitators import queries
from levier.facilitators.forms.territories import initial_of_registered
from levier.facilitators.models import Structure
from tests.factories.accounts import member, organisation, user
from tests.factories.network import animation, animator_of, desk

pytestmark = pytest.mark.django_db

NEW = "/facilitateurs/animation/structures/nouvelle"


def post(reader: User, address: str, **fields: str) -> Any:
    client = Client()
    client.force_login(reader)
    given = {"kind": "mde", "name": "MDE du Cambrésis", "coverage": "CA de Cambrai", "has_desk": "on"}
    return client.post(address, given | fields)


@pytest.mark.slow
def test_a_hole_is_filled_by_the_animation_of_its_region() -> None:
    north, south = animator_of(animation("32")), animator_of(animation("93"))
    for stranger in (user(), member(organisation(), role=Role.FACILITATOR).user):
        assert post(stranger, NEW).status_code == 404
    refused = post(south, NEW)
    assert refused.status_code == 422 and "pas de la région que vous animez" in refused.content.decode()
    near = post(north, NEW, coverage="Cambray").content.decode()
    assert "ne désigne exactement aucun territoire" in near and "Vouliez-vous dire" in near
    assert not Structure.objects.exists()
    assert post(north, NEW).status_code == 302
    assert queries.facilitator_for(commune_code="59122").primary.name == "MDE du Cambrésis"
    assert "porte déjà ce nom" in post(north, NEW, name="MDE DU CAMBRÉSIS").content.decode()


@pytest.mark.slow
def test_a_territory_changes_inside_the_region_and_by_nobody_for_itself() -> None:
    house = organisation()
    own, other, wide = desk(place=house), desk("epci:200093201"), desk("departement:59", "departement:13")
    animator = animator_of(animation("32", organisation=house))
    for kept, status in ((own, 403), (wide, 403), (desk("departement:13"), 404), (other, 302)):
        address = f"/facilitateurs/animation/structures/{kept.pk}/territoire"
        assert post(animator, address, name=kept.name, coverage="Somme (80)").status_code == status
    assert [(one.scope, one.code) for one in other.coverages.all()] == [("departement", "80")]
    assert own.coverages.get().code == "200093201"
    client = Client()
    client.force_login(animator)
    check = f"/facilitateurs/animation/structures/{own.pk}"
    assert client.post(check, {"is_right": "oui"}).status_code == 403
    assert own.name not in client.get("/facilitateurs/animation").content.decode()


@pytest.mark.slow
def test_a_name_that_would_mean_another_place_is_shown_by_its_code() -> None:
    covered = desk("region:04", "commune:97411", "departement:59")
    written = initial_of_registered(covered)["coverage"].split(" ; ")
    assert "region:04" in written and "Nord (59)" in written
    assert any(text in {"Saint-Denis (La Réunion)", "commune:97411"} for text in written)


@pytest.mark.slow
def test_an_animation_brings_the_csv_of_its_region_and_reads_it_first() -> None:
    house = organisation()
    north, address = animator_of(animation("32", organisation=house)), "/facilitateurs/animation/importer"
    Structure.objects.filter(pk=desk("departement:02", place=house).pk).update(
        source="structures", source_key="plie:le notre", name="Le nôtre"
    )
    lines = "kind;name;coverage\nplie;PLIE de Douai;commune:59178\nplie;PLIE de Nice;commune:06088\nplie;Le nôtre;departement:59"

    def give(reader: User, **fields: str) -> Any:
        client = Client()
        client.force_login(reader)
        return client.post(address, {"fichier": SimpleUploadedFile("s.csv", lines.encode()), **fields})

    assert give(user()).status_code == 404
    read = give(north).content.decode()
    assert "Lu, rien n’est écrit" in read and "1 à créer" in read and "2 refusées" in read
    assert "<strong>ligne 3</strong> : Ce territoire n’est pas de la région" in read
    assert not Structure.objects.filter(name="PLIE de Douai").exists()
    assert "1 créée" in give(north, importer="1").content.decode()
    assert "1 sans changement" in give(north, importer="1").content.decode()
    assert Structure.objects.get(name="Le nôtre").coverages.get().code == "02"
    give(user(is_staff=True), importer="1")
    assert Structure.objects.filter(name="PLIE de Nice").exists()
    assert give(north, quoi="facilitators").status_code == 422
