"""The engine over time: updates, replay, crash, rebuild, several processes and threads."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from levier.core.search import (
    Geo,
    IndexBusyError,
    IndexMissingError,
    IndexOutdatedError,
    IndexSchema,
    InvalidDocumentError,
    Query,
    TantivyEngine,
    TextField,
)
from levier.core.search import storage as search_storage
from tests.core.search_rows import SCHEMA, Row, every_key, make_rows, small


@pytest.fixture(scope="module")
def sole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TantivyEngine]:
    built = small(tmp_path_factory.mktemp("sole"), {"key": 1, "name": "Un"})
    yield built
    built.close()


@pytest.mark.slow
def test_updates_are_seen_and_replay_changes_nothing(tmp_path: Path) -> None:
    found = small(tmp_path, *make_rows(50))
    batch = {
        "upserts": [{"key": 3, "name": "Neuf", "kind": "SCOP"}, {"key": 99, "name": "Neuf"}],
        "deletes": [5, 777],
    }
    found.apply(**batch, position=(12, 4))  # type: ignore[arg-type]
    for _ in range(2):
        page = found.search(Query(text="neuf", facets=("kind",)))
        assert (sorted(page.keys), page.facets["kind"]) == ([3, 99], {"SCOP": 1})
        assert found.count() == found.status().documents == 50
        assert found.count(Query(filters={"kind": ("SCOP",)})) == 1
        assert 5 not in every_key(found, Query())
        assert found.position() == (12, 4)
        found.apply(**batch, position=(12, 4))  # type: ignore[arg-type]
    found.close()


@pytest.mark.slow
def test_many_updates_agree_with_a_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("levier.core.search.tantivy_engine._MAX_SEGMENTS", 3)
    rng = random.Random(5)
    current = {row["key"]: row for row in make_rows(60)}
    followed = small(tmp_path / "a", *current.values())
    pool = make_rows(120, seed=9)
    for _ in range(9):
        changed, gone = rng.sample(pool, 6), rng.sample(range(1, 120), 4)
        current |= {row["key"]: row for row in changed}
        current = {key: row for key, row in current.items() if key not in gone}
        followed.apply(upserts=changed, deletes=gone)
    rebuilt = small(tmp_path / "b", *current.values())
    fresh = TantivyEngine(tmp_path / "a", SCHEMA)
    queries = [
        Query(sort="name", facets=("kind", "sector"), limit=200),
        Query(geo=Geo(46, 3, 300), sort="distance", facets=("kind",), limit=200),
        Query(text="nettoyage", sort="name", facets=("kind",), limit=200),
        Query(filters={"sector": ("batiment",)}, limit=200),
    ]
    for query in queries:
        expected = rebuilt.search(query)
        for engine in (followed, fresh):
            page = engine.search(query)
            assert (page.keys, page.total, page.facets) == (expected.keys, expected.total, expected.facets)
    followed.close()


@pytest.mark.slow
def test_a_second_writer_is_refused_with_a_sentence(tmp_path: Path) -> None:
    first = small(tmp_path, {"key": 1, "name": "A"})
    first.apply(upserts=[{"key": 2, "name": "B"}])
    second = TantivyEngine(tmp_path, SCHEMA)
    with pytest.raises(IndexBusyError, match="autre processus"):
        second.apply(deletes=[1])
    first.close()
    second.apply(deletes=[1])
    assert second.search(Query()).keys == (2,)
    second.close()


@pytest.mark.slow
def test_another_process_sees_the_commit_and_the_rebuild(tmp_path: Path) -> None:
    writer = small(tmp_path, {"key": 1, "name": "A"})
    reader = TantivyEngine(tmp_path, SCHEMA, refresh_seconds=0)
    assert reader.search(Query(text="voirie")).total == 0
    writer.apply(upserts=[{"key": 2, "name": "Voirie"}])
    assert reader.search(Query(text="voirie")).keys == (2,)
    writer.rebuild([{"key": 3, "name": "Voirie"}])
    assert reader.search(Query(text="voirie")).keys == (3,)
    assert reader.reload() is False
    writer.close()


@pytest.mark.slow
def test_rows_left_by_a_crash_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashed = small(tmp_path, {"key": 1, "name": "Un"})

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(search_storage, "save_state", cut)
    with pytest.raises(KeyboardInterrupt):
        crashed.apply(upserts=[{"key": 2, "name": "Fantôme"}])
    monkeypatch.undo()
    crashed.close()
    after = TantivyEngine(tmp_path, SCHEMA, refresh_seconds=0)
    assert after.search(Query(text="fantôme", correct=False)).keys == ()
    after.apply(upserts=[{"key": 3, "name": "Trois"}])
    assert after.search(Query(text="fantôme", correct=False)).total == 0
    assert after.search(Query(text="trois")).keys == (3,)
    after.close()


@pytest.mark.parametrize(
    "document",
    [
        {"key": 2, "colour": "red"},
        {"key": "2", "name": "x"},
        {"key": True, "name": "x"},
        {"name": "x"},
        {"key": 2, "staff": 1.5},
        {"key": 2, "staff": 2**63},
        {"key": 2, "naf": 8121},
        {"key": 2, "naf": [59]},
        {"key": 2, "name": 12},
        {"key": 2, "latitude": 120.0, "longitude": 2.0},
        {"key": 2, "latitude": "nord", "longitude": 2.0},
    ],
)
def test_a_bad_document_leaves_the_index_untouched(sole: TantivyEngine, document: Row) -> None:
    with pytest.raises(InvalidDocumentError, match=r"\.$"):
        sole.apply(upserts=[{"key": 1, "name": "Deux"}, document])
    with pytest.raises(InvalidDocumentError):
        sole.rebuild([{"key": 1, "name": "Deux"}, document])
    assert sole.search(Query(text="un", correct=False)).total == 1 == sole.count()


@pytest.mark.slow
def test_the_writer_still_writes_after_a_bad_document(tmp_path: Path) -> None:
    found = small(tmp_path, {"key": 1, "name": "Un"})
    with pytest.raises(InvalidDocumentError):
        found.apply(upserts=[{"key": 1, "staff": 2**63}])
    found.apply(upserts=[{"key": 1, "name": "Deux"}])
    assert found.search(Query(text="deux", correct=False)).total == 1
    found.close()


def test_no_index_and_another_schema_say_what_to_do(tmp_path: Path) -> None:
    missing = TantivyEngine(tmp_path, SCHEMA)
    assert missing.status().exists is False
    with pytest.raises(IndexMissingError, match="levier index rebuild"):
        missing.search(Query())
    missing.rebuild([])
    assert missing.search(Query(facets=("kind",))).facets == {"kind": {}}
    other = TantivyEngine(tmp_path, IndexSchema(name="essai", version=2))
    assert other.status().is_outdated is True
    with pytest.raises(IndexOutdatedError, match="levier index rebuild"):
        other.search(Query())


@pytest.mark.slow
def test_text_keys_are_sorted_as_text(tmp_path: Path) -> None:
    schema = IndexSchema(name="textes", version=1, text=(TextField("name"),), key_type="str")
    found = TantivyEngine(tmp_path, schema, refresh_seconds=0)
    found.rebuild([{"key": "b2", "name": "mur"}, {"key": "a10", "name": "mur"}])
    found.apply(upserts=[{"key": "a-plus-longue-que-les-autres", "name": "mur"}], deletes=["b2"])
    assert found.search(Query(text="mur")).keys == ("a-plus-longue-que-les-autres", "a10")
    found.close()


@pytest.mark.slow
def test_threads_read_whole_generations_while_one_writes(tmp_path: Path) -> None:
    found = small(tmp_path, *({"key": key, "name": "mur", "kind": "A"} for key in range(20)))
    wrong: list[object] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.wait(0.002):
            page = found.search(Query(filters={"kind": ("A", "B")}, facets=("kind",), limit=50))
            if page.total != 20 or len(page.keys) != 20 or sum(page.facets["kind"].values()) != 20:
                wrong.append(page)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for key in range(8):
        found.apply(upserts=[{"key": key, "name": "mur", "kind": "B"}])
    is_over.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert found.count(Query(filters={"kind": ("B",)})) == 8
    found.close()
