"""SIRENE completes the suppliers we know, marks what is closed, and makes those its rules name."""

import csv
from pathlib import Path

import duckdb
import pytest

from levier.core.audit import Actor
from levier.directory.actions import ImportRefusedError, ImportReport, import_source
from levier.directory.models import Supplier
from levier.directory.sources import SOURCES
from levier.directory.sources.sirene.source import prepare_selected
from levier.directory.sources.sirene.stock import UNIT, Reader
from tests.directory.sirene_stock import ESTABLISHMENTS, write_stock

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROOFS = next(one for one in ESTABLISHMENTS if one["siret"] == "99910001900010")


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


def load(slug: str, path: Path | None = None) -> ImportReport:
    found = path or SOURCES[slug].folder / "sample.csv"
    return import_source(source=slug, path=found, by=Actor.machine("essai"))


def test_a_supplier_known_by_its_siren_takes_its_head_office(tmp_path: Path) -> None:
    load("ess", SOURCES["ess"].folder / "sample_national.csv")
    load("sirene", write_stock(tmp_path, ".parquet"))
    clean = Supplier.objects.get(key="siren-999200280:ESS")
    assert (clean.naf, clean.naf_nomenclature, clean.siret) == ("8121Y", "naf_2025", None)
    assert "LILLE" in clean.profile["registered_address"]


@pytest.mark.parametrize(
    ("ending", "enseigne"),
    [
        *((".csv", text) for text in ("", "LES TOITS, BIS", 'LES "TOITS"', "LES\nTOITS")),
        *((".zip", text) for text in ("", "LES\nTOITS")),
    ],
)
def test_lines_chosen_before_they_are_cut_say_what_the_table_says(
    tmp_path: Path, ending: str, enseigne: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell may hold the separator, quotes, or run over two lines: then the file is cut first."""
    monkeypatch.setitem(ROOFS, "enseigne1Etablissement", enseigne)
    work = tmp_path / "work"
    work.mkdir()
    table = prepare_selected(write_stock(tmp_path, ending, key_first=True), work)
    assert table is not None
    with table.open(encoding="utf-8", newline="") as text:
        (found,) = (row for row in csv.DictReader(text) if row["siret"] == ROOFS["siret"])
    assert (found["brand"], found["qpv"], found["latitude"]) == (
        enseigne.replace("\n", " "),
        "QN05930M",
        "50.6902",
    )
    assert (found["postal_code"], found["city"]) == ("59100", "ROUBAIX")


def test_a_file_of_places_with_semicolons_is_read_too(tmp_path: Path) -> None:
    path = write_stock(tmp_path, ".parquet")
    name = next(one for one in tmp_path.iterdir() if one.name.startswith("Geolocalisation"))
    duckdb.sql(
        f"COPY (SELECT * FROM '{name}') TO '{name.with_suffix('.csv')}' (FORMAT csv, HEADER, DELIMITER ';')"
    )
    name.unlink()
    load("sirene-ess", path)
    assert Supplier.objects.get(key="99910001900010:ESS").profile["qpv"]["code"] == "QN05930M"


def test_rules_of_the_house_replace_those_of_the_package(tmp_path: Path) -> None:
    rules = tmp_path / "sirene-selection.yaml"
    path = write_stock(tmp_path, ".parquet")
    rules.write_text("rules:\n  - {kind: QPV, in_qpv: true}\n", encoding="utf-8")
    report = load("sirene-ess", path)
    assert set(Supplier.objects.values_list("key", flat=True)) == {"99910001900010:QPV"}
    assert report.created == 1
    next(tmp_path.glob("Geoloc*")).unlink()
    with pytest.raises(ImportRefusedError, match="Une règle demande le quartier prioritaire"):
        load("sirene-ess", path)
    rules.write_text('rules:\n  - {kind: ESS, departements: ["59\'; DROP"]}\n', encoding="utf-8")
    with pytest.raises(ImportRefusedError, match="n’est pas un code"):
        load("sirene-ess", path)


def test_another_file_is_not_taken_for_the_stock(tmp_path: Path) -> None:
    path = tmp_path / "StockEtablissement_utf8.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ImportRefusedError, match="n’est pas celui du stock SIRENE"):
        load("sirene", path)
    broken = write_stock(tmp_path, ".zip", key_first=True)
    content = bytearray(broken.read_bytes())
    content[80:90] = bytes(10)
    broken.write_bytes(content)
    with pytest.raises(ImportRefusedError, match="est abîmé"):
        load("sirene-ess", broken)
    broken = tmp_path / "StockEtablissement_utf8.parquet"
    broken.write_bytes(b"PAR1 mais pas vraiment")
    with pytest.raises(ImportRefusedError, match="est abîmé"):
        load("sirene", broken)


@pytest.mark.real_data
def test_the_real_parquet_of_legal_units_is_read_with_its_own_types(
    shared_data: Path, tmp_path: Path
) -> None:
    """Categories are whole numbers there, not texts."""
    path = shared_data / "4_sirene/echantillons/eclaireur_sirene_raw.parquet"
    with duckdb.connect() as database:
        Reader(database, tmp_path).load("unit", path, UNIT)
        rows = database.execute(
            "SELECT count(*), count(*) FILTER (WHERE length(siren) = 9),"
            " count(*) FILTER (WHERE regexp_full_match(categorieJuridiqueUniteLegale, '[0-9]{4}')) FROM unit"
        ).fetchall()[0]
    assert rows == (15, 15, 15)
