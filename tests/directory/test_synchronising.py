"""`levier sync` against a server of this machine: what changed comes in, whatever fails leaves yesterday's data."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from levier.core import downloads
from levier.core.audit import Actor
from levier.directory import synchronising
from levier.directory.models import SourceRun, Supplier
from levier.directory.sources import SOURCES
from levier.directory.synchronising import SyncResult, downloadable, synchronise
from levier.purchasing.notices import BOAMP, fetching
from tests.cli.calls import document, run
from tests.directory.local_server import Publisher, published
from tests.directory.sirene_stock import write_stock

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FINESS = SOURCES["esat"].folder / "sample_stock.csv"


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path) -> Iterator[Publisher]:
    settings.LEVIER_HOME = tmp_path  # type: ignore[attr-defined]
    monkeypatch.setattr(downloads.time, "sleep", lambda seconds: None)
    with published() as one:
        yield one


def publish(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher, slug: str, path: str, **changes: object
) -> None:
    """Have the source look for its file on our server."""
    moved = replace(SOURCES[slug], url=publisher.address + path, **changes)  # type: ignore[arg-type]
    monkeypatch.setitem(SOURCES, slug, moved)


def sync(name: str, *, force: bool = False) -> SyncResult:
    return synchronise(name=name, by=Actor.machine("essai"), force=force)


def test_a_file_comes_once_and_is_only_asked_for_the_second_time(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher
) -> None:
    publisher.files["/finess.csv"] = FINESS.read_bytes()
    publish(monkeypatch, publisher, "esat", "/finess.csv")
    first, second = sync("finess"), sync("esat")
    assert (first.state, second.state) == ("done", "unchanged")
    assert "If-None-Match" in publisher.seen[-1][1]
    assert Supplier.objects.count() == 3
    assert sync("esat", force=True).state == "done"
    # One whose import failed is tried again without changing.
    SourceRun.objects.update(state="failed")
    assert sync("esat").state == "done"


def test_a_cut_transfer_goes_on_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher
) -> None:
    publisher.files["/finess.csv"] = FINESS.read_bytes()
    publisher.cut_once.add("/finess.csv")
    publish(monkeypatch, publisher, "esat", "/finess.csv")
    assert sync("esat").state == "done"
    assert publisher.seen[-1][1]["Range"].startswith("bytes=")
    assert Supplier.objects.count() == 3


def test_whatever_fails_is_one_sentence_and_yesterday_s_data_stay(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher
) -> None:
    publisher.files["/finess.csv"] = FINESS.read_bytes()
    publish(monkeypatch, publisher, "esat", "/finess.csv")
    sync("esat")
    before = list(Supplier.objects.order_by("id").values_list("id", "updated_at"))
    for trouble in ("absent", "too large", "another shape", "no server"):
        if trouble == "absent":
            publisher.files.clear()
        elif trouble == "too large":
            publisher.files["/finess.csv"] = FINESS.read_bytes() + b"\n"
            publisher.announced["/finess.csv"] = downloads.LARGEST_BYTES + 1
        elif trouble == "another shape":
            publisher.announced.clear()
            publisher.files["/finess.csv"] = b"<html>en maintenance</html>"
        else:
            nobody = replace(SOURCES["esat"], url="http://127.0.0.1:1/finess.csv")
            monkeypatch.setitem(SOURCES, "esat", nobody)
        result = sync("esat")
        assert result.state == "failed", trouble
        assert result.sentence.count("\n") == 0 and result.sentence.endswith("."), trouble
        assert list(Supplier.objects.order_by("id").values_list("id", "updated_at")) == before, trouble


def test_pages_are_followed_with_the_token_and_kept_as_one_file(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher, settings: object
) -> None:
    sample = json.loads((SOURCES["siae"].folder / "sample_api.json").read_text(encoding="utf-8"))["results"]
    publisher.pages["/api/siae"] = [sample[:1], sample[1:]]
    publisher.token = "jeton-d-essai"
    publish(monkeypatch, publisher, "siae", "/api/siae")
    settings.MARKETPLACE_TOKEN = "jeton-d-essai"  # type: ignore[attr-defined]
    result = sync("siae")
    assert (result.state, result.report.read) == ("done", 2)
    assert [path for path, _ in publisher.seen] == ["/api/siae?limit=500", "/api/siae?page=2"]
    assert sync("siae").state == "unchanged"


def test_without_token_or_with_a_wrong_one_a_sentence_says_so_and_never_shows_it(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher, settings: object
) -> None:
    publisher.pages["/api/siae"] = [[]]
    publisher.token = "le-bon"
    publish(monkeypatch, publisher, "siae", "/api/siae")
    settings.MARKETPLACE_TOKEN = ""  # type: ignore[attr-defined]
    absent = sync("siae")
    assert (absent.state, publisher.seen) == ("skipped", [])
    assert "LEVIER_MARKETPLACE_TOKEN" in absent.sentence
    settings.MARKETPLACE_TOKEN = "le-mauvais"  # type: ignore[attr-defined]
    wrong = sync("siae")
    assert wrong.state == "failed" and "401" in wrong.sentence
    assert "le-mauvais" not in wrong.sentence


def test_numbered_pages_stop_at_the_first_short_one(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher
) -> None:
    sample = json.loads((SOURCES["scop"].folder / "sample.json").read_text(encoding="utf-8"))["data"]
    publisher.pages["/annuaire"] = [sample[:1], sample[1:], []]
    pages = replace(SOURCES["scop"].pages, size=1)  # type: ignore[type-var]
    publish(monkeypatch, publisher, "scop", "/annuaire", pages=pages)
    assert sync("scop").report.created == 2
    assert len(publisher.seen) == 3


def test_a_next_page_on_another_site_never_gets_the_token(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher, settings: object
) -> None:
    publisher.pages["/api/siae"] = [[{}], [{}]]
    publish(monkeypatch, publisher, "siae", "/api/siae")
    settings.MARKETPLACE_TOKEN = "jeton"  # type: ignore[attr-defined]
    publisher.address = "https://ailleurs.invalid"
    result = sync("siae")
    assert (result.state, len(publisher.seen)) == ("failed", 1)
    assert "autre site" in result.sentence


def test_a_redirection_keeps_the_token_on_its_site_and_never_leaves_https(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher, settings: object
) -> None:
    settings.MARKETPLACE_TOKEN = "jeton"  # type: ignore[attr-defined]
    publisher.pages["/moved"] = [[]]
    elsewhere = publisher.address.replace("127.0.0.1", "localhost")
    for address, sent in ((publisher.address, "Bearer jeton"), (elsewhere, None)):
        publisher.moved["/api/siae"] = f"{address}/moved"
        publish(monkeypatch, publisher, "siae", "/api/siae")
        sync("siae")
        path, headers = publisher.seen[-1]
        assert (path, headers.get("Authorization")) == ("/moved", sent)
    publisher.moved["/api/siae"] = "http://ailleurs.invalid/siae"
    publish(monkeypatch, publisher, "siae", "/api/siae")
    assert sync("siae").sentence == "L’adresse « http://ailleurs.invalid/siae » n’est pas en https."


def test_the_stock_comes_with_the_files_beside_it(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher, tmp_path: Path
) -> None:
    folder = tmp_path / "insee"
    folder.mkdir()
    establishments = write_stock(folder, ".parquet")
    beside = []
    for path in folder.iterdir():
        publisher.files[f"/{path.name}"] = path.read_bytes()
        if path != establishments:
            beside.append((f"{publisher.address}/{path.name}", path.name))
    publish(monkeypatch, publisher, "sirene-ess", f"/{establishments.name}", beside=tuple(beside))
    assert sync("sirene-ess").report.created == 2
    assert sync("sirene-ess").state == "unchanged"


def test_perimeters_of_districts_are_fetched_too(
    monkeypatch: pytest.MonkeyPatch, publisher: Publisher
) -> None:
    square = [[[3.0, 50.0], [3.2, 50.0], [3.2, 50.2], [3.0, 50.0]]]
    district = {
        "properties": {"code_qp": "QN05901M", "lib_qp": "Essai", "insee_com": "59512"},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    publisher.files["/qpv.zip"] = json.dumps({"features": [district]}).encode()
    monkeypatch.setitem(synchronising.REFERENCES, "qpv", (f"{publisher.address}/qpv.zip", "qpv.zip"))
    assert (sync("qpv").state, sync("qpv").state) == ("done", "unchanged")


def test_gigabytes_come_only_when_they_are_named() -> None:
    assert "sirene" in downloadable()
    assert {"sirene", "sirene-ess"}.isdisjoint(downloadable(heavy=False))
    assert {"qpv", "esat", "siae", "ess", "scop", "label-rfar", "label-rge"} <= set(downloadable(heavy=False))


def test_the_command_says_one_line_per_source(monkeypatch: pytest.MonkeyPatch, publisher: Publisher) -> None:
    publisher.files["/rfar.csv"] = b"SIREN;PERIMETRE\n999100019;Tout\n"
    publish(monkeypatch, publisher, "label-rfar", "/rfar.csv")
    monkeypatch.setattr(
        "levier.directory.synchronising.downloadable", lambda heavy=True: ["label-rfar", "siae"]
    )
    # The notices have their own tests; here, a day without any.
    monkeypatch.setattr(
        fetching, "fetch_boamp", lambda **_: SyncResult(BOAMP, "unchanged", "rien de nouveau.")
    )
    result = run("sync")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 3)
    assert document("sync", "label-rfar")[0]["state"] == "unchanged"
