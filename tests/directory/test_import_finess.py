"""FINESS in its two public forms: the stock without titles, and the daily JSON."""

from pathlib import Path

import duckdb
import pytest

from levier.core.audit import Actor
from levier.directory import sources
from levier.directory.actions import ImportRefusedError, ImportReport, import_source
from levier.directory.models import Supplier
from levier.directory.sources import SOURCES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


def load(path: Path | str) -> ImportReport:
    found = path if isinstance(path, Path) else SOURCES["esat"].folder / path
    return import_source(source="esat", path=found, by=Actor.machine("essai"))


def test_the_stock_without_titles_gives_esat_and_ea_and_counts_the_rest_apart() -> None:
    report = load("sample_stock.csv")
    assert (report.read, report.created, report.rejected) == (3, 3, 0)
    assert [count for sentence, count in report.anomalies.items() if "laissées de côté" in sentence] == [3]
    nord = Supplier.objects.get(key="99920000900010:ESAT")
    assert (nord.name, nord.address, nord.commune_id) == (
        "ESAT DU NORD D'ESSAI LILLE",
        "12 R DE PARIS",
        "59350",
    )
    assert (nord.precision, round(nord.latitude or 0, 2), round(nord.longitude or 0, 2)) == (
        "address",
        50.63,
        3.07,
    )


def test_an_ea_of_the_register_says_it_is_to_be_confirmed() -> None:
    load("sample_stock.csv")
    adapted = Supplier.objects.get(key="99920007400014:EA")
    assert "à confirmer" in adapted.profile["to_confirm"]
    assert adapted.commune_id == "59512"
    assert "to_confirm" not in Supplier.objects.get(key="99920000900010:ESAT").profile


def test_an_overseas_place_is_found_by_its_own_code_and_keeps_its_commune_s_centre() -> None:
    load("sample_stock.csv")
    island = Supplier.objects.get(key="finess-970100010:ESAT")
    assert (island.commune_id, island.siret) == ("97101", None)
    assert island.precision != "address"


def test_the_daily_json_gives_the_same_places_with_the_national_address_base() -> None:
    load("sample_stock.csv")
    report = load("sample_plus.json")
    assert (report.read, report.created, report.updated, report.rejected) == (2, 0, 2, 0)
    nord = Supplier.objects.get(key="99920000900010:ESAT")
    assert (nord.latitude, nord.longitude, nord.precision) == (50.6331, 3.0664, "address")
    assert nord.profile["manager"] == {"name": "ASSOCIATION DE GESTION D'ESSAI", "siren": "999200009"}
    # A match of the address base that is worth little is not taken for an address.
    assert Supplier.objects.get(key="99920007400014:EA").precision != "address"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"pmej": [{"ege": [}', "n’est plus du JSON à partir de ligne 1"),
        ('{"autre": []}', "ne contient aucune liste « pmej »"),
        ('{"pmej": []}', "aucun enregistrement"),
    ],
)
def test_a_broken_json_gets_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "finess.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportRefusedError, match=sentence):
        load(path)


def test_lambert_93_agrees_with_a_published_pair() -> None:
    """The address 01053_1950_00062 as FINESS+ publishes it, in metres and in degrees."""
    database = duckdb.connect()
    database.execute(
        (Path(sources.__file__).parent / "stages" / "1_map_lambert.sql").read_text(encoding="utf-8")
    )
    latitude, longitude = database.execute(
        "SELECT lambert_latitude(lambert_isometric(x, y)), lambert_longitude(x, y)"
        " FROM (SELECT 873766.07 AS x, 6570414.61 AS y)"
    ).fetchall()[0]
    assert (round(latitude, 5), round(longitude, 5)) == (46.21126, 5.2542)
