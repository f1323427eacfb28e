"""An import into an empty directory: files refused in a sentence, broken lines, parts, a dry run."""

from pathlib import Path

import pytest

from levier.core.audit import Actor
from levier.core.models import Change
from levier.directory.actions import ImportRefusedError, ImportReport, import_source
from levier.directory.models import SourceRecord, SourceRun, Supplier
from levier.directory.sources import SOURCES, judging
from levier.directory.sources.publishing import Publisher
from levier.organisations.models import Establishment, Organisation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SIAE = SOURCES["siae"].folder / "sample.csv"


@pytest.fixture(autouse=True)
def _home(settings: object, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]


def load(slug: str, path: Path | str = "sample.csv", *, dry_run: bool = False) -> ImportReport:
    found = path if isinstance(path, Path) else SOURCES[slug].folder / path
    return import_source(source=slug, path=found, by=Actor.machine("essai"), dry_run=dry_run)


def published() -> list[tuple[object, ...]]:
    return sorted(
        SourceRecord.objects.values_list(
            "source_key", "content_hash", "supplier__key", "supplier__name", "supplier__address",
            "supplier__organisation__name", "supplier__establishment__name", "supplier__establishment__address",
            "supplier__sectors", "supplier__origins", "supplier__history__changes",
        ), key=str,
    )  # fmt: skip


@pytest.mark.parametrize("slugs", [["siae"], ["esat"], ["siae", "suppliers-csv"]])
def test_a_list_taken_in_parts_is_published_as_one(slugs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Places that share a SIRET stand in several parts, or in a list read before; one that breaks takes the parts before with it."""
    *earlier, slug = slugs
    for one in earlier:
        load(one)
    whole, directory = load(slug), published()
    for model in (SourceRecord, Supplier, Establishment, Organisation):
        model.objects.all().delete()
    for one in earlier:
        load(one)
    before, units = published(), Organisation.objects.count()
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
    assert (len(taken), published(), Organisation.objects.count()) == (2, before, units)
    parts = load(slug)
    assert published() == directory
    assert (parts.created, parts.rejected, parts.anomalies) == (
        whole.created,
        whole.rejected,
        whole.anomalies,
    )


def test_a_dry_run_reports_and_leaves_nothing() -> None:
    report = load("siae", dry_run=True)
    assert (report.created, report.is_dry_run) == (5, True)
    assert not Supplier.objects.exists()
    assert not SourceRun.objects.exists()
    assert not Change.objects.exists()


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


def test_conventions_without_their_annexes_say_which_file_is_missing(tmp_path: Path) -> None:
    alone = tmp_path / "conventions.csv"
    alone.write_bytes((SOURCES["siae-conventions"].folder / "sample.csv").read_bytes())
    with pytest.raises(ImportRefusedError, match=r"« siae_annexes_financieres\.csv » doit se trouver à côté"):
        load("siae-conventions", alone)


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
