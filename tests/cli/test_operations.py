"""`levier import`, `sources`, `sync`, `index`, `demo` and `doctor`: what they change, and what they say."""

import socket
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, ProgrammingError

from levier.core.following import FollowedIndex
from levier.core.models import Change
from levier.core.search import IndexBusyError
from levier.directory import sources
from levier.directory.models import SourceRecord, SourceRun, Supplier
from levier.purchasing import notices
from tests.cli.calls import document, refusal, run
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db

SAMPLE = Path(sources.__file__).parent / "siae" / "sample.csv"


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    """Rejects, downloads and demonstration accounts stay in the folder of the test."""
    settings.LEVIER_HOME = tmp_path


def rows() -> tuple[int, ...]:
    """What an import may change; the list of sources only repeats what the code declares."""
    return (
        Supplier.objects.count(),
        SourceRecord.objects.count(),
        SourceRun.objects.count(),
        Change.objects.count(),
    )


@pytest.mark.slow
def test_a_dry_run_counts_and_changes_nothing() -> None:
    before = rows()
    report = document("import", "siae", str(SAMPLE), "--dry-run")
    assert report["is_dry_run"] is True
    assert report["created"] > 0
    assert rows() == before


@pytest.mark.slow
def test_importing_twice_changes_nothing() -> None:
    first = document("import", "siae", str(SAMPLE))
    assert first["read"] == first["created"] + first["updated"] + first["unchanged"] + first["rejected"]
    suppliers, records, runs, changes = rows()
    second = document("import", "siae", str(SAMPLE))
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, first["created"])
    assert rows() == (suppliers, records, runs + 1, changes)


@pytest.mark.slow
def test_the_import_says_its_counts() -> None:
    shown = plain_spaces(run("import", "siae", str(SAMPLE), "--dry-run").stdout)
    assert shown.startswith("Essai à blanc : ")
    assert "lignes lues" in shown or "lues" in shown


def test_an_unknown_source_is_named_with_the_known_ones() -> None:
    sentence = refusal("import", "inconnue", str(SAMPLE), code=2)
    assert "« inconnue »" in sentence and "siae" in sentence and "contracts" in sentence


@pytest.mark.parametrize("path", ["/nulle/part.csv", "."])
def test_a_path_that_is_no_file_is_a_wrong_use(path: str) -> None:
    assert run("import", "siae", path).exit_code == 2


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x00", b"a;b\n1;2\n", "é".encode("latin-1") * 50])
@pytest.mark.parametrize("source", ["siae", "contracts", "structures", "naf-2025"])
def test_a_file_of_something_else_is_one_sentence(tmp_path: Path, source: str, content: bytes) -> None:
    path = tmp_path / "autre.csv"
    path.write_bytes(content)
    result = run("import", source, str(path), "--json")
    assert result.exit_code == 1
    assert '"error"' in result.stdout
    assert not Supplier.objects.exists()


@pytest.mark.slow
def test_sources_say_what_they_hold() -> None:
    run("import", "siae", str(SAMPLE))
    found = document("sources")
    assert set(found) == {"suppliers", "reference", "notices", "others"}
    siae = next(one for one in found["suppliers"] if one["slug"] == "siae")
    assert siae["records"] > 0 and siae["last_success"] and siae["licence"]
    assert all(table["rows"] > 0 for table in found["reference"])
    assert {"contracts", "structures"} <= {other["name"] for other in found["others"]}
    assert "jamais importée" in run("sources").stdout


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name resolves, and nobody waits between two attempts."""

    def unknown(*arguments: Any, **named: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setattr("levier.core.downloads.time.sleep", lambda seconds: None)


@pytest.mark.slow
def test_a_sync_without_network_is_one_sentence_and_keeps_the_data(no_network: None) -> None:
    run("import", "siae", str(SAMPLE))
    before = rows()
    result = run("sync", "ess")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert "restent en place" in result.stdout and "Traceback" not in result.output
    assert document("sync", "ess", code=1)[0]["state"] == "failed"
    assert rows() == before


@pytest.mark.slow
def test_public_notices_come_from_files_and_the_network_when_there_is_one(
    no_network: None, settings: Any, tmp_path: Path
) -> None:
    settings.LEVIER_HOME = tmp_path
    assert document("sources")["notices"]["state"] == "never"
    folder = Path(notices.__file__).parent / "samples"
    assert "Essai à blanc : 12 avis lus" in run("notices", "import", str(folder), "--dry-run").stdout
    report = document("notices", "import", str(folder))
    assert (report["created"], report["skipped"], report["rejected"]) == (8, 3, 1)
    assert "n'est pas du JSON" in run("notices", "import", str(folder)).stdout.replace("’", "'")
    result = run("sync", "boamp")
    assert result.exit_code == 1 and len(result.stdout.splitlines()) == 1
    assert "restent en place" in result.stdout
    found = document("sources")["notices"]
    assert (found["state"], found["notices"]) == ("fresh", 8)
    doctor = {finding["name"]: finding for finding in document("doctor", code=1)}
    assert doctor["Avis de marché"]["is_fine"]
    assert "existe pas" in refusal("notices", "import", "/nulle/part.xml", code=2)


def test_a_source_without_address_is_not_synchronised() -> None:
    assert "ne se télécharge pas" in refusal("sync", "inconnue", code=2)


@pytest.mark.slow
def test_the_index_says_when_it_is_missing_then_is_built() -> None:
    assert document("index", "status", code=1)["supplier"]["exists"] is False
    assert "lancez « levier index rebuild »" in run("index", "status").stdout
    run("import", "siae", str(SAMPLE))
    counts = document("index", "rebuild")
    assert counts["supplier"] == Supplier.objects.filter(is_listed=True).count() > 0
    status = document("index", "status")
    assert status["supplier"]["documents"] == counts["supplier"]
    assert document("search", "")["total"] > 0


def test_a_search_without_index_is_a_sentence() -> None:
    assert refusal("search", "nettoyage").endswith(".")


def test_a_rebuild_that_another_one_does_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*arguments: Any) -> int:
        raise IndexBusyError("Une reconstruction est en cours : attendez qu'elle finisse.")

    monkeypatch.setattr(FollowedIndex, "rebuild", busy)
    assert refusal("index", "rebuild") == "Une reconstruction est en cours : attendez qu'elle finisse."
    assert "error" in document("index", "rebuild", code=1)


def test_the_demonstration_is_not_loaded_in_production(settings: Any) -> None:
    settings.IS_PRODUCTION = True
    assert "production" in refusal("demo")
    assert not Supplier.objects.exists()


def test_the_doctor_says_what_to_do() -> None:
    found = {finding["name"]: finding for finding in document("doctor", code=1)}
    assert found["Base de données"]["is_fine"] and found["Rôle de la base"]["is_fine"]
    assert found["Tables"]["is_fine"] and found["Référentiels"]["is_fine"]
    assert not found["Index de recherche"]["is_fine"]
    assert "levier index rebuild" in found["Index de recherche"]["advice"]
    shown = run("doctor").stdout
    assert "✗ Index de recherche" in shown and "→ Lancez « levier index rebuild »." in shown


@pytest.mark.slow
def test_the_doctor_goes_on_when_a_check_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        """Disque."""
        raise OSError("plus de disque")

    monkeypatch.setattr("levier.cli.doctor.disk", broken)
    found = {finding["name"]: finding for finding in document("doctor", code=1)}
    assert "plus de disque" in found["Disque"]["seen"]
    assert found["Base de données"]["is_fine"]


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        (OperationalError("connection failed: no such file\nIs the server running?"), "ne répond pas"),
        (ProgrammingError('relation "directory_source" does not exist\nLINE 1'), "levier prepare"),
    ],
)
def test_a_missing_database_or_table_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, word: str
) -> None:
    def fail() -> None:
        raise problem

    monkeypatch.setattr("levier.directory.queries.sources_overview", fail)
    assert word in refusal("sources")
    assert word in document("sources", code=1)["error"]
