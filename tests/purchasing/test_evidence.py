"""Contracts won become activities of the directory: pushed, combined with the rest, shown, proposed to the owner."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from levier.core.audit import Actor
from levier.core.models import Change
from levier.directory.actions import import_source
from levier.directory.evidence.actions import Evidence, record_activity_evidence
from levier.directory.inference import WonContracts, inferred_activity
from levier.directory.models import ActivityEvidence, SourceRecord, Supplier
from levier.directory.ownership import actions as sheets
from levier.directory.results import slug_of
from levier.directory.sources import SOURCES
from levier.purchasing import actions
from tests.factories.ownership import keeper
from tests.factories.purchasing import published, write_json

pytestmark = pytest.mark.django_db
BY = Actor.machine("essai")
# In the sample of the SIAE: an association whose NAF (8899B) says nothing, and a house painter.
SILENT, PAINTER = "99910002700013", "99910001900010"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


def load_suppliers() -> Any:
    return import_source(source="siae", path=SOURCES["siae"].folder / "sample.csv", by=BY)


def won(number: str, siret: str, cpv: str, day: str = "2024-03-01", kind: str = "SIRET") -> dict[str, Any]:
    return published(
        number, codeCPV=cpv, dateNotification=day,
        titulaires=[{"titulaire": {"id": siret, "typeIdentifiant": kind}}],
    )  # fmt: skip


def load_contracts(folder: Path, *records: dict[str, Any]) -> None:
    actions.import_contracts(path=write_json(folder, *records), by=BY, retrain=False)


def activity_of(siret: str, kind: str) -> tuple[list[str], str, str]:
    one = Supplier.objects.get(key=f"{siret}:{kind}")
    return one.sectors, one.activity_status, one.activity_origin


@pytest.mark.slow
def test_contracts_won_give_their_trade_to_who_states_none(tmp_path: Path) -> None:
    load_suppliers()
    assert activity_of(SILENT, "AI") == ([], "unknown", "")
    load_contracts(
        tmp_path,
        won("1", SILENT, "90910000", "2022-05-01"), won("2", SILENT, "90911000", "2024-03-01"),
        won("3", SILENT, "90919200"), won("4", "99910099900000", "90910000"), won("5", SILENT, "", "2024-03-01"),
    )  # fmt: skip
    sectors, status, origin = activity_of(SILENT, "AI")
    assert (sectors, status) == (["nettoyage-locaux"], "inferred")
    assert origin == "déduites : marchés remportés (3, dernier en 2024)"
    assert (
        "marchés remportés (3, dernier en 2024)"
        in Client().get(f"/fournisseurs/{SILENT}-ai").content.decode()
    )
    # The next import of the list finds nothing changed, and neither does the same push.
    changes = Change.objects.count()
    again = load_suppliers()
    assert (again.created, again.updated) == (0, 0)
    assert actions.push_activity_evidence(by=BY) == 0
    assert Change.objects.count() == changes


@pytest.mark.slow
def test_a_list_imported_after_the_contracts_uses_them_and_they_add_to_the_rest(tmp_path: Path) -> None:
    load_contracts(tmp_path, won("1", PAINTER, "90910000"), won("2", PAINTER, "45442100"))
    load_suppliers()
    sectors, _, origin = activity_of(PAINTER, "EI")
    assert sectors[0] == "peinture-vitrerie"
    assert "nettoyage-locaux" in sectors
    assert origin.startswith("déduites : code NAF 43.34Z")
    assert origin.endswith("marchés remportés (2, dernier en 2024)")
    # The contract is taken back: what it alone proved goes with it.
    record_activity_evidence(evidence=[Evidence(PAINTER, "peinture-vitrerie", 1, date(2024, 3, 1))], by=BY)
    sectors, _, origin = activity_of(PAINTER, "EI")
    assert "nettoyage-locaux" not in sectors
    assert origin.endswith("marché remporté en 2024")
    assert record_activity_evidence(evidence=[], by=BY) > 0
    assert not ActivityEvidence.objects.exists()
    assert "remporté" not in activity_of(PAINTER, "EI")[2]


@pytest.mark.slow
def test_what_was_stated_stays_and_the_owner_is_told_of_other_trades(tmp_path: Path) -> None:
    load_suppliers()
    supplier = Supplier.objects.get(key=f"{SILENT}:AI")
    owner = keeper(supplier)
    client = Client()
    client.force_login(owner.user)
    address = f"/mon-offre/fiche/{slug_of(supplier.key)}?partie=activites"
    load_contracts(tmp_path, won("1", SILENT, "90910000"))
    page = client.get(address).content.decode()
    assert "Nous avons déduit ces activités" in page
    assert "marché remporté en 2024" in page
    said = {
        "sectors": ["traiteur"],
        "status": "stated",
        "origin": "déclarées par la structure",
        "confidence": 1,
    }
    sheets.state_groups(by=BY, supplier=supplier, groups={"activity": said})
    assert activity_of(SILENT, "AI")[0] == ["traiteur"]
    assert "parlent d’autres métiers" in client.get(address).content.decode()
    record_activity_evidence(evidence=[Evidence(SILENT, "traiteur", 2, date(2024, 3, 1))], by=BY)
    assert activity_of(SILENT, "AI")[0] == ["traiteur"]
    assert "parlent d’autres métiers" not in client.get(address).content.decode()


@pytest.mark.slow
def test_only_establishments_and_days_that_came_count(tmp_path: Path) -> None:
    load_contracts(
        tmp_path, won("1", SILENT, "90910000", kind="TVA"), won("2", PAINTER, "90910000", "2024-03-01")
    )
    assert list(ActivityEvidence.objects.values_list("siret", "contracts")) == [(PAINTER, 1)]
    assert not SourceRecord.objects.exists()


@pytest.mark.parametrize(("contracts", "confidence"), [(1, 0.7), (2, 0.8), (3, 0.9), (40, 0.9)])
def test_more_contracts_of_a_trade_make_it_surer(contracts: int, confidence: float) -> None:
    found = inferred_activity(
        {"name": "Structure"}, "EI", won=[WonContracts("traiteur", contracts, date(2024, 1, 1))]
    )
    assert found is not None
    assert found["confidence"] == confidence
