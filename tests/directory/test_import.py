"""Importing a source: what is read, written, refused and left alone."""

import csv
import os
from pathlib import Path

import pytest

from levier.core.audit import Actor
from levier.core.models import AuditEvent, Change
from levier.directory import queries
from levier.directory.actions import ImportReport, import_source
from levier.directory.models import SourceRecord, SourceRun, Supplier
from levier.directory.sources import SOURCES
from levier.organisations.models import Establishment, Organisation

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("siae_list")]

BY = Actor.machine("essai")
SIAE = SOURCES["siae"].folder / "sample.csv"


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


def load(slug: str, path: Path | None = None, *, dry_run: bool = False) -> ImportReport:
    return import_source(
        source=slug, path=path or SOURCES[slug].folder / "sample.csv", by=BY, dry_run=dry_run
    )


def edited(tmp_path: Path, *changes: tuple[str, str], drop: str = "") -> Path:
    """The SIAE sample with some words replaced, and without the lines that hold ``drop``."""
    text = SIAE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    lines = [line for line in text.splitlines(keepends=True) if not drop or drop not in line]
    path = tmp_path / "modifie.csv"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_every_row_is_accepted_or_rejected_with_its_reason(siae_list: ImportReport) -> None:
    report = siae_list
    assert (report.read, report.created, report.updated, report.unchanged, report.rejected) == (9, 5, 0, 0, 4)
    assert report.rejects_path is not None
    with Path(report.rejects_path).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert [(row["ligne"], row["motif"].partition(" : ")[0]) for row in rows] == [
        ("6", "SIRET faux"),
        ("7", "identifiant absent"),
        ("8", "type de structure inattendu"),
        ("10", "doublon de la ligne 5"),
    ]
    assert rows[2]["nom"] == "TYPE INCONNU D'ESSAI"


def test_a_supplier_is_a_siret_and_a_kind() -> None:
    same = Supplier.objects.filter(siret="99910001900010").order_by("kind")
    assert [(one.key, one.kind) for one in same] == [
        ("99910001900010:EI", "EI"),
        ("99910001900010:ETTI", "ETTI"),
    ]
    assert len({one.establishment_id for one in same}) == 1
    assert Organisation.objects.filter(siren="999100019").count() == 1
    assert Establishment.objects.get(siret="99910001900010").commune_id == "59512"


def test_la_poste_keeps_its_own_rule_of_siret() -> None:
    assert Supplier.objects.filter(siret="35600000000001").exists()


def test_places_are_recognised_down_to_the_arrondissement() -> None:
    garden = Supplier.objects.get(siret="99910003500016")
    assert (garden.commune_id, garden.departement_code, garden.region_code) == ("75113", "75", "11")
    assert garden.precision != ""
    stated = Supplier.objects.get(key="99910001900010:EI")
    assert (stated.latitude, stated.longitude, stated.precision) == (50.6901, 3.1817, "address")


def test_activities_are_deduced_and_say_from_what() -> None:
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert "peinture-vitrerie" in roofs.sectors
    assert roofs.activity_status == "inferred"
    assert "code NAF 43.34Z" in roofs.activity_origin
    assert 0.5 < (roofs.activity_confidence or 0) < 1
    # 8899B says who they are, not what they do.
    vague = Supplier.objects.get(siret="99910002700013")
    assert (vague.activity_status, vague.sectors, vague.activity_confidence) == ("unknown", [], None)


def test_importing_twice_writes_nothing() -> None:
    changes, updated = Change.objects.count(), set(Supplier.objects.values_list("id", "updated_at"))
    report = load("siae")
    assert (report.created, report.updated, report.unchanged, report.rejected) == (0, 0, 5, 4)
    assert report.suppliers == 0
    assert Change.objects.count() == changes
    assert set(Supplier.objects.values_list("id", "updated_at")) == updated


def test_only_the_supplier_that_changed_is_written_and_noted(tmp_path: Path) -> None:
    before = Change.objects.count()
    report = load("siae", edited(tmp_path, ("1 place du Marché", "2 place du Marché")))
    moved = Supplier.objects.get(siret="99910002700013")
    assert (report.updated, report.unchanged, report.suppliers) == (1, 4, 1)
    assert moved.address == "2 place du Marché"
    assert list(Change.objects.order_by("id").values_list("topic", "key"))[before:] == [
        ("supplier", str(moved.id))
    ]


def test_a_list_that_writes_the_same_street_does_not_lose_the_point_of_a_register(tmp_path: Path) -> None:
    path = tmp_path / "adherents.csv"
    for street, precision, latitude in (
        ("3, RUE DU COMPAS", "address", 50.6901),
        ("8 rue d'Ailleurs", "commune", None),
    ):
        path.write_text(
            f"siret;type;nom;adresse;code_postal;ville\n99910001900010;EI;Les toits;{street};59100;Roubaix\n",
            encoding="utf-8",
        )
        load("suppliers-csv", path)
        roofs = Supplier.objects.get(key="99910001900010:EI")
        assert (roofs.address, roofs.precision) == (street, precision)
        assert latitude in (roofs.latitude, None)


def test_a_row_that_disappears_is_marked_and_its_supplier_kept(tmp_path: Path) -> None:
    report = load("siae", edited(tmp_path, drop="COUP DE MAIN"))
    record = SourceRecord.objects.get(source_key="99910002700013:AI")
    assert report.gone == 1
    assert record.gone_since is not None
    assert queries.supplier_cards([record.supplier_id or 0])[0].is_gone
    again = load("siae")
    assert (again.updated, again.gone) == (1, 0)
    assert not SourceRecord.objects.filter(gone_since__isnull=False).exists()


def test_a_part_of_the_file_makes_nobody_disappear(tmp_path: Path) -> None:
    lines = SIAE.read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "debut.csv"
    path.write_text("".join(lines[:4]), encoding="utf-8")
    report = load("siae", path)
    assert report.gone == 0
    assert any("fichier partiel" in sentence for sentence in report.anomalies)
    assert not SourceRecord.objects.filter(gone_since__isnull=False).exists()
    # Unless whoever imports it says that it is whole.
    whole = import_source(source="siae", path=path, by=BY, is_whole=True)
    assert whole.gone == SourceRecord.objects.filter(source_id="siae", gone_since__isnull=False).count() == 3


def test_rejected_rows_are_forgotten_after_a_quarter_once_the_source_has_new_ones(tmp_path: Path) -> None:
    folder = tmp_path / "rejects"
    folder.mkdir()
    old, other = folder / "siae-20260101-000000-000000.csv", folder / "siae-conventions-20260101-000000-0.csv"
    for path in (old, other):
        path.write_text("ligne;motif\n")
        os.utime(path, (0, 0))
    report = load("siae")
    assert sorted(folder.iterdir()) == sorted([other, Path(report.rejects_path or "")])


def test_the_run_and_the_audit_trail_keep_the_figures() -> None:
    run = SourceRun.objects.get()
    assert (run.state, run.read, run.created, run.rejected, run.by_label) == ("done", 9, 5, 4, "essai")
    assert len(run.checksum) == 64
    event = AuditEvent.objects.get(verb="directory.import_source")
    assert event.details["created"] == 5
    overview = {source.slug: source for source in queries.sources_overview()}["siae"]
    assert (overview.records, overview.last_state, overview.last_rejected) == (5, "done", 4)
