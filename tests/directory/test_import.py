"""Importing a source: what is read, written, refused and left alone."""

import csv
import gzip
from datetime import date
from pathlib import Path

import pytest

from levier.core.audit import Actor
from levier.core.models import AuditEvent, Change
from levier.directory import queries
from levier.directory.actions import ImportRefusedError, ImportReport, import_source
from levier.directory.models import SourceRecord, SourceRun, Supplier
from levier.directory.sources import SOURCES, judging
from levier.directory.sources.publishing import Publisher
from levier.organisations.models import Establishment, Organisation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

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


def test_every_row_is_accepted_or_rejected_with_its_reason() -> None:
    report = load("siae")
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
    load("siae")
    same = Supplier.objects.filter(siret="99910001900010").order_by("kind")
    assert [(one.key, one.kind) for one in same] == [
        ("99910001900010:EI", "EI"),
        ("99910001900010:ETTI", "ETTI"),
    ]
    assert len({one.establishment_id for one in same}) == 1
    assert Organisation.objects.filter(siren="999100019").count() == 1
    assert Establishment.objects.get(siret="99910001900010").commune_id == "59512"


def test_la_poste_keeps_its_own_rule_of_siret() -> None:
    load("siae")
    assert Supplier.objects.filter(siret="35600000000001").exists()


def test_places_are_recognised_down_to_the_arrondissement() -> None:
    load("siae")
    garden = Supplier.objects.get(siret="99910003500016")
    assert (garden.commune_id, garden.departement_code, garden.region_code) == ("75113", "75", "11")
    assert garden.precision != ""
    stated = Supplier.objects.get(key="99910001900010:EI")
    assert (stated.latitude, stated.longitude, stated.precision) == (50.6901, 3.1817, "address")


def test_activities_are_deduced_and_say_from_what() -> None:
    load("siae")
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert "peinture-vitrerie" in roofs.sectors
    assert roofs.activity_status == "inferred"
    assert "code NAF 43.34Z" in roofs.activity_origin
    assert 0.5 < (roofs.activity_confidence or 0) < 1
    # 8899B says who they are, not what they do.
    vague = Supplier.objects.get(siret="99910002700013")
    assert (vague.activity_status, vague.sectors, vague.activity_confidence) == ("unknown", [], None)


def test_importing_twice_writes_nothing() -> None:
    load("siae")
    changes, updated = Change.objects.count(), set(Supplier.objects.values_list("id", "updated_at"))
    report = load("siae")
    assert (report.created, report.updated, report.unchanged, report.rejected) == (0, 0, 5, 4)
    assert report.suppliers == 0
    assert Change.objects.count() == changes
    assert set(Supplier.objects.values_list("id", "updated_at")) == updated


def published() -> list[tuple[object, ...]]:
    return sorted(
        SourceRecord.objects.values_list(
            "source_key", "content_hash", "supplier__key", "supplier__name", "supplier__address",
            "supplier__organisation__name", "supplier__establishment__name", "supplier__establishment__address",
        )
    )  # fmt: skip


@pytest.mark.parametrize("slug", ["siae", "esat"])
def test_a_list_taken_in_parts_is_published_as_one(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places that share a SIRET stand in several parts; one that breaks takes the parts before with it."""
    whole, directory = load(slug), published()
    for model in (SourceRecord, Supplier, Establishment, Organisation):
        model.objects.all().delete()
    monkeypatch.setattr(judging, "_FEWEST", 1)
    taken: list[Path] = []
    take_file = Publisher.take_file

    def broken(publisher: Publisher, rows: Path) -> None:
        take_file(publisher, rows)
        taken.append(rows)
        if len(taken) == 2:
            raise OSError

    with monkeypatch.context() as patched, pytest.raises(OSError):
        patched.setattr(Publisher, "take_file", broken)
        load(slug)
    assert (len(taken), published(), Organisation.objects.count()) == (2, [], 0)
    parts = load(slug)
    assert published() == directory
    assert (parts.created, parts.rejected, parts.anomalies) == (
        whole.created,
        whole.rejected,
        whole.anomalies,
    )


def test_only_the_supplier_that_changed_is_written_and_noted(tmp_path: Path) -> None:
    load("siae")
    before = Change.objects.count()
    report = load("siae", edited(tmp_path, ("1 place du Marché", "2 place du Marché")))
    moved = Supplier.objects.get(siret="99910002700013")
    assert (report.updated, report.unchanged, report.suppliers) == (1, 4, 1)
    assert moved.address == "2 place du Marché"
    assert list(Change.objects.order_by("id").values_list("topic", "key"))[before:] == [
        ("supplier", str(moved.id))
    ]


def test_a_row_that_disappears_is_marked_and_its_supplier_kept(tmp_path: Path) -> None:
    load("siae")
    report = load("siae", edited(tmp_path, drop="COUP DE MAIN"))
    record = SourceRecord.objects.get(source_key="99910002700013:AI")
    assert report.gone == 1
    assert record.gone_since is not None
    assert queries.supplier_cards([record.supplier_id or 0])[0].is_gone
    again = load("siae")
    assert (again.updated, again.gone) == (1, 0)
    assert not SourceRecord.objects.filter(gone_since__isnull=False).exists()


def test_a_part_of_the_file_makes_nobody_disappear(tmp_path: Path) -> None:
    load("siae")
    lines = SIAE.read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "debut.csv"
    path.write_text("".join(lines[:4]), encoding="utf-8")
    report = load("siae", path)
    assert report.gone == 0
    assert any("fichier partiel" in sentence for sentence in report.anomalies)
    assert not SourceRecord.objects.filter(gone_since__isnull=False).exists()


def test_a_dry_run_reports_and_leaves_nothing() -> None:
    report = load("siae", dry_run=True)
    assert (report.created, report.is_dry_run) == (5, True)
    assert not Supplier.objects.exists()
    assert not SourceRun.objects.exists()
    assert not Change.objects.exists()


def test_the_run_and_the_audit_trail_keep_the_figures() -> None:
    load("siae")
    run = SourceRun.objects.get()
    assert (run.state, run.read, run.created, run.rejected, run.by_label) == ("done", 9, 5, 4, "essai")
    assert len(run.checksum) == 64
    event = AuditEvent.objects.get(verb="directory.import_source")
    assert event.details["created"] == 5
    overview = {source.slug: source for source in queries.sources_overview()}["siae"]
    assert (overview.records, overview.last_state, overview.last_rejected) == (5, "done", 4)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("absent.csv", None, "introuvable"),
        ("vide.csv", b"", "est vide"),
        ("autre.csv", b"a,b\n1,2\n", "il manque les colonnes « siret », « type », « nom »"),
        ("image.csv", b"\x89PNG\x00\x00", "un CSV ou un classeur"),
        ("faux.xlsx", b"pas un classeur", "ne s’ouvre pas"),
        ("faux.csv.gz", b"pas compresse", "est abîmé"),
    ],
)
def test_a_wrong_file_gets_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImportRefusedError, match=sentence):
        load("siae", path)
    run = SourceRun.objects.get()
    assert run.state == "failed"
    assert sentence in run.problem


def test_an_unknown_source_lists_the_known_ones() -> None:
    with pytest.raises(ImportRefusedError, match=r"« lune » est inconnue.*siae, siae-conventions"):
        load("lune", SIAE)


def test_a_line_with_too_many_columns_is_rejected_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "casse.csv"
    text = SIAE.read_text(encoding="utf-8") + "99910008400014,EI,TROP,,,,,,,,,,,,de,colonnes,ici\n"
    path.write_text(text, encoding="utf-8")
    report = load("siae", path)
    assert report.read == 10
    assert report.created + report.rejected == 10
    assert report.reasons["ligne illisible (guillemet ou colonne en trop)"] == 1


def test_a_source_that_states_activities_wins_over_a_deduction() -> None:
    load("siae")
    report = load("suppliers-csv")
    roofs = Supplier.objects.get(key="99910001900010:EI")
    assert (roofs.activity_status, roofs.sectors) == ("stated", ["peinture-vitrerie"])
    assert report.anomalies == {"secteur inconnu : « secteur-inconnu »": 1}
    sheet = queries.supplier_sheet(roofs.key)
    assert sheet is not None
    published = {row.group: row.source for row in sheet.provenance if row.is_published}
    assert (published["activity"], published["email"]) == ("suppliers-csv", "suppliers-csv")
    # The list of rank 25 comes before the marketplace (30), which alone gives the description.
    assert (published["place"], published["description"]) == ("suppliers-csv", "siae")
    assert [card.kind.code for card in sheet.same_establishment] == ["ETTI"]
    # A group without a French label would show its own name.
    assert [row.group for row in sheet.provenance if row.label == row.group] == []
    assert ("siret", "SIRET") in {(row.group, row.label) for row in sheet.provenance}


def test_conventions_complete_known_suppliers_and_drop_none() -> None:
    load("siae")
    report = load("siae-conventions")
    assert (report.read, report.created, report.rejected) == (4, 3, 1)
    assert report.reasons == {"aucun fournisseur ACI au SIRET 99910009200017": 1}
    states = dict(Supplier.objects.values_list("key", "convention_status"))
    assert states["99910001900010:EI"] == "ended"
    assert states["99910001900010:ETTI"] == "active"
    assert states["99910002700013:AI"] == "unknown"
    over = Supplier.objects.get(key="99910001900010:EI")
    assert (over.convention_until, over.is_listed) == (date(2021, 12, 31), True)
    assert over.name == "LES TOITS D'ESSAI"


def test_conventions_without_their_annexes_say_which_file_is_missing(tmp_path: Path) -> None:
    alone = tmp_path / "conventions.csv"
    alone.write_bytes((SOURCES["siae-conventions"].folder / "sample.csv").read_bytes())
    with pytest.raises(ImportRefusedError, match=r"« siae_annexes_financieres\.csv » doit se trouver à côté"):
        load("siae-conventions", alone)


def test_the_extraction_of_the_asp_gives_the_validity_from_its_annexes() -> None:
    load("siae")
    report = load("siae-conventions", SOURCES["siae-conventions"].folder / "fluxIAE_Structure_essai.csv")
    assert (report.read, report.created, report.rejected) == (6, 4, 2)
    assert report.reasons == {"aucun fournisseur ACI au SIRET 99910009200017": 1, "SIRET absent": 1}
    states = {
        key: (status, until)
        for key, status, until in Supplier.objects.values_list("key", "convention_status", "convention_until")
    }
    # The amendment shortened the annex that ran until 2098; the one being typed changes nothing yet.
    assert states["99910001900010:EI"] == ("ended", date(2024, 6, 30))
    assert states["99910001900010:ETTI"] == ("active", date(2099, 12, 31))
    assert states["99910002700013:AI"] == ("ended", date(2021, 12, 31))
    assert states["99910003500016:ACI"] == ("unknown", None)


def test_the_extraction_is_read_packed_and_in_utf_16(tmp_path: Path) -> None:
    load("siae")
    folder = SOURCES["siae-conventions"].folder
    structures = tmp_path / "fluxIAE_Structure_01022020_070000.csv.gz"
    structures.write_bytes(gzip.compress((folder / "fluxIAE_Structure_essai.csv").read_bytes()))
    annexes = (folder / "fluxIAE_AnnexeFinanciere_essai.csv").read_text(encoding="utf-8")
    (tmp_path / "fluxIAE_AnnexeFinanciere_01022020_070002.csv").write_text(annexes, encoding="utf-16")
    assert load("siae-conventions", structures).created == 4


def test_half_of_an_extraction_says_what_is_missing(tmp_path: Path) -> None:
    folder = SOURCES["siae-conventions"].folder
    with pytest.raises(ImportRefusedError, match="donnez celui des structures"):
        load("siae-conventions", folder / "fluxIAE_AnnexeFinanciere_essai.csv")
    alone = tmp_path / "fluxIAE_Structure_01022027_063004.csv"
    alone.write_bytes((folder / "fluxIAE_Structure_essai.csv").read_bytes())
    with pytest.raises(ImportRefusedError, match="« fluxIAE_AnnexeFinanciere… » doit se trouver à côté"):
        load("siae-conventions", alone)
    (tmp_path / "fluxIAE_AnnexeFinanciere_01.csv").write_text(
        "af_id_structure|af_date_fin_effet\n1|31/12/2027\n"
    )
    with pytest.raises(ImportRefusedError, match=r"Il manque dans .*« af_mesure_dispositif_code »"):
        load("siae-conventions", alone)


@pytest.mark.real_data
def test_the_published_example_of_annexes_is_read(shared_data: Path, tmp_path: Path) -> None:
    example = shared_data / "3_organisations" / "siae" / "fluxIAE_AnnexeFinanciere_exemple.csv.gz"
    (tmp_path / example.name).write_bytes(example.read_bytes())
    structures = tmp_path / "fluxIAE_Structure_01.csv"
    structures.write_text(
        "structure_id_siae|structure_siret_actualise|structure_siret_signature\n2855|99910001900010|\n"
    )
    report = load("siae-conventions", structures)
    # None of them is in our directory.
    assert (report.created, report.rejected) == (0, report.read)
    assert report.read > 5
