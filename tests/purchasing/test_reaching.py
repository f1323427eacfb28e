"""Lots within reach of a supplier: the area it declares for the trade decides; its département stands in when it cannot."""

import pytest
from django.utils.timezone import localdate

from levier.directory.served import Area, areas_of
from levier.purchasing.queries.open_lots import open_lots
from levier.purchasing.queries.reaching import LotPlace, Reach, Sheet
from tests.purchasing.test_open_lots import told

CLEANING, GREEN = "nettoyage-locaux", "creation-espaces-verts"
ROUBAIX, TOURCOING, AJACCIO, NICE = (50.69, 3.17), (50.72, 3.16), (41.93, 8.74), (43.70, 7.27)
REGIONS = {"59": "32", "62": "32", "80": "32", "51": "44", "06": "93", "2A": "94"}
NORTH = LotPlace(("59",))


def reach_of(
    *areas: Area, departement: str = "59", point: tuple[float, float] = ROUBAIX
) -> tuple[Sheet, Reach]:
    sheet = Sheet(departement, (CLEANING, GREEN), "EI", point, areas)
    return sheet, Reach((sheet,), None, REGIONS)


@pytest.mark.parametrize(
    ("area", "place", "why"),
    [
        (None, NORTH, "Dans votre département (59)."),
        (None, LotPlace(("62",), TOURCOING), ""),
        (Area(CLEANING, "radius", 10), LotPlace(("59",), TOURCOING), "Dans les 10\u00a0km que vous servez."),
        # The border of a département stops nobody who serves forty kilometres.
        (Area(CLEANING, "radius", 10), LotPlace(("62",), TOURCOING), "Dans les 10\u00a0km que vous servez."),
        (Area(CLEANING, "radius", 2), LotPlace(("59",), TOURCOING), ""),
        (Area(CLEANING, "radius", 10), NORTH, "Dans votre département (59), sans lieu plus précis."),
        (Area(CLEANING, "departements", codes=("62", "80")), LotPlace(("80", "62")), "Dans un département que vous servez (80, 62)."),
        (Area(CLEANING, "departements", codes=("62",)), NORTH, ""),
        (Area(CLEANING, "regions", codes=("44",)), LotPlace(("51",), TOURCOING), "Dans une région que vous servez."),
        (Area(CLEANING, "france"), LotPlace(("06",), NICE), "Vous servez toute la France."),
        (Area(CLEANING, "radius", 10), LotPlace((), is_country=True), "Le lot s’exécute dans toute la France."),
        # What is said of another trade says nothing of this one.
        (Area(GREEN, "radius", 2), NORTH, "Dans votre département (59)."),
    ],
)  # fmt: skip
def test_the_area_said_for_the_trade_decides(area: Area | None, place: LotPlace, why: str) -> None:
    sheet, reach = reach_of(*([area] if area else []))
    found = reach.reached(sheet, CLEANING, place)
    assert (found.why if found else "") == why


@pytest.mark.parametrize(("share", "is_told"), [(0.4, True), (0.05, False)])
def test_a_place_known_by_its_departement_alone_is_told_in_doubt_near_a_border(
    share: float, is_told: bool
) -> None:
    area = Area(CLEANING, "radius", 40)
    sheet = Sheet("59", (CLEANING,), "EI", ROUBAIX, (area,))
    reach = Reach((sheet,), None, REGIONS, {(ROUBAIX, 40): {"59": 0.5, "62": share}})
    found = reach.reached(sheet, CLEANING, LotPlace(("62",)))
    assert (found.why if found else "") == (
        "Peut-être dans les 40\u00a0km que vous servez : seul le département est dit (62)." if is_told else ""
    )
    assert reach.reached(sheet, CLEANING, LotPlace(("62",), AJACCIO)) is None, "a known place is measured"


@pytest.mark.parametrize(
    ("area", "is_reached"),
    [(Area(CLEANING, "radius", 300), False), (Area(CLEANING, "france"), False), (Area(CLEANING, "regions", codes=("94",)), True)],
)  # fmt: skip
def test_only_who_names_it_crosses_the_sea(area: Area, is_reached: bool) -> None:
    sheet, reach = reach_of(area, departement="06", point=NICE)
    assert (reach.reached(sheet, CLEANING, LotPlace(("2A",), AJACCIO)) is not None) is is_reached


def test_the_areas_of_a_profile_are_read_with_care() -> None:
    lines = [
        {"sector": CLEANING, "area": {"kind": "radius", "km": 40}}, {"sector": GREEN, "area": {"kind": "regions", "codes": ["32"]}},
        {"sector": GREEN}, "autre chose", {"area": {}},
    ]  # fmt: skip
    assert areas_of(lines) == (Area(CLEANING, "radius", 40), Area(GREEN, "regions", codes=("32",)))
    assert areas_of(None) == areas_of({"sector": CLEANING}) == ()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_lot_of_a_neighbouring_departement_is_shown_with_its_distance() -> None:
    told(title="Roubaix")

    def asked(km: float) -> list[tuple[str, str]]:
        area = Area(CLEANING, "radius", km)
        # Arras, in the Pas-de-Calais, some forty kilometres from Roubaix.
        sheet = Sheet("62", (CLEANING,), "EI", (50.29, 2.78), (area,))
        return [(one.where, one.why) for one in open_lots(today=localdate(), sheets=[sheet])]

    ((where, why),) = asked(80)
    assert "Roubaix (59), à environ" in where and "Dans les 80\u00a0km que vous servez." in why
    assert asked(20) == []
