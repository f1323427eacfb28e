"""Imports of structures, the demonstration, and an answer for every commune of the reference tables."""

import json

import pytest
from django.utils import timezone

from levier.core.audit import Actor
from levier.facilitators import actions, queries
from levier.facilitators.models import Structure

BY = Actor.machine("tests")
HEADER = "kind,name,siret,email,phone,website,address,postal_code,city,coverage,private_clients\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.LEVIER_HOME = tmp_path


def test_importing_structures_twice_changes_nothing(tmp_path):
    path = tmp_path / "structures.csv"
    path.write_text(
        HEADER + "plie,PLIE de Roubaix,,contact@plie.example,,,,59100,Roubaix,epci:200093201,oui\n",
        encoding="utf-8",
    )
    first = actions.import_structures(source="structures", path=path, by=BY)
    second = actions.import_structures(source="structures", path=path, by=BY)
    assert (first.created, second.created, second.updated, second.unchanged) == (1, 0, 0, 1)
    assert queries.facilitator_for(commune_code="59512").primary.name == "PLIE de Roubaix"


@pytest.mark.slow
def test_a_changed_row_updates_structure_and_coverage(tmp_path):
    path = tmp_path / "structures.csv"
    path.write_text(HEADER + "mde,MDE,,,,,,,,departement:59,\n", encoding="utf-8")
    actions.import_structures(source="structures", path=path, by=BY)
    path.write_text(HEADER + "mde,MDE,,,,,,,,departement:62,\n", encoding="utf-8")
    assert actions.import_structures(source="structures", path=path, by=BY).updated == 1
    assert not queries.facilitator_for(commune_code="59512").primary.is_known
    assert queries.facilitator_for(departement_code="62").primary.name == "MDE"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("voisin,X,,,,,,,,departement:59,", "Nature « voisin » inconnue"),
        ("plie,X,,,,,,,,departement:00,", "territoire « departement:00 » inconnu"),
        ("plie,X,,,,,,,,,", "territoire couvert est absent"),
        ("plie,X,12345678901234,,,,,,,departement:59,", "SIRET « 12345678901234 » est invalide"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_reason(tmp_path, row, reason):
    path = tmp_path / "structures.csv"
    path.write_text(HEADER + row + "\n", encoding="utf-8")
    report = actions.import_structures(source="structures", path=path, by=BY)
    assert (report.read, report.rejected) == (1, 1)
    written = report.rejects_path.read_text(encoding="utf-8")
    assert "ligne 2" in written
    assert reason in written


@pytest.mark.slow
def test_invented_contacts_of_prescribers_are_never_kept(tmp_path):
    fields = {
        "uid": "a1",
        "kind": "ML",
        "name": "Mission locale de Lens",
        "department": "62",
        "city": "LENS CEDEX",
        "post_code": "62300",
        "email": "faux@orange.fr",
        "phone": "0311452459",
        "siret": "32303273870601",
    }
    path = tmp_path / "prescribers.json"
    path.write_text(json.dumps([{"pk": 1, "fields": fields}]), encoding="utf-8")
    assert actions.import_structures(source="prescribers", path=path, by=BY).created == 1
    kept = Structure.objects.get(source="les-emplois")
    assert (kept.email, kept.phone, kept.siret, kept.has_desk) == ("", "", "", False)
    assert kept.coverages.get().is_assumed


@pytest.mark.slow
def test_imported_prescribers_leave_the_demonstration_desks_and_an_imported_desk_removes_them(tmp_path):
    actions.load_demo(by=BY)
    fields = {
        "uid": "a1",
        "kind": "PLIE",
        "name": "PLIE",
        "department": "59",
        "city": "Roubaix",
        "post_code": "59100",
    }
    path = tmp_path / "prescribers.json"
    path.write_text(json.dumps([{"pk": 1, "fields": fields}]), encoding="utf-8")
    assert actions.import_structures(source="prescribers", path=path, by=BY).created == 1
    assert queries.facilitator_for(commune_code="59512").primary.is_demo
    path = tmp_path / "structures.csv"
    path.write_text(HEADER + "mde,MDE,,,,,,,,departement:62,\n", encoding="utf-8")
    actions.import_structures(source="structures", path=path, by=BY)
    answer = queries.facilitator_for(commune_code="59512")
    assert not any(item.is_demo for item in (answer.primary, *answer.alternatives) if item.step != "repli")
    assert queries.facilitator_for(commune_code="62498").primary.name == "MDE"


@pytest.mark.slow
def test_every_commune_gets_an_answer_with_a_reason_overseas_too():
    actions.load_demo(by=BY)
    resolver = queries.build_resolver()
    territories = list(queries.all_territories())
    assert len(territories) > 34_900
    for territory in territories:
        answer = resolver.resolve([territory], on=timezone.localdate())
        assert answer.primary.reason, territory
        assert answer.primary.is_demo, territory


def test_the_demonstration_leaves_without_a_trace():
    assert actions.load_demo(by=BY) > 100
    assert actions.load_demo(by=BY) == 0
    assert not Structure.objects.exclude(email__endswith="exemple.invalid").exists()
    actions.clear_demo(by=BY)
    assert not Structure.objects.exists()


@pytest.mark.slow
def test_what_excel_saves_in_france_is_read_and_its_lost_zero_comes_back(tmp_path):
    path = tmp_path / "structures.csv"
    rows = [
        "Nature;Nom;Code postal;Territoire",
        "MDE;Maison de l’emploi de l’Ain;1000;Département:1",
        "plie;PLIE d’Évry;91000;commune:91228",
        ";;;",
    ]
    path.write_bytes("\r\n".join(rows).encode("cp1252"))
    report = actions.import_structures(source="structures", path=path, by=BY)
    assert (report.read, report.created, report.rejected) == (2, 2, 0)
    assert queries.facilitator_for(departement_code="01").primary.name == "Maison de l’emploi de l’Ain"
    assert Structure.objects.get(kind="mde").postal_code == "01000"
    assert actions.import_structures(source="structures", path=path, by=BY).unchanged == 2


@pytest.mark.slow
def test_a_structure_written_twice_otherwise_is_refused_the_second_time(tmp_path):
    path = tmp_path / "structures.csv"
    row = "plie,PLIE de Roubaix,,,,,,,,{},\n"
    path.write_text(
        HEADER + "".join(row.format(area) for area in ("commune:59512", "commune:59512", "departement:59")),
        encoding="utf-8",
    )
    report = actions.import_structures(source="structures", path=path, by=BY)
    assert (report.read, report.created, report.unchanged, report.rejected) == (3, 1, 1, 1)
    assert "déjà donnée à la ligne 2" in next(iter(report.reasons))
    assert not queries.facilitator_for(commune_code="59350").primary.is_known


@pytest.mark.slow
def test_a_siret_given_later_makes_no_second_structure(tmp_path):
    path = tmp_path / "structures.csv"
    for siret in ("", "21590512000014", ""):
        path.write_text(HEADER + f"mde,MDE,{siret},,,,,,,departement:59,\n", encoding="utf-8")
        actions.import_structures(source="structures", path=path, by=BY)
        assert Structure.objects.get().siret == siret
        assert actions.import_structures(source="structures", path=path, by=BY).unchanged == 1
