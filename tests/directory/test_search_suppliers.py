"""The index of suppliers: what makes one found, counted, left out, and the reasons given."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from levier.core.search import InvalidQueryError
from levier.directory.kinds import UnknownKindError
from levier.directory.search import (
    FACETS,
    Near,
    SupplierQuery,
    SupplierRow,
    apply_supplier_changes,
    count_suppliers,
    rebuild_supplier_index,
    search_suppliers,
    supplier_document,
    supplier_engine,
    trade_wish,
)
from levier.directory.search.finding import cpv_prefixes
from levier.directory.standing import standing_of
from levier.reference.sectors import UnknownSectorError

LILLE = Near(50.6292, 3.0573, "mainland")
MAMOUDZOU = Near(-12.7806, 45.2278, "976")
ROWS = [
    SupplierRow(
        key=1, name="Les Peintres du Nord", kind="EI", siret="10000000100017", naf="43.34Z",
        other_naf="43.34Y",
        sectors=("peinture-vitrerie",), activity="stated", offer=("ravalement", "papier peint"), region="32",
        departement="59", commune="59350", commune_name="Lille", postal_code="59000", latitude=50.63,
        longitude=3.06, eligible=True,
    ),
    SupplierRow(
        key=2, name="ESAT du Lac", kind="ESAT", siret="10000000200015", departement="59", region="32",
        commune_name="Roubaix", commune="59512", latitude=50.6927, longitude=3.1778,
    ),
    SupplierRow(
        key=3, name="Solidaire Développement", kind="ESS", siret="10000000300013",
        sectors=("peinture-vitrerie",), activity="inferred", departement="59", region="32",
        latitude=50.62, longitude=3.05,
    ),
    SupplierRow(
        key=4, name="Propreté Mahoraise", kind="EI", siret="10000000400011", sectors=("nettoyage-locaux",),
        activity="stated", departement="976", region="06", latitude=-12.78, longitude=45.23, eligible=True,
    ),
    SupplierRow(
        key=5, name="Intérim Insertion Flandres", kind="ETTI", siret="10000000500018",
        sectors=("mise-a-disposition",), activity="stated", departement="59", region="32",
        latitude=50.43, longitude=2.83, labels=("rse-i",), description="Recrutement et mise à l’emploi",
        is_demo=True,
    ),
]  # fmt: skip

TODAY = date(2026, 11, 26)
SILENT: dict[str, Any] = {
    "is_closed": False, "labels": [], "workforce": None, "places": None, "headcount_band": "", "confirmed_on": None,
    "activity_status": "unknown", "has_contact": False, "offer": [], "description": "",
}  # fmt: skip
COMPLETE = {
    "confirmed_on": TODAY, "activity_status": "stated", "has_contact": True, "offer": ["Vitres"], "labels": ["rge"],
}  # fmt: skip

# Those who say « peinture », another word for it, or whose sector it is.
PAINTING = (trade_wish("peinture"),)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    built = supplier_engine(tmp_path_factory.mktemp("search"))
    rebuild_supplier_index(built, ROWS, position=(1, 2))
    return built


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        (SupplierQuery(text="peintre"), {1}),
        (SupplierQuery(wishes=PAINTING), {1}),
        (SupplierQuery(wishes=PAINTING, with_ess=True), {1, 3}),
        (SupplierQuery(wishes=PAINTING, families=("ess",)), {3}),
        (SupplierQuery(wishes=PAINTING, kinds=("ESS", "EI")), {1, 3}),
        (SupplierQuery(text="ravalement roubaix", relax=False), set()),
        (SupplierQuery(text="ravalement lille"), {1}),
        (SupplierQuery(text="100 000 002 00015"), {2}),
        (SupplierQuery(text="100000002"), {2}),
        (SupplierQuery(text="flandre"), {5}),
        (SupplierQuery(text="etti"), {5}),
        (SupplierQuery(text="inter", prefix=True), {5}),
        (SupplierQuery(sectors=("peinture-vitrerie",)), {1}),
        (SupplierQuery(groups=("batiment",)), {1}),
        (SupplierQuery(cpv=("45442100",)), {1}),
        (SupplierQuery(cpv=("45000000",)), {1}),
        (SupplierQuery(cpv=("90910000-9",)), {4}),
        (SupplierQuery(naf=("4334Z",)), {1}),
        (SupplierQuery(naf=("43.34Z",)), {1}),
        (SupplierQuery(shelves=("people",)), {5}),
        (SupplierQuery(families=("handicap",)), {2}),
        # Both nomenclatures find it.
        (SupplierQuery(naf=("43.34Z",)), {1}),
        (SupplierQuery(naf=("4334Y",)), {1}),
        (SupplierQuery(activities=("unknown",)), {2}),
        (SupplierQuery(departements=("59",), with_demo=False), {1, 2}),
        (SupplierQuery(regions=("06",)), {4}),
        (SupplierQuery(communes=("59350",), postal_codes=("59000",)), {1}),
        (SupplierQuery(eligible=("yes",)), {1, 4}),
        (SupplierQuery(labels=("rse-i",)), {5}),
        (SupplierQuery(text="rse-i"), {5}),
        (SupplierQuery(near=LILLE, radius_km=15), {1, 2}),
        (SupplierQuery(near=MAMOUDZOU, radius_km=15), {4}),
        (SupplierQuery(near=LILLE, radius_km=20_000), {1, 2, 5}),
    ],
)
def test_who_is_found(engine, query: SupplierQuery, keys: set[int]) -> None:  # type: ignore[no-untyped-def]
    assert set(search_suppliers(engine, query).keys) == keys
    assert count_suppliers(engine, query) == len(keys)


def test_each_count_ignores_its_own_filter(engine) -> None:  # type: ignore[no-untyped-def]
    page = search_suppliers(engine, SupplierQuery(departements=("59",), kinds=("EI",), facets=FACETS))
    assert page.total == 1
    assert page.facets["kind"] == {"EI": 1, "ESAT": 1, "ETTI": 1}
    assert page.facets["departement"] == {"59": 1, "976": 1}
    assert page.facets["sector"] == {"peinture-vitrerie": 1}


def test_hits_carry_distance_kind_and_reason(engine) -> None:  # type: ignore[no-untyped-def]
    query = SupplierQuery(near=LILLE, radius_km=15, cpv=("45442100",), sort="distance")
    (hit,) = search_suppliers(engine, query).hits
    assert hit.distance_km == pytest.approx(0.21, abs=0.05)
    assert (hit.kind, hit.activity) == ("EI", "stated")
    assert hit.why == ("secteur demandé : Peinture et vitrerie",)


def test_a_word_of_the_sector_is_a_reason(engine) -> None:  # type: ignore[no-untyped-def]
    (hit,) = search_suppliers(engine, SupplierQuery(wishes=PAINTING, kinds=("EI",))).hits
    assert hit.why == ("secteur demandé : Peinture et vitrerie",)


def test_words_given_up_are_said(engine) -> None:  # type: ignore[no-untyped-def]
    page = search_suppliers(engine, SupplierQuery(text="ravalement échafaudage roubaix"))
    assert page.relaxed and set(page.keys) == {1, 2}
    assert not search_suppliers(engine, SupplierQuery(text="ravalement lille")).relaxed


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (SupplierQuery(kinds=("XX",)), UnknownKindError),
        (SupplierQuery(sectors=("nulle-part",)), UnknownSectorError),
        (SupplierQuery(families=("autre",)), InvalidQueryError),
        (SupplierQuery(cpv=("4",)), InvalidQueryError),
        (SupplierQuery(radius_km=10), InvalidQueryError),
        (SupplierQuery(sort="distance"), InvalidQueryError),
    ],
)
def test_an_impossible_search_gets_a_sentence(engine, query: SupplierQuery, error: type[Exception]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=r"[«.]"):
        search_suppliers(engine, query)


def test_cpv_goes_down_from_a_division_and_up_to_the_longest_prefix() -> None:
    assert all(prefix.startswith("45") for prefix in cpv_prefixes("45000000"))
    assert len(cpv_prefixes("45000000")) > 10
    assert all("45442100".startswith(p) or p.startswith("454421") for p in cpv_prefixes("45442100"))
    assert all(prefix.startswith("90") for prefix in cpv_prefixes("90"))


def test_an_absent_activity_leaves_no_sector_and_a_repeated_brand_counts_once() -> None:
    document = supplier_document(replace(ROWS[1], brand="esat du LAC"))
    assert (document["sector"], document["activity"], document["brand"]) == ([], "unknown", "")
    assert document["siren"] == "100000002"


def test_a_row_is_read_from_a_mapping_with_more_than_needed() -> None:
    row = SupplierRow.from_mapping(
        {"key": 7, "name": "A", "kind": "EI", "sectors": ["traiteur"], "brand": None, "other": 1}
    )
    assert row == SupplierRow(key=7, name="A", kind="EI", sectors=("traiteur",))


@pytest.mark.slow
def test_changes_are_applied_and_the_position_kept(tmp_path: Path) -> None:
    built = supplier_engine(tmp_path)
    rebuild_supplier_index(built, ROWS)
    apply_supplier_changes(
        built, [replace(ROWS[1], sectors=("blanchisserie",))], deleted=[1], position=(9, 3)
    )
    assert search_suppliers(built, SupplierQuery(sectors=("blanchisserie",))).keys == (2,)
    assert count_suppliers(built, SupplierQuery(groups=("batiment",))) == 0
    assert built.position() == (9, 3)
    built.close()


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ({}, "0"),
        ({"activity_status": "inferred", "has_contact": True}, "2"),
        ({"confirmed_on": TODAY - timedelta(days=10)}, "4"),
        ({"confirmed_on": TODAY - timedelta(days=300)}, "2"),
        ({"confirmed_on": TODAY - timedelta(days=500)}, "0"),
        (COMPLETE, "9"),
        (COMPLETE | {"is_closed": True}, "0"),
    ],
)
def test_a_sheet_stands_by_what_it_says_and_since_when(said: dict[str, Any], standing: str) -> None:
    assert standing_of(SILENT | said, TODAY) == standing
