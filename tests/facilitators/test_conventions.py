"""Conventions and programme desks, from the CSV of structures to the first name of the answer."""

import csv
from datetime import date
from pathlib import Path

import pytest

from levier import facilitators
from levier.core.audit import Actor
from levier.facilitators import actions, queries
from levier.facilitators.models import Convention, ProgrammeDesk, Structure
from levier.facilitators.reading import COLUMNS
from levier.reference.places import Place

BY = Actor.machine("tests")
SAMPLE = Path(facilitators.__file__).parent / "sample.csv"
BUYER, OTHER_BUYER = "999200009", "999200017"
DURING, BEFORE, AFTER = date(2027, 3, 1), date(2025, 12, 31), date(2029, 1, 1)
# Written out: the place finder takes seconds to start.
PAS_DE_CALAIS = Place(
    "departement", "62", "Pas-de-Calais", "62", "Pas-de-Calais", "32", "", (), 0, 50.5, 2.4, "departement", ""
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.LEVIER_HOME = tmp_path


def _import(folder, *rows):
    """Import rows given as dictionaries; kind, name and coverage have defaults."""
    path = folder / "structures.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows({"kind": "plie", "coverage": "departement:59", **row} for row in rows)
    return actions.import_structures(source="structures", path=path, by=BY)


def _first(**asked):
    return queries.facilitator_for(commune_code="59512", **{"on": DURING, **asked}).primary


DESK = {"name": "Guichet de la métropole", "coverage": "epci:200093201"}
ALLY = {"name": "Alliée", "coverage": "departement:59", "conventions": f"{BUYER}:2026-01-01:2028-12-31"}
RENEWAL = {"name": "Rénovation", "coverage": "region:32", "programmes": "anru-2014:epci:200093201"}


@pytest.mark.parametrize(
    ("on", "step", "name"),
    [
        (DURING, "convention", "Alliée"),
        (date(2026, 1, 1), "convention", "Alliée"),
        (date(2028, 12, 31), "convention", "Alliée"),
        (BEFORE, "guichet_epci", "Guichet de la métropole"),
        (AFTER, "guichet_epci", "Guichet de la métropole"),
    ],
)
def test_a_convention_wins_over_the_desk_of_the_place_on_its_dates_only(tmp_path, on, step, name):
    _import(tmp_path, DESK, ALLY)
    first = _first(buyer_siren=BUYER, on=on)
    assert (first.step, first.name) == (step, name)


def test_the_desk_of_a_programme_comes_after_the_convention_and_before_the_place(tmp_path):
    _import(tmp_path, DESK, ALLY, RENEWAL)
    answer = queries.facilitator_for(
        commune_code="59512", buyer_siren=BUYER, programme="anru-2014", on=DURING
    )
    names = [item.name for item in (answer.primary, *answer.alternatives)]
    assert names[:3] == ["Alliée", "Rénovation", "Guichet de la métropole"]
    assert "charte nationale d’insertion 2014" in answer.alternatives[0].reason
    assert _first(programme="anru-2014").name == "Rénovation"
    assert _first(programme="gpe").name == "Guichet de la métropole"


def test_a_programme_desk_does_not_answer_outside_its_territory(tmp_path):
    _import(tmp_path, RENEWAL)
    elsewhere = queries.facilitator_for(commune_code="62498", programme="anru-2014", on=DURING)
    assert elsewhere.primary.step == "guichet_region"


@pytest.mark.slow
def test_the_convention_of_another_buyer_changes_nothing(tmp_path):
    _import(tmp_path, DESK, {**ALLY, "conventions": ""})
    without = queries.facilitator_for(commune_code="59512", buyer_siren=OTHER_BUYER, on=DURING)
    _import(tmp_path, DESK, ALLY)
    assert _first(buyer_siren=BUYER).name == "Alliée"
    assert queries.facilitator_for(commune_code="59512", buyer_siren=OTHER_BUYER, on=DURING) == without


def test_over_several_territories_the_lead_of_the_convention_answers(tmp_path):
    agreed = f"{BUYER}:2026-01-01:2028-12-31"
    _import(
        tmp_path,
        DESK,
        {"name": "Lyon", "coverage": "departement:69", "conventions": f"{agreed}:chef"},
        {"name": "Chef de file", "coverage": "region:32", "conventions": f"{agreed}:chef"},
        ALLY,
    )
    answer = queries.facilitator_for(
        commune_code="59512", other_places=[PAS_DE_CALAIS], buyer_siren=BUYER, on=DURING
    )
    assert (answer.primary.step, answer.primary.name) == ("chef_de_file", "Chef de file")
    assert "chef de file" in answer.primary.reason
    assert len(answer.by_territory) == 2
    late = queries.facilitator_for(
        commune_code="59512", other_places=[PAS_DE_CALAIS], buyer_siren=BUYER, on=AFTER
    )
    assert "la convention avec l’acheteur" not in late.primary.reason


def test_the_sample_is_imported_whole_and_twice_changes_nothing():
    first = actions.import_structures(source="structures", path=SAMPLE, by=BY)
    kept = sorted(Convention.objects.values_list("id")), sorted(ProgrammeDesk.objects.values_list("id"))
    second = actions.import_structures(source="structures", path=SAMPLE, by=BY)
    assert (first.created, first.rejected) == (3, 0)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 3)
    assert kept == (
        sorted(Convention.objects.values_list("id")),
        sorted(ProgrammeDesk.objects.values_list("id")),
    )
    assert list(
        Convention.objects.order_by("buyer_siren").values_list(
            "buyer_siren", "valid_from", "valid_to", "is_lead"
        )
    ) == [
        ("999200009", date(2026, 1, 1), date(2028, 12, 31), False),
        ("999200017", date(2026, 7, 1), None, False),
        ("999200025", date(2026, 1, 1), date(2027, 12, 31), True),
    ]
    assert set(ProgrammeDesk.objects.values_list("programme", "scope", "code")) == {
        ("anru-2014", "epci", "200093201"),
        ("anru-2014", "departement", "62"),
        ("gpe", "region", "11"),
    }


@pytest.mark.slow
def test_a_changed_row_replaces_its_conventions_and_programmes_only(tmp_path):
    _import(tmp_path, ALLY, {**RENEWAL, "conventions": f"{OTHER_BUYER}:2026-01-01:"})
    moved = {**ALLY, "conventions": f"{BUYER}:2027-01-01:2028-12-31|{OTHER_BUYER}:2026-01-01:"}
    report = _import(tmp_path, moved, {**RENEWAL, "conventions": f"{OTHER_BUYER}:2026-01-01:"})
    assert (report.updated, report.unchanged) == (1, 1)
    assert set(Convention.objects.values_list("structure__name", "buyer_siren", "valid_from")) == {
        ("Alliée", BUYER, date(2027, 1, 1)),
        ("Alliée", OTHER_BUYER, date(2026, 1, 1)),
        ("Rénovation", OTHER_BUYER, date(2026, 1, 1)),
    }
    _import(tmp_path, {**ALLY, "conventions": ""}, {**RENEWAL, "programmes": ""})
    assert not Convention.objects.exists()
    assert not ProgrammeDesk.objects.exists()


@pytest.mark.slow
def test_the_same_conventions_in_another_order_are_the_same_row(tmp_path):
    one, two = f"{BUYER}:2026-01-01:2028-12-31", f"{OTHER_BUYER}:2026-01-01:"
    _import(tmp_path, {**ALLY, "conventions": f"{one};{two}"})
    assert _import(tmp_path, {**ALLY, "conventions": f"{two} | {one}"}).unchanged == 1


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("conventions", "216900002:2026-01-01:2028-12-31", "le SIREN d’acheteur « 216900002 » est faux ; reprenez"),
        ("conventions", "99920000²:2026-01-01:2028-12-31", "le SIREN d’acheteur « 99920000² » est faux"),
        (
            "conventions", f"{BUYER}:2028-12-31:2026-01-01",
            "finit le 01/01/2026, avant de commencer le 31/12/2028 ; corrigez",
        ),
        ("conventions", f"{BUYER}:31.12.2026:2028-12-31", "la date « 31.12.2026 »"),
        ("conventions", f"{BUYER}::2028-12-31", "écrivez SIREN:début:fin"),
        ("conventions", BUYER, "écrivez SIREN:début:fin"),
        ("conventions", f"{BUYER}:2026-01-01:2028-12-31:lead", "puis « :chef »"),
        (
            "conventions", f"{BUYER}:2026-01-01:2027-12-31;{BUYER}:2026-01-01:2028-12-31",
            "commencent le 01/01/2026 ; gardez-en une seule",
        ),
        ("programmes", "anru:epci:200093201", "programme « anru » inconnu ; acceptés : anru-2005, anru-2014"),
        ("programmes", "anru-2014:epci:200093200", "territoire « epci:200093200 » inconnu"),
        ("programmes", "anru-2014", "est sans territoire ; écrivez par exemple « anru-2014:epci:200093201 »"),
        ("programmes", "anru-2014:ville:59512", "échelle « ville » inconnue ; acceptées : commune, epci"),
    ],
)  # fmt: skip
def test_a_wrong_cell_rejects_its_row_with_what_where_and_what_to_do(tmp_path, column, cell, reason):
    report = _import(tmp_path, DESK, {**ALLY, column: cell})
    assert (report.created, report.rejected) == (1, 1)
    assert list(report.reasons) == [said for said in report.reasons if f"Colonne « {column} »" in said]
    assert reason in next(iter(report.reasons))
    assert "ligne 3" in report.rejects_path.read_text(encoding="utf-8")
    assert not Structure.objects.filter(name="Alliée").exists()


def test_a_list_without_quotes_in_a_file_of_semicolons_is_said_and_not_shifted(tmp_path):
    path = tmp_path / "structures.csv"
    path.write_text(
        "kind;name;siret;email;coverage;conventions\n"
        f"plie;Alliée;;;departement:59;{BUYER}:2026-01-01:2026-12-31;{OTHER_BUYER}:2026-01-01:\n"
        f'plie;Citée;;;departement:59;"{BUYER}:2026-01-01:2026-12-31;{OTHER_BUYER}:2026-01-01:"\n',
        encoding="utf-8",
    )
    report = actions.import_structures(source="structures", path=path, by=BY)
    assert (report.created, report.rejected) == (1, 1)
    assert "mettez entre guillemets les cellules qui contiennent « ; »" in next(iter(report.reasons))
    assert Convention.objects.filter(structure__name="Citée").count() == 2


def test_a_try_out_writes_no_convention():
    report = actions.import_structures(source="structures", path=SAMPLE, by=BY, dry_run=True)
    assert report.created == 3
    assert not Convention.objects.exists()
