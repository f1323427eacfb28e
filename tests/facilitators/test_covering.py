"""The desks of an area: whose remit meets it, the widest first, with what each covers."""

from typing import Any

import pytest

from levier.facilitators.covering import desks_of_departements, desks_over
from levier.facilitators.models import Coverage, Structure
from levier.reference.areas import Area

pytestmark = pytest.mark.django_db


def desk(name: str, *coverage: str, has_desk: bool = True) -> None:
    made = Structure.objects.create(
        kind="plie", name=name, has_desk=has_desk, source="essai", source_key=name, phone="03 20 00 00 00"
    )
    for one in coverage:
        scope, code = one.split(":")
        Coverage.objects.create(structure=made, scope=scope, code=code)


@pytest.fixture(autouse=True)
def _desks() -> None:
    desk("Guichet régional", "region:32")
    desk("Guichet du Nord", "departement:59", "departement:62")
    desk("PLIE de Lille", "epci:200093201")
    desk("Guichet de Roubaix", "commune:59512")
    desk("Guichet du Rhône", "departement:69")
    desk("Club sans guichet", "region:32", has_desk=False)


@pytest.mark.parametrize(
    ("area", "names"),
    [
        (Area(regions=("32",)), ["Guichet régional", "Guichet du Nord", "PLIE de Lille", "Guichet de Roubaix"]),
        (Area(epci=("200093201",)), ["Guichet régional", "Guichet du Nord", "PLIE de Lille", "Guichet de Roubaix"]),
        (Area(communes=("59350",)), ["Guichet régional", "Guichet du Nord", "PLIE de Lille"]),
        (Area(communes=("80021",)), ["Guichet régional"]),
        (Area(departements=("69",)), ["Guichet du Rhône"]),
        (Area(), []),
    ],
)  # fmt: skip
def test_the_desks_whose_remit_meets_the_area(area: Area, names: list[str]) -> None:
    assert [one.structure.name for one in desks_over(area)] == names


def test_a_desk_says_what_it_covers() -> None:
    found = {one.structure.name: one for one in desks_over(Area(regions=("32",)))}
    assert found["Guichet du Nord"].covers == ("Nord (59)", "Pas-de-Calais (62)")
    assert found["PLIE de Lille"].kind_label == "PLIE"


def test_the_desks_of_several_departements_each_under_the_first_it_meets(
    django_assert_num_queries: Any,
) -> None:
    desks_of_departements(["69"])
    # The state of the tables, the territories, the communes that have a desk.
    with django_assert_num_queries(3):
        found = desks_of_departements(["69", "62", "59", "13"])
    names = {code: [one.structure.name for one in desks] for code, desks in found.items()}
    assert names == {
        "69": ["Guichet du Rhône"],
        "62": ["Guichet régional", "Guichet du Nord"],
        "59": ["PLIE de Lille", "Guichet de Roubaix"],
        "13": [],
    }
    assert desks_of_departements([]) == {}
