"""Priority districts, FRR, legal categories and the correspondence of the two NAF: what is read and refused."""

import json
import random
import zipfile
from pathlib import Path

import pytest

from levier.core.audit import Actor
from levier.reference import actions, queries
from levier.reference.districts import DistrictFinder, Perimeter
from levier.reference.legal import ess_by_law, ess_status, excluded_naf
from levier.reference.models import Commune, LegalCategory, NafLink, PriorityDistrict
from levier.reference.sources.csv_rows import UnreadableFileError

BY = Actor.machine("test")
SQUARE = [[3.0, 50.0], [3.2, 50.0], [3.2, 50.2], [3.0, 50.2], [3.0, 50.0]]
HOLE = [[3.05, 50.05], [3.1, 50.05], [3.1, 50.1], [3.05, 50.1], [3.05, 50.05]]


def feature(code: str, rings: list, commune: str = "59512", name: str = "Quartier d'essai") -> dict:
    return {
        "type": "Feature",
        "properties": {"code_qp": code, "lib_qp": name, "insee_com": commune},
        "geometry": {"type": "MultiPolygon", "coordinates": [rings]},
    }


def geojson(tmp_path: Path, *features: dict) -> Path:
    path = tmp_path / "qpv.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def test_a_point_in_a_hole_is_outside() -> None:
    finder = DistrictFinder([Perimeter("QN05901M", (SQUARE, HOLE))])
    assert finder.find([3.02, 3.07, 3.3], [50.02, 50.07, 50.1]) == ["QN05901M", "", ""]


def test_a_point_on_a_shared_side_belongs_to_one_district_only() -> None:
    other = [[x + 0.2, y] for x, y in SQUARE]
    finder = DistrictFinder([Perimeter("QN05901M", (SQUARE,)), Perimeter("QN05902M", (other,))])
    assert finder.find([3.2], [50.1]) in (["QN05901M"], ["QN05902M"])
    assert DistrictFinder([]).find([3.2], [50.1]) == [""]


def test_ray_casting_agrees_with_a_triangle_s_own_inequalities() -> None:
    """Random triangles and points: inside means on the same side of the three sides."""
    rng = random.Random(7)
    for _ in range(50):
        a, b, c = [(rng.uniform(-5, 5), rng.uniform(40, 50)) for _ in range(3)]
        finder = DistrictFinder([Perimeter("QN05901M", ([a, b, c, a],))])
        points = [(rng.uniform(-5, 5), rng.uniform(40, 50)) for _ in range(20)]
        found = finder.find([x for x, _ in points], [y for _, y in points])
        for (x, y), code in zip(points, found, strict=True):
            sides = [
                (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) for p, q in ((a, b), (b, c), (c, a))
            ]
            assert bool(code) == (all(side > 0 for side in sides) or all(side < 0 for side in sides))


@pytest.mark.django_db
def test_perimeters_are_read_from_the_publisher_s_archive_and_named_in_their_commune(tmp_path: Path) -> None:
    path = tmp_path / "qpv.zip"
    good = geojson(tmp_path, feature("QN05901M", [SQUARE, HOLE]), feature("XX1", [SQUARE]))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("GEOJSON/lisez-moi.txt", "leurre")
        archive.writestr("GEOJSON/QP2024_France_hexagonale_LB93.geojson", "{}")
        archive.write(good, "GEOJSON/QP2024_France_Hexagonale_Outre_Mer_WGS84.geojson")
    first = actions.import_qpv(path, by=BY)
    again = actions.import_qpv(path, by=BY)
    assert (first.read, first.updated, first.rejected) == (2, 1, 1)
    assert (again.updated, again.unchanged) == (0, 1)
    district = PriorityDistrict.objects.get()
    assert (district.west, district.north, district.communes) == (3.0, 50.2, ["59512"])
    roubaix = Commune.objects.get(code="59512")
    assert (roubaix.has_qpv, "QN05901M" in roubaix.qpv_codes) == (True, True)
    assert queries.district_finder().find([3.02], [50.02]) == ["QN05901M"]
    # A second file (overseas) adds its own and takes nothing away.
    actions.import_qpv(geojson(tmp_path, feature("QN97101M", [SQUARE], "97101")), by=BY)
    assert PriorityDistrict.objects.count() == 2


@pytest.mark.django_db
def test_perimeters_in_metres_open_or_of_2015_are_refused_with_their_code(tmp_path: Path) -> None:
    metres = [[[700000.0, 6600000.0]] * 4]
    former = feature("QP059001", [SQUARE])
    report = actions.import_qpv(
        geojson(tmp_path, feature("QN05901M", metres), feature("QN05902M", [SQUARE[:2]]), former), by=BY
    )
    reasons = [refused.reason for refused in report.rejections]
    assert "en mètres" in reasons[0] and reasons[1] == "QN05902M : contour vide ou ouvert"
    assert "quartier de 2015, remplacé en 2024" in reasons[2]
    path = tmp_path / "autre.geojson"
    path.write_text("pas du json", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="un GeoJSON"):
        actions.import_qpv(path, by=BY)


@pytest.mark.django_db
def test_the_official_frr_list_is_read_under_its_own_title(tmp_path: Path) -> None:
    path = tmp_path / "frr.csv"
    path.write_text(
        "Code_insee;Departement;Commune;Classement FRR et FRR+ au 10 juillet 2025;\n"
        "48095;48;Mende;FRR+;\n59350;59;Lille;Non classée;\n",
        encoding="utf-8",
    )
    report = actions.import_frr(path, by=BY)
    assert (report.read, report.rejected) == (2, 0)
    assert Commune.objects.get(code="48095").is_frr is True
    assert Commune.objects.get(code="59350").is_frr is False
    path.write_text("Code_insee;Commune\n48095;Mende\n", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="Classement FRR"):
        actions.import_frr(path, by=BY)


@pytest.mark.django_db
def test_legal_categories_and_naf_links_are_loaded_and_read_back(tmp_path: Path) -> None:
    legal = tmp_path / "cj.csv"
    legal.write_text("code,libelle\n9220,Association déclarée\nXX,Faux\n", encoding="utf-8")
    report = actions.import_legal_categories(legal, by=BY)
    assert (report.read, report.updated, report.rejected) == (2, 1, 1)
    assert queries.legal_category_label("9220") == "Association déclarée"
    assert LegalCategory.objects.count() == 1
    links = tmp_path / "naf.csv"
    links.write_text(
        "NAF rév.2;Intitulé;NAF 2025\n81.21Z;Nettoyage;81.21Y\n81.21Z;Nettoyage;81.22Y\n", "utf-8"
    )
    report = actions.import_naf_2025(links, by=BY)
    assert (report.source, report.read, report.rejected) == ("naf_links", 2, 0)
    assert queries.naf_rev2_of("8122Y") == ["8121Z"]
    # A later table replaces the former one.
    links.write_text("NAF rév.2;NAF 2025\n81.21Z;81.21Y\n", "utf-8")
    actions.import_naf_2025(links, by=BY)
    assert NafLink.objects.count() == 1


@pytest.mark.parametrize(
    ("category", "naf", "declared", "status"),
    [
        ("9220", "8121Z", None, "by_law"),
        ("9220", "94.91Z", None, "no"),
        ("9210", "8121Z", None, "no"),
        ("8210", "6512Z", None, "by_law"),
        ("5558", "4332A", None, "by_law"),
        ("5710", "4332A", None, "if_declared"),
        ("5710", "4332A", True, "by_law"),
        ("1000", "4332A", None, "no"),
        ("7210", "8411Z", None, "no"),
        ("", "", None, "unknown"),
    ],
)
def test_ess_by_law_follows_the_category_the_activity_and_the_declaration(
    category: str, naf: str, declared: bool | None, status: str
) -> None:
    answer = ess_status(category, naf, declared=declared)
    assert answer.status == status
    assert answer.reason


@pytest.mark.slow
def test_the_table_for_bulk_work_says_what_the_rule_says() -> None:
    table = {(category, said, is_excluded): reason for category, said, is_excluded, reason in ess_by_law()}
    for category in ("9220", "9210", "5558", "5710", "1000"):
        for said, declared in (("", None), ("N", False), ("O", True)):
            for naf in ("8121Z", "9491Z", "8411Z"):
                answer = ess_status(category, naf, declared=declared)
                wanted = answer.reason if answer.status == "by_law" else None
                assert table.get((category, said, naf.startswith(excluded_naf()))) == wanted


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.django_db
def test_real_perimeters_and_categories_are_read_whole(shared_data: Path, tmp_path: Path) -> None:
    """The public file at hand holds districts of 2015: refused as they are, read whole once their codes are of 2024."""
    of_2015 = shared_data / "1_territoires/qpv/qpv_occitanie_hackaviz2021.geojson"
    refused = actions.import_qpv(of_2015, by=BY)
    assert (refused.read, refused.rejected) == (105, 105)
    assert all("quartier de 2015" in rejection.reason for rejection in refused.rejections)
    in_force = tmp_path / "qpv.geojson"
    in_force.write_text(of_2015.read_text(encoding="utf-8").replace('"QP', '"QN'), encoding="utf-8")
    read = actions.import_qpv(in_force, by=BY)
    assert (read.read, read.rejected, read.updated) == (105, 0, 105)
    legal = actions.import_legal_categories(
        shared_data / "2_nomenclatures/juridique/categories_juridiques_insee.csv", by=BY
    )
    assert legal.rejected == 0 and legal.updated > 250
