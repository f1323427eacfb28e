"""Loading the packaged tables, importing official files over them, reading places back."""

import json
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from levier.core.audit import Actor
from levier.core.models import AuditEvent
from levier.reference import actions, naf, queries, tables
from levier.reference.models import Commune, CpvCode, CpvExample, NafCode, ReferenceTable, Sector
from levier.reference.sources.csv_rows import UnreadableFileError

BY = Actor.machine("test")

pytestmark = pytest.mark.django_db

HEADER = "code_insee,latitude,longitude,frr_2025,qpv_2024\n"


@pytest.fixture(autouse=True)
def _loaded() -> None:
    """The template database already holds the tables; on a bare one this loads them."""
    actions.load_reference(by=BY)


def csv_file(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "fichier.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_second_load_changes_nothing_and_writes_no_event() -> None:
    before = AuditEvent.objects.count()
    report = actions.load_reference(by=BY)
    assert (report.loaded, AuditEvent.objects.count()) == (0, before)
    assert report.rows == sum(table.rows for table in report.tables)


def test_every_packaged_table_is_in_the_database_with_its_source() -> None:
    held = {table.name: table for table in queries.reference_tables()}
    for table in tables.PACKAGED_TABLES:
        assert held[table.name].rows == table.content.count(b"\n") - 1
        assert held[table.name].source
        assert held[table.name].licence
    assert Commune.objects.whole().count() == 34_969
    assert Commune.objects.arrondissements().count() == 45


def test_a_table_of_another_version_is_loaded_again() -> None:
    ReferenceTable.objects.filter(name="regions").update(checksum="0" * 64)
    report = actions.load_reference(by=BY)
    assert [table.name for table in report.tables if table.is_loaded] == ["regions"]


def test_hierarchies_reach_their_roots() -> None:
    painting = NafCode.objects.get(nomenclature="naf_rev2", code="4334Z")
    chain = [painting.code]
    while painting.parent:
        painting = painting.parent
        chain.append(painting.code)
    assert chain == ["4334Z", "4334", "433", "43", "F"]
    assert CpvCode.objects.filter(level=1).count() == 45
    assert CpvCode.objects.get(code="45261910").parent_id == "45261900"
    assert not Sector.objects.filter(parent=None, children=None).exists()


@pytest.mark.slow
def test_an_exact_centre_is_imported_once_and_survives_a_new_load(tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER + "48095,44.5180,3.5010,FRR socle,QN04801M\n")
    first = actions.import_communes(path, by=BY)
    second = actions.import_communes(path, by=BY)
    assert (first.read, first.updated, first.rejected) == (1, 1, 0)
    assert (second.updated, second.unchanged) == (0, 1)
    ReferenceTable.objects.filter(name="communes").update(checksum="0" * 64)
    actions.load_reference(by=BY)
    mende = Commune.objects.get(code="48095")
    assert (mende.latitude, mende.precision, mende.centre_source) == (44.518, "commune", "import")
    assert (mende.is_frr, mende.has_qpv, mende.qpv_codes) == (True, True, ["QN04801M"])


@pytest.mark.slow
def test_a_column_absent_from_the_file_changes_nothing(tmp_path: Path) -> None:
    actions.import_communes(csv_file(tmp_path, HEADER + "48095,44.5180,3.5010,FRR socle,QN04801M\n"), by=BY)
    actions.import_communes(csv_file(tmp_path, "code_insee;frr_2025\n48095;Non classée\n"), by=BY)
    mende = Commune.objects.get(code="48095")
    assert (mende.latitude, mende.is_frr, mende.qpv_codes) == (44.518, False, ["QN04801M"])


def test_a_class_that_covers_a_part_of_the_commune_is_not_an_answer(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "code_insee,frr_2025\n48095,FRR bénéficiaire partiellement\n")
    actions.import_communes(path, by=BY)
    mende = Commune.objects.get(code="48095")
    assert (mende.is_frr, mende.frr_class) == (None, "FRR bénéficiaire partiellement")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("99999,44.5,3.5,,", "aucune commune connue"),
        ("48095,quarante,3.5,,", "deux nombres"),
        ("48095,444,3.5,,", "ne sont pas des degrés"),
        ("48095,3.5,44.5,,", "inversées"),
        ("48095,44.5,3.5,,QN1", "n’est pas un code de quartier"),
    ],
)
def test_a_bad_line_is_refused_with_its_reason_and_the_others_go_in(
    tmp_path: Path, line: str, words: str
) -> None:
    report = actions.import_communes(csv_file(tmp_path, HEADER + f"{line}\n59350,50.63,3.06,,\n"), by=BY)
    assert report.read == report.updated + report.unchanged + report.rejected == 2
    assert report.rejections[0].line == 2
    assert words in report.rejections[0].reason


@pytest.mark.slow
def test_a_commune_given_twice_is_refused_the_second_time(tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADER + "59350,50.63,3.06,,\n59350,50.64,3.07,,\n")
    report = actions.import_communes(path, by=BY)
    assert [rejection.reason for rejection in report.rejections] == ["59350 déjà donné à la ligne 2"]


@pytest.mark.slow
@pytest.mark.parametrize("content", ["nom,ville\nx,y\n", "", "code_insee,latitude\n"])
def test_a_file_of_another_shape_is_refused_whole(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnreadableFileError, match=r"fichier\.csv"):
        actions.import_communes(csv_file(tmp_path, content), by=BY)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="illisible"):
        actions.import_naf_2025(tmp_path / "absent.csv", by=BY)


def test_naf_2025_stands_beside_rev_2(tmp_path: Path) -> None:
    header = "code,classe,groupe,division,section,libelle_section,libelle\n"
    rows = '01.11Y,01.11,01.1,01,A,"AGRICULTURE",Culture de céréales\n0111,,,,A,AGRICULTURE,Classe\n'
    report = actions.import_naf_2025(csv_file(tmp_path, header + rows), by=BY)
    assert (report.read, report.updated, report.rejected) == (2, 1, 1)
    wheat = NafCode.objects.get(nomenclature="naf_2025", code="0111Y")
    assert (wheat.level, wheat.parent and wheat.parent.code, wheat.dotted) == (5, "A", "01.11Y")
    assert NafCode.objects.filter(nomenclature="naf_rev2", code="0111Z").exists()


def test_a_lesson_is_learnt_once() -> None:
    lessons = [
        actions.CpvLesson("Réfection de toiture", "45261910", "a"),
        actions.CpvLesson("Réfection de toiture", "45261910", "a"),
        actions.CpvLesson("Objet sans code", "99999999", "a"),
        actions.CpvLesson("  ", "45261910", "a"),
    ]
    added = [actions.record_cpv_examples(lessons=lessons, source="essai", by=BY) for _ in range(2)]
    assert added == [1, 0]
    assert CpvExample.objects.filter(source="essai").count() == 1


def test_the_database_refuses_a_centre_off_the_earth() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Commune.objects.filter(code="59350").update(latitude=95)


def test_reads_by_code_and_postal_code() -> None:
    corse = queries.departement("2a")
    assert corse is not None
    assert corse.name == "Corse-du-Sud"
    assert queries.departement("00") is None
    gobelins = queries.commune_of_postal_code("75013")
    assert gobelins is not None
    assert gobelins.code == "75113"
    assert queries.commune_of_postal_code("00000") is None


def test_the_ground_of_the_map_draws_every_departement_at_its_place() -> None:
    features = json.loads(queries.map_ground_path().read_text(encoding="utf-8"))["features"]
    assert isinstance(features, list)
    assert len(features) == 101
    assert queries.map_ground_path().stat().st_size < 250_000


@pytest.mark.parametrize(
    ("text", "code"), [("62.01z", "6201Z"), ("43.3", "433"), ("F", "F"), (" 43 34 Z", "4334Z")]
)
def test_a_naf_code_has_one_spelling(text: str, code: str) -> None:
    assert naf.normalise(text) == code


@pytest.mark.parametrize("text", ["", "4", "4334ZZ", "maçonnerie"])
def test_what_is_no_naf_code_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="n’est pas un code NAF"):
        naf.normalise(text)
