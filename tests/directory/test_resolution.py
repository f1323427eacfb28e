"""A run over imported lists: what it merges is kept, undone, and followed by imports, sheets, search and history."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoDbBlocker

from levier.core.audit import Actor
from levier.core.models import AuditEvent, Change
from levier.directory.actions import ImportReport, import_source
from levier.directory.index_rows import rows_for_index
from levier.directory.models import DuplicatePair, SourceRecord, Supplier, SupplierHistory
from levier.directory.resolution.actions import (
    decide_duplicate,
    resolve_duplicates,
)
from levier.directory.sources import SOURCES
from levier.directory.tasks import resolve_after_import

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BY = Actor.machine("essai")
State = DuplicatePair.State
OLD, NEW = "99910001900010:EI", "99910001900028:EI"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


def write_csv(path: Path, *rows: str) -> Path:
    header = "siret;type;nom;enseigne;code_postal;code_commune;ville;naf;description;telephone;courriel"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def snapshot() -> list[dict[str, Any]]:
    """The whole directory, but for the hours of writing."""
    suppliers = Supplier.objects.order_by("id").values()
    records = SourceRecord.objects.order_by("id").values()
    return [
        {name: value for name, value in row.items() if name != "updated_at"} for row in [*suppliers, *records]
    ]


@pytest.fixture(scope="module")
def loaded(
    siae_list: ImportReport, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The same garden under its former SIRET in one list, under the new one in another; and a neighbour.

    Imported in the transaction of ``siae_list``, and taken back with it.
    """
    home = tmp_path_factory.mktemp("lists")
    with django_db_blocker.unblock(), override_settings(LEVIER_HOME=home):
        name = Supplier.objects.get(key=OLD).name
        row = f"99910001900028;EI;{name};;59100;59512;Roubaix;;Portes et fenêtres.;0320000000;a@b.invalid"
        lists = {
            "siae": SOURCES["siae"].folder / "sample.csv",
            "suppliers-csv": write_csv(home / "notre.csv", row),
        }
        for slug, path in lists.items():
            import_source(source=slug, path=path, by=BY)
    return lists


def test_a_sure_pair_is_merged_by_rule_and_the_newest_number_kept(loaded: dict[str, Path]) -> None:
    report = resolve_duplicates(by=BY)
    assert (report.merged, report.proposed) == (1, 0)
    former, kept = Supplier.objects.get(key=OLD), Supplier.objects.get(key=NEW)
    assert (former.merged_into_id, former.is_listed, kept.is_listed) == (kept.pk, False, True)
    assert set(kept.records.values_list("source_id", flat=True)) == {"siae", "suppliers-csv"}
    assert kept.siret == "99910001900028"
    assert kept.phone == "0320000000"
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.decided_by) == (State.SAME, "règle")
    assert AuditEvent.objects.filter(verb="directory.resolve_duplicates").count() == 1


def test_an_ei_and_an_etti_of_one_siret_stay_two(loaded: dict[str, Path]) -> None:
    resolve_duplicates(by=BY)
    assert Supplier.objects.get(key="99910001900010:ETTI").is_listed


def test_a_second_run_and_the_same_imports_again_change_nothing(loaded: dict[str, Path]) -> None:
    resolve_duplicates(by=BY)
    before, changes = snapshot(), Change.objects.count()
    for slug, path in loaded.items():
        report = import_source(source=slug, path=path, by=BY)
        assert (report.created, report.updated) == (0, 0)
    again = resolve_duplicates(by=BY)
    assert (again.merged, again.proposed, again.withdrawn) == (0, 0, 0)
    assert snapshot() == before
    assert Change.objects.count() == changes


def test_a_change_under_the_former_key_reaches_the_kept_supplier(
    loaded: dict[str, Path], tmp_path: Path
) -> None:
    resolve_duplicates(by=BY)
    changed = tmp_path / "siae.csv"
    text = loaded["siae"].read_text(encoding="utf-8")
    changed.write_text(text.replace("https://toits.exemple", "https://nouveau.exemple"), encoding="utf-8")
    import_source(source="siae", path=changed, by=BY)
    former, kept = Supplier.objects.get(key=OLD), Supplier.objects.get(key=NEW)
    assert kept.website == "https://nouveau.exemple.invalid"
    assert (former.website, former.is_listed) == ("https://toits.exemple.invalid", False)
    assert not former.records.exists()


def test_separating_gives_back_exactly_the_same_directory(loaded: dict[str, Path]) -> None:
    before = snapshot()
    resolve_duplicates(by=BY)
    assert snapshot() != before
    pair = DuplicatePair.objects.get()
    decide_duplicate(by=BY, pair=pair, state=State.DIFFERENT, seen=State.SAME)
    assert snapshot() == before
    resolve_duplicates(by=BY)
    assert snapshot() == before, "what a person separated is not merged again"


def test_a_dry_run_writes_nothing(loaded: dict[str, Path]) -> None:
    before = snapshot()
    assert resolve_duplicates(by=BY, dry_run=True).merged == 1
    assert snapshot() == before
    assert not DuplicatePair.objects.exists()


def test_the_former_address_leads_to_the_kept_sheet(loaded: dict[str, Path], client: Client) -> None:
    resolve_duplicates(by=BY)
    response = client.get("/fournisseurs/99910001900010-ei")
    assert (response.status_code, response["Location"]) == (301, "/fournisseurs/99910001900028-ei")
    assert client.get("/api/v1/suppliers/99910001900010:EI").json()["key"] == NEW


def test_history_index_and_change_log_follow(loaded: dict[str, Path]) -> None:
    Change.objects.all().delete()
    resolve_duplicates(by=BY)
    former, kept = Supplier.objects.get(key=OLD), Supplier.objects.get(key=NEW)
    assert set(Change.objects.values_list("key", flat=True)) == {str(former.pk), str(kept.pk)}
    assert [row["id"] for row in rows_for_index([former.pk, kept.pk])] == [kept.pk]
    story = SupplierHistory.objects.filter(supplier=former).first()
    assert story is not None
    assert story.changes["merged_into_id"] == [None, kept.pk]


def test_an_import_asks_for_one_run_however_many_there_are(loaded: dict[str, Path]) -> None:
    jobs = ProcrastinateJob.objects.filter(task_name="directory.resolve_duplicates")
    assert jobs.count() == 1
    resolve_after_import()
    assert DuplicatePair.objects.count() == 1
