"""The 10,000 real contracts of 2019: all kept, their known defects counted, twice changes nothing."""

import gzip
import json

import pytest

from levier.core.audit import Actor
from levier.purchasing.actions import import_contracts

BY = Actor.machine("tests")


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.real_data
def test_the_ten_thousand_contracts(shared_data, settings, tmp_path):
    settings.LEVIER_HOME = tmp_path
    path = shared_data / "5_marches" / "decp_2019" / "decp_2019_10000_reconstruit.json.gz"
    first = import_contracts(path=path, by=BY, retrain=False)
    assert (first.read, first.created, first.rejected) == (10_000, 10_000, 0)
    assert first.anomalies["montant_symbolique"] == 441
    assert first.anomalies["cpv_zero_de_tete_retabli"] == 114
    assert first.anomalies["ligne_de_remplissage"] == 1
    part = tmp_path / "part.json"
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        part.write_text(json.dumps({"marches": json.load(stream)["marches"][:2_000]}), encoding="utf-8")
    second = import_contracts(path=part, by=BY, retrain=False)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 2_000)
