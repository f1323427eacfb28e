"""The committed tables: complete, coherent with one another, small, and near the official centres."""

import csv
import gzip
import json
import re
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from levier.reference.distances import haversine_km
from levier.reference.tables import DATA, PACKAGED_TABLES


@cache
def rows(file: str) -> list[dict[str, str]]:
    path = DATA / file
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(text.decode().splitlines()))


@pytest.mark.slow
def test_communes_point_to_known_territories() -> None:
    communes = rows("territories/communes.csv.gz")
    for column, file in (
        ("departement", "territories/departements.csv"),
        ("region", "territories/regions.csv"),
        ("epci", "territories/epci.csv.gz"),
    ):
        known = {row["code"] for row in rows(file)} | {""}
        assert {row[column] for row in communes} <= known
    codes = {row["code"] for row in communes}
    assert len(codes) == len(communes) == 35_014
    assert {row["parent"] for row in communes if row["parent"]} == {"75056", "69123", "13055"}
    assert {row["parent"] for row in communes} - {""} <= codes


@pytest.mark.slow
def test_every_commune_has_a_centre_with_its_precision() -> None:
    precisions = {row["precision"] for row in rows("territories/communes.csv.gz")}
    assert precisions == {"commune", "postal_code", "epci", "departement"}
    for row in rows("territories/communes.csv.gz"):
        if len(row["departement"]) == 2:
            assert 41 < float(row["latitude"]) < 51.5
            assert -5.5 < float(row["longitude"]) < 10


def test_naf_has_its_five_levels() -> None:
    levels = [row["level"] for row in rows("naf/naf_rev2.csv.gz")]
    assert [levels.count(level) for level in "12345"] == [21, 88, 272, 615, 732]


def test_cpv_parents_are_prefixes_of_their_children() -> None:
    codes = rows("cpv/cpv.csv.gz")
    assert len(codes) == 9_454
    for row in codes:
        if row["parent"]:
            assert row["code"].startswith(row["parent"].rstrip("0"))
        else:
            assert row["level"] == "1"


def test_tables_hold_no_date_and_stay_small() -> None:
    # A gzip header with a date would change the bytes at every build.
    for table in PACKAGED_TABLES:
        head = table.path.read_bytes()[:8]
        assert not head.startswith(b"\x1f\x8b") or head[4:8] == bytes(4)
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 3_000_000


def test_outlines_are_closed_rings_of_known_departements() -> None:
    features = json.loads((DATA / "outlines" / "departements.geojson").read_text())["features"]
    known = {row["code"] for row in rows("territories/departements.csv")}
    assert len({feature["properties"]["code"] for feature in features} & known) == 101
    for feature in features:
        geometry = feature["geometry"]
        shapes = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        assert all(ring[0] == ring[-1] and len(ring) >= 4 for shape in shapes for ring in shape)


def test_the_build_names_packages_and_no_address() -> None:
    script = (Path(__file__).resolve().parents[2] / "scripts" / "build_reference.py").read_text()
    assert "@etalab/decoupage-administratif" in script
    assert not re.search(r"https?://", script)


@pytest.mark.real_data
@pytest.mark.slow
def test_centres_stand_near_the_official_ones(shared_data: Path) -> None:
    with (shared_data / "1_territoires" / "communes.csv").open(encoding="utf-8", newline="") as stream:
        official = {row["code_insee"]: row for row in csv.DictReader(stream) if row["latitude"]}
    gaps: dict[str, list[float]] = {"commune": [], "postal_code": []}
    for row in rows("territories/communes.csv.gz"):
        real = official.get(row["code"])
        if real and row["precision"] in gaps:
            here = float(row["latitude"]), float(row["longitude"])
            gaps[row["precision"]].append(
                haversine_km(*here, float(real["latitude"]), float(real["longitude"]))
            )
    assert median(gaps["commune"]) < 1.5
    assert median(gaps["postal_code"]) < 8
