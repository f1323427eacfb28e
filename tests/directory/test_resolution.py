"""A run merges and proposes; decisions are kept, undone, and followed by imports, sheets, search and history."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from levier.core.audit import Actor
from levier.core.models import AuditEvent, Change
from levier.directory.actions import import_source
from levier.directory.index_rows import rows_for_index
from levier.directory.models import DuplicatePair, SourceRecord, Supplier, SupplierHistory
from levier.directory.resolution import queries
from levier.directory.resolution.actions import (
    DecisionRefusedError,
    decide_duplicate,
    postpone_duplicate,
    resolve_duplicates,
)
from levier.directory.sources import SOURCES
from levier.directory.tasks import resolve_after_import
from tests.factories.directory import source, supplier

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


@pytest.fixture
def lists(tmp_path: Path) -> dict[str, Path]:
    """The same garden under its former SIRET in one list, under the new one in another; and a neighbour."""
    return {
        "siae": SOURCES["siae"].folder / "sample.csv",
        "suppliers-csv": write_csv(
            tmp_path / "notre.csv",
            "99910001900028;EI;MENUISERIE D'ESSAI;;59100;59512;Roubaix;;Portes et fenêtres.;0320000000;a@b.invalid",
        ),
    }


def load(lists: dict[str, Path]) -> None:
    for slug, path in lists.items():
        import_source(source=slug, path=path, by=BY)


def snapshot() -> list[dict[str, Any]]:
    """The whole directory, but for the hours of writing."""
    suppliers = Supplier.objects.order_by("id").values()
    records = SourceRecord.objects.order_by("id").values()
    return [
        {name: value for name, value in row.items() if name != "updated_at"} for row in [*suppliers, *records]
    ]


def renamed(lists: dict[str, Path], name: str) -> None:
    """Give the row of our own list the name the other list writes."""
    path = lists["suppliers-csv"]
    path.write_text(path.read_text(encoding="utf-8").replace("MENUISERIE D'ESSAI", name), encoding="utf-8")


@pytest.fixture
def loaded(lists: dict[str, Path]) -> dict[str, Path]:
    import_source(source="siae", path=lists["siae"], by=BY)
    renamed(lists, Supplier.objects.get(key=OLD).name)
    load(lists)
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


PLACE: dict[str, Any] = {"city": "Roubaix", "departement_code": "59"}


def known(number: str, name: str, **fields: Any) -> Supplier:
    """A supplier of a source of its own, whose record says what the supplier shows."""
    siren = number[:9]
    siret = number if len(number) == 14 else None
    key = f"{siret}:EI" if siret else f"siren-{siren}:EI"
    made = supplier(key=key, name=name, siren=siren, siret=siret, seen_by=source(), **PLACE, **fields)
    said = {
        "name": name,
        "siren": siren,
        "siret": siret,
        "place": {"city": "Roubaix", "departement": "59"},
        **fields,
    }
    made.records.update(values={group: value for group, value in said.items() if value})
    return made


def twins(*names: str, siren: str = "999100019") -> list[Supplier]:
    """Suppliers of one SIREN and one town, each of a source of its own."""
    return [known(f"{siren}{number:05d}", name) for number, name in enumerate(names, 10)]


def pair_of(left: Supplier, right: Supplier) -> DuplicatePair:
    return DuplicatePair.objects.get(left_id=min(left.pk, right.pk), right_id=max(left.pk, right.pk))


def test_a_doubtful_pair_waits_for_a_person() -> None:
    left, right = twins("Jardins du Lez Services", "Jardins et Parcs")
    report = resolve_duplicates(by=BY)
    assert (report.merged, report.proposed, report.waiting) == (0, 1, 1)
    pair = pair_of(left, right)
    decide_duplicate(by=BY, pair=pair, state=State.SAME, seen=State.PROPOSED)
    left.refresh_from_db()
    assert left.merged_into_id == right.pk
    assert AuditEvent.objects.get(verb="directory.decide_duplicate").details["to"] == State.SAME


def test_a_pair_said_different_is_asked_again_only_for_new_evidence() -> None:
    left, right = twins("Jardins du Lez Services", "Jardins et Parcs")
    resolve_duplicates(by=BY)
    decide_duplicate(by=BY, pair=pair_of(left, right), state=State.DIFFERENT, seen=State.PROPOSED)
    assert resolve_duplicates(by=BY).reopened == 0
    Supplier.objects.filter(pk__in=[left.pk, right.pk]).update(phone="0320000000")
    assert resolve_duplicates(by=BY).reopened == 1
    assert resolve_duplicates(by=BY).merged == 0, "a rule never overrides a person"
    assert pair_of(left, right).state == State.PROPOSED


def test_a_rule_does_not_join_what_a_person_holds_apart_through_a_third() -> None:
    first, second = twins("Les Jardins du Lez", "Les Jardins du Lez")
    resolve_duplicates(by=BY)
    decide_duplicate(by=BY, pair=pair_of(first, second), state=State.DIFFERENT, seen=State.SAME)
    known("999100019", "Les Jardins du Lez")
    report = resolve_duplicates(by=BY)
    assert report.merged == 1
    assert Supplier.objects.filter(is_listed=True).count() == 2


def test_three_make_one_and_come_apart_again() -> None:
    every = twins("Les Jardins du Lez", "Les Jardins du Lez", "Les Jardins du Lez")
    before = snapshot()
    resolve_duplicates(by=BY)
    assert Supplier.objects.filter(is_listed=True).get() == every[-1]
    assert DuplicatePair.objects.filter(state=State.SAME).count() == 2
    for pair in DuplicatePair.objects.filter(state=State.SAME):
        decide_duplicate(by=BY, pair=pair, state=State.DIFFERENT, seen=State.SAME)
    assert Supplier.objects.filter(is_listed=True).count() == 3
    assert [row["name"] for row in snapshot()[:3]] == [row["name"] for row in before[:3]]


def test_a_decision_is_refused_when_it_was_taken_meanwhile_or_makes_no_sense() -> None:
    left, right = twins("Les Jardins du Lez", "Les Jardins du Lez")
    resolve_duplicates(by=BY)
    with pytest.raises(DecisionRefusedError, match="Entre-temps"):
        decide_duplicate(by=BY, pair=pair_of(left, right), state=State.DIFFERENT, seen=State.PROPOSED)
    other = supplier(kind="ETTI", siren="999100019", **PLACE)
    odd = DuplicatePair.objects.create(left=left, right=other, score=0.6)
    with pytest.raises(DecisionRefusedError, match="Deux types"):
        decide_duplicate(by=BY, pair=odd, state=State.SAME, seen=State.PROPOSED)


def test_a_question_put_off_comes_last_and_one_that_no_longer_stands_goes() -> None:
    first, second = twins("Jardins du Lez Services", "Jardins et Parcs")
    elsewhere, _ = twins("Propre Nord Services", "Propre et Net", siren="999100027")
    resolve_duplicates(by=BY)
    before = [pair.id for pair in queries.waiting_pairs(limit=5)]
    assert len(before) == 2
    postpone_duplicate(by=BY, pair=DuplicatePair.objects.get(pk=before[0]))
    assert [pair.id for pair in queries.waiting_pairs(limit=5)] == before[::-1]
    Supplier.objects.filter(pk=elsewhere.pk).update(name="Tout Autre Chose", siren="999100035", siret=None)
    assert resolve_duplicates(by=BY).withdrawn == 1
    assert pair_of(first, second)


def test_labels_give_precision_and_recall() -> None:
    left, right, third = twins("Les Jardins du Lez", "Les Jardins du Lez", "Menuiserie Nord")
    rows = [
        {"left": left.key, "right": right.key, "label": "match"},
        {"left": left.key, "right": third.key, "label": "distinct"},
        {"left": left.key, "right": "absent:EI", "label": "match"},
    ]
    for _ in range(2):  # before a merge, and after
        judged = queries.judged_labels(rows)
        assert (judged.pairs, judged.unknown, judged.precision, judged.recall) == (2, 1, 1.0, 1.0)
        resolve_duplicates(by=BY)
    with pytest.raises(ValueError, match="colonnes"):
        queries.judged_labels([{"a": "b"}])
