"""Where suppliers say they work: the rule read on a sheet, and what the index answers of the same sheets, agree."""

from dataclasses import replace
from pathlib import Path

import pytest

from levier.core.search import SearchEngine
from levier.directory.search import (
    Near,
    SupplierQuery,
    SupplierRow,
    rebuild_supplier_index,
    search_suppliers,
    supplier_engine,
)
from levier.directory.served import Area, Spot, areas_that_serve, comes_to, served_areas
from levier.reference.distances import haversine_km
from levier.reference.places import Place

LINEN, GREEN = "blanchisserie", "creation-espaces-verts"


def _place(
    kind: str, name: str, departement: str, region: str, land: str, point: tuple[float, float]
) -> Place:
    code = {"region": region, "departement": departement}.get(kind, "00000")
    return Place(
        kind, code, name, "" if kind == "region" else departement, "", region, "", (), 0, *point, "commune", land,  # type: ignore[arg-type]
    )  # fmt: skip


ROUBAIX = _place("commune", "Roubaix", "59", "32", "mainland", (50.69, 3.17))
NORD = _place("departement", "Nord", "59", "32", "mainland", (50.5, 3.2))
HAUTS = _place("region", "Hauts-de-France", "", "32", "mainland", (50.2, 2.8))
SAINT_DENIS = _place("commune", "Saint-Denis", "974", "04", "974", (-20.88, 55.45))
# Who: département, point, areas; then the places it comes to for linen.
SUPPLIERS: dict[str, tuple[str, tuple[float, float] | None, tuple[Area, ...], set[str]]] = {
    "Arras, 60 km": ("62", (50.29, 2.78), (Area(LINEN, "radius", 60),), {"Roubaix", "Nord"}),
    "Arras, 40 km": ("62", (50.29, 2.78), (Area(LINEN, "radius", 40),), {"Nord"}),
    "Arras, 20 km and 60 km": ("62", (50.29, 2.78), (Area(LINEN, "radius", 60), Area(LINEN, "radius", 20)), {"Roubaix", "Nord"}),
    "Arras, green spaces": ("62", (50.29, 2.78), (Area(GREEN, "france"), Area(LINEN, "radius", 5)), set()),
    "no point, 500 km": ("62", None, (Area(LINEN, "radius", 500),), set()),
    "no point, the région": ("62", None, (Area(LINEN, "regions", codes=("32",)),), {"Roubaix", "Nord", "Hauts-de-France"}),
    "Paris, the Nord": ("75", (48.85, 2.35), (Area(LINEN, "departements", codes=("02", "59")),), {"Roubaix", "Nord"}),
    "Paris, France": ("75", (48.85, 2.35), (Area(LINEN, "france"),), {"Roubaix", "Nord", "Hauts-de-France"}),
    "Paris, La Réunion": ("75", (48.85, 2.35), (Area(LINEN, "regions", codes=("04",)),), {"Saint-Denis"}),
    "Saint-Pierre, France": ("974", (-21.33, 55.47), (Area(LINEN, "france"),), {"Saint-Denis"}),
    "nothing said": ("59", (50.69, 3.17), (), set()),
}  # fmt: skip
PLACES = (ROUBAIX, NORD, HAUTS, SAINT_DENIS)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    built = supplier_engine(Path(tmp_path_factory.mktemp("served")))
    rebuild_supplier_index(
        built,
        [
            SupplierRow(
                key=key, name=name, kind="EI", departement=home, sectors=(LINEN,),
                latitude=point[0] if point else None, longitude=point[1] if point else None, serves=served_areas(areas, home),
            )
            for key, (name, (home, point, areas, _)) in enumerate(SUPPLIERS.items())
        ],
    )  # fmt: skip
    return built


def _found(engine: SearchEngine, place: Place, *trades: str, beyond_km: float = 0) -> set[str]:
    near = Near(place.latitude, place.longitude, place.landmass)
    query = SupplierQuery(near=near, serves=areas_that_serve(place, trades, beyond_km=beyond_km), limit=50)
    page = search_suppliers(engine, query)
    assert page.total == len(page.hits) == search_suppliers(engine, replace(query, limit=1)).total
    return {list(SUPPLIERS)[hit.key] for hit in page.hits}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_the_rule_and_the_index_agree(engine: SearchEngine, place: Place) -> None:
    expected = {name for name, (_, _, _, places) in SUPPLIERS.items() if place.name in places}

    def comes(home: str, point: tuple[float, float] | None, areas: tuple[Area, ...]) -> bool:
        distance = haversine_km(*point, place.latitude, place.longitude) if point else None
        return comes_to(areas, home, Spot.of(place, distance), [LINEN])

    assert {
        name for name, (home, point, areas, _) in SUPPLIERS.items() if comes(home, point, areas)
    } == expected
    assert _found(engine, place, LINEN) == expected


def test_who_is_near_is_not_from_elsewhere_and_any_trade_does_when_none_is_asked(
    engine: SearchEngine,
) -> None:
    linen = _found(engine, ROUBAIX, LINEN)
    assert _found(engine, ROUBAIX, LINEN, beyond_km=100) == {name for name in linen if "Arras" not in name}
    assert _found(engine, ROUBAIX) == linen | {"Arras, green spaces"}
