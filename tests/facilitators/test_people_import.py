"""The CSV of people: found by structure and name, rejected with a sentence, shown only as accepted."""

from pathlib import Path

import pytest
from django.utils import timezone

from levier import facilitators
from levier.core.audit import Actor
from levier.facilitators import actions
from levier.facilitators.models import Facilitator, Structure
from levier.facilitators.reading_people import COLUMNS
from tests.factories.accounts import organisation
from tests.factories.network import desk

BY = Actor.machine("tests")
FOLDER = Path(facilitators.__file__).parent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.LEVIER_HOME = tmp_path


def _import(folder: Path, *rows: dict[str, str]):
    path = folder / "people.csv"
    cells = [[row.get(name, "") for name in COLUMNS] for row in rows]
    path.write_text("\n".join(",".join(line) for line in [COLUMNS, *cells]), encoding="utf-8")
    return actions.import_structures(source="facilitators", path=path, by=BY)


@pytest.mark.slow
def test_the_sample_follows_the_sample_of_structures_and_twice_changes_nothing():
    actions.import_structures(source="structures", path=FOLDER / "sample.csv", by=BY)
    first, second = (
        actions.import_structures(source="facilitators", path=FOLDER / "sample_people.csv", by=BY)
        for _ in range(2)
    )
    assert (first.created, first.rejected) == (3, 0)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 3)
    one = Facilitator.objects.get(first_name="Camille")
    assert (str(one.fte), one.missions, one.territories) == (
        "0.80", ["calibrage", "suivi", "entreprises"], ["epci:200093201"]
    )  # fmt: skip
    assert one.is_name_public and one.is_contact_public
    hidden = Facilitator.objects.get(first_name="Dominique")
    assert not hidden.is_name_public and not hidden.is_contact_public


def test_a_changed_row_changes_its_person_and_nobody_else(tmp_path):
    desk(name="PLIE A")
    desk(name="PLIE B")
    row = {"structure": "PLIE A", "first_name": "Zoé", "last_name": "Exemple"}
    _import(tmp_path, row, row | {"structure": "PLIE B"})
    report = _import(tmp_path, row | {"first_name": "ZOE", "rank": "remplacant"})
    assert (report.created, report.updated) == (0, 1)
    assert set(Facilitator.objects.values_list("structure__name", "rank")) == {
        ("PLIE A", "remplacant"), ("PLIE B", "principal"),
    }  # fmt: skip


@pytest.mark.slow
def test_a_row_is_read_as_people_write_it(tmp_path):
    structure = desk(name="Maison de l'emploi du Cœur d’Ostrevent")
    row = {
        "structure": "MAISON DE L’EMPLOI DU COEUR D'OSTREVENT", "first_name": "Léa", "last_name": "Roy", "fte": "50 %",
        "rank": "Titulaire", "missions": "Calibrer les clauses|SUIVI", "absent": "01/07/2026:31/08/2026",
    }  # fmt: skip
    assert _import(tmp_path, row).created == 1
    lea = Facilitator.objects.get(structure=structure)
    assert (str(lea.fte), lea.rank, lea.missions) == ("0.50", "principal", ["calibrage", "suivi"])
    assert (str(lea.absent_from), str(lea.absent_to)) == ("2026-07-01", "2026-08-31")
    again = _import(tmp_path, row, row | {"fte": "0.8"})
    assert (again.unchanged, again.rejected) == (1, 1)


@pytest.mark.slow
def test_a_list_does_not_take_back_what_a_structure_keeps_on_its_page(tmp_path):
    path = tmp_path / "structures.csv"
    line = "plie;PLIE du Val;{};epci:200093201"
    path.write_text("kind;name;email;coverage\n" + line.format("ancien@exemple.invalid"), encoding="utf-8")
    actions.import_structures(source="structures", path=path, by=BY)
    row = {"structure": "PLIE du Val", "first_name": "Léa", "last_name": "Roy", "public": "contact"}
    _import(tmp_path, row)
    Facilitator.objects.update(is_name_public=False, is_contact_public=False)
    Structure.objects.update(
        email="nouveau@exemple.invalid", organisation=organisation(), proven_at=timezone.now()
    )
    path.write_text("kind;name;email;coverage\n" + line.format("autre@exemple.invalid"), encoding="utf-8")
    assert actions.import_structures(source="structures", path=path, by=BY).updated == 1
    assert _import(tmp_path, row | {"fte": "0.5"}).updated == 1
    lea = Facilitator.objects.select_related("structure").get()
    assert (lea.structure.email, str(lea.fte), lea.is_name_public) == (
        "nouveau@exemple.invalid",
        "0.50",
        False,
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"structure": "Inconnue"}, "« Inconnue » est inconnue ; importez d’abord"),
        ({"structure": "Jumelle"}, "2 structures répondent à « Jumelle »"),
        ({"last_name": ""}, "Le prénom ou le nom est absent"),
        ({"email": "rien"}, "n’est pas une adresse"),
        ({"public": "tout"}, "écrivez rien, nom ou contact"),
        ({"missions": "danser"}, "« danser » est inconnue ; acceptées : calibrage"),
        ({"fte": "2"}, "entre 0,01 et 1"),
        ({"fte": "beaucoup"}, "entre 0,01 et 1"),
        ({"territories": "epci:1"}, "territoire « epci:1 » inconnu"),
        ({"rank": "chef"}, "acceptés : principal, remplacant"),
        ({"absent": "demain"}, "écrivez début:fin"),
        ({"absent": "2026-07-02:2026-07-01"}, "finit avant de commencer"),
    ],
)
def test_a_wrong_cell_rejects_its_row_with_what_to_do(tmp_path, changes, reason):
    desk(name="PLIE A")
    desk(name="Jumelle")
    desk(name="Jumelle")
    row = {"structure": "PLIE A", "first_name": "Zoé", "last_name": "Exemple"}
    report = _import(tmp_path, row, row | changes)
    assert (report.read, report.created, report.rejected) == (2, 1, 1)
    assert reason in next(iter(report.reasons))
