"""Territories taken together, and the communes around one."""

import pytest

from levier.reference.areas import Area, communes_around
from levier.reference.models import Commune
from levier.reference.places import haversine_km
from levier.reference.queries import place_by_code

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_an_area_holds_the_communes_of_any_of_its_territories() -> None:
    area = Area(departements=("59",), epci=("246200364",), communes=("75056",))
    expected = {
        one.code
        for one in Commune.objects.all()
        if one.departement_id == "59" or one.epci_id == "246200364" or one.code == "75056"
    }
    assert set(area.inside().values_list("code", flat=True)) == expected
    assert not Area().inside().exists() and Area().is_nowhere and not area.is_nowhere


@pytest.mark.slow
@pytest.mark.parametrize("code", ["59512", "97411", "2A004", "75056"])
def test_the_communes_around_are_those_within_the_radius(code: str) -> None:
    place = place_by_code("commune", code)
    assert place is not None
    rows = Commune.objects.values_list("code", "latitude", "longitude")
    expected = sorted(
        each for each, lat, lon in rows if haversine_km(place.latitude, place.longitude, lat, lon) <= 30
    )
    found = communes_around(place, 30)
    assert list(found) == expected and code in found
