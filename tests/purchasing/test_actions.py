"""Importing contracts: counts add up, twice changes nothing, and what is learnt is found again."""

import pytest

from levier.core.audit import Actor
from levier.core.models import Change
from levier.purchasing import queries
from levier.purchasing.actions import UnreadableFileError, import_contracts
from levier.purchasing.index import CONTRACTS
from levier.purchasing.models import Contract, ContractHolder, ContractRun
from levier.reference.models import CpvExample
from tests.factories.purchasing import published, write_json

BY = Actor.machine("tests")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.LEVIER_HOME = tmp_path


def counts(report):
    return (report.created, report.updated, report.unchanged, report.repeated, report.rejected)


def test_importing_twice_changes_nothing(tmp_path):
    path = write_json(tmp_path, published("1"), published("2", objet="Voirie"))
    assert counts(import_contracts(path=path, by=BY, retrain=False)) == (2, 0, 0, 0, 0)
    changes = Change.objects.count()
    assert counts(import_contracts(path=path, by=BY, retrain=False)) == (0, 0, 2, 0, 0)
    assert Change.objects.count() == changes
    assert (ContractHolder.objects.count(), ContractRun.objects.count()) == (2, 2)


def test_a_dry_run_counts_and_writes_nothing(tmp_path):
    path = write_json(tmp_path, published("1"))
    assert import_contracts(path=path, by=BY, dry_run=True).created == 1
    assert not Contract.objects.exists()
    assert not ContractRun.objects.exists()


@pytest.mark.slow
def test_a_later_publication_updates_and_an_older_one_does_not(tmp_path):
    import_contracts(path=write_json(tmp_path, published("1")), by=BY, retrain=False)
    later = published("1", montant=150000, datePublicationDonnees="2024-06-01")
    assert import_contracts(path=write_json(tmp_path, later), by=BY, retrain=False).updated == 1
    assert import_contracts(path=write_json(tmp_path, published("1")), by=BY, retrain=False).unchanged == 1
    assert Contract.objects.get().amount_ht == 150000


def test_rejects_are_written_and_counts_add_up(tmp_path):
    path = write_json(tmp_path, published("1"), published("1"), published("2", objet=None))
    report = import_contracts(path=path, by=BY, retrain=False)
    assert counts(report) == (1, 0, 0, 1, 1)
    assert report.read == report.accepted + report.rejected == 3
    assert "marché n° 3" in report.rejects_file.read_text(encoding="utf-8")


def test_lots_that_share_a_number_stay_two_contracts(tmp_path):
    path = write_json(tmp_path, published("1"), published("1", objet="Espaces verts"))
    assert import_contracts(path=path, by=BY, retrain=False).created == 2


def test_an_unreadable_file_leaves_no_contract(tmp_path):
    path = write_json(tmp_path, published("1"), published("2"))
    path.write_text(path.read_text(encoding="utf-8")[:-10], encoding="utf-8")
    with pytest.raises(UnreadableFileError):
        import_contracts(path=path, by=BY, retrain=False)
    assert not Contract.objects.exists()


def test_subjects_are_pushed_as_lessons_and_too_few_train_no_model(tmp_path):
    report = import_contracts(path=write_json(tmp_path, published("1")), by=BY)
    assert "Pas de modèle CPV appris" in report.learning
    example = CpvExample.objects.get(source="decp")
    assert (example.cpv_id, "213502388" in example.group_key) == ("90919200", False)


@pytest.mark.slow
def test_similar_contracts_prefer_place_and_amount_and_keep_one_per_buyer(tmp_path):
    far = {"code": "13", "typeCode": "Code département"}
    other = {"acheteur": {"id": "21440109300015"}}
    path = write_json(
        tmp_path,
        published("1", objet="Nettoyage des bureaux, lot 1"),
        published("2", objet="Nettoyage des bureaux, lot 2", montant=110000),
        published("3", objet="Nettoyage de bureaux", lieuExecution=far, montant=9_000_000, **other),
        published("4", objet="Réfection de toiture", codeCPV="45261900"),
    )
    import_contracts(path=path, by=BY, retrain=False)
    CONTRACTS.rebuild()
    found = queries.similar_contracts(
        text="nettoyage de bureaux", cpv="90919200", departement="35", amount_ht=110000
    )
    assert [item.buyer_siren for item in found] == ["213502388", "214401093"]
    assert found[0].has_social is True
    assert "même département" in found[0].why
    assert found[1].amount_ratio == pytest.approx(81.8, abs=0.1)


def test_without_an_index_there_is_no_similar_contract_and_no_error():
    assert queries.similar_contracts(text="nettoyage") == []


def test_contracts_won_are_found_by_siren(tmp_path):
    import_contracts(path=write_json(tmp_path, published("1")), by=BY, retrain=False)
    (won,) = queries.contracts_won_by("356000000")
    assert (won.object, won.partners) == ("Nettoyage des locaux de la mairie", 0)
    assert queries.contracts_won_by("%") == []
