"""The follower keeps an index in step with its table: changes, deletions, replays, and rebuilds."""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from levier.core import following
from levier.core.changes import ChangeBatch, Position
from levier.core.following import FollowedIndex, follow
from levier.core.search import Document, IndexBusyError, IndexSchema, Query, TantivyEngine, TextField
from levier.directory.index import SUPPLIERS
from levier.directory.index import engine as supplier_engine
from levier.directory.models import Supplier
from tests.core.test_changes import other_connection
from tests.factories.directory import supplier

pytestmark = pytest.mark.django_db

_NUMBERS = count(1)
Commit = Callable[..., None]


class Table:
    """Rows by id, and the index that follows them under a topic of its own."""

    def __init__(self, folder: Path, rebuild_above: int = 1_000) -> None:
        self.rows: dict[int, str] = {}
        self.rebuilds = 0
        engine = TantivyEngine(
            folder, IndexSchema(name="table", version=1, text=(TextField("name"),), keywords=())
        )
        topic = f"test-follow-{next(_NUMBERS)}"
        self.index = FollowedIndex(
            topic, "Essai", lambda: engine, self.documents, rebuild_above=rebuild_above
        )

    def documents(self, ids: Sequence[int] | None) -> Iterator[Document]:
        self.rebuilds += ids is None
        for key, name in self.rows.items():
            if ids is None or key in ids:
                yield {"key": key, "name": name}

    def found(self, text: str) -> list[int]:
        return sorted(self.index.engine().search(Query(text=text)).keys)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    made = Table(tmp_path / "index")
    made.rows = {1: "premier", 2: "deuxième"}
    made.index.rebuild()
    yield made
    made.index.engine().close()


@pytest.fixture
def commit() -> Iterator[Commit]:
    """Write changes in a transaction of their own, committed: those of the test's are never read."""
    topics: set[str] = set()

    def write(topic: str, *keys: int, is_deletion: bool = False) -> None:
        topics.add(topic)
        with other_connection() as connection:
            for key in keys:
                connection.execute(
                    "INSERT INTO core_change (topic, key, is_deletion) VALUES (%s, %s, %s)",
                    [topic, str(key), is_deletion],
                )

    yield write
    with other_connection() as connection:
        connection.execute("DELETE FROM core_change WHERE topic = ANY(%s)", [list(topics)])


def caught_up(index: FollowedIndex) -> int:
    """Follow until something is read: another run on this server may hold the oldest transaction a moment."""
    limit = time.monotonic() + 10
    while not (read := index.follow_once()) and time.monotonic() < limit:
        time.sleep(0.05)
    return read


@pytest.mark.slow
def test_a_changed_row_is_found_under_its_new_words(table: Table, commit: Commit) -> None:
    table.rows |= {2: "second", 3: "troisième"}
    commit(table.index.topic, 2, 3)
    assert caught_up(table.index) == 2
    assert (table.found("second"), table.found("troisième"), table.found("deuxième")) == ([2], [3], [])
    assert table.index.status().documents == 3


@pytest.mark.slow
def test_a_deleted_row_leaves_the_index(table: Table, commit: Commit) -> None:
    del table.rows[1]
    commit(table.index.topic, 1, is_deletion=True)
    caught_up(table.index)
    assert table.found("premier") == []


@pytest.mark.slow
def test_a_row_asked_for_that_does_not_come_back_leaves_the_index(table: Table, commit: Commit) -> None:
    del table.rows[2]
    commit(table.index.topic, 2)
    caught_up(table.index)
    assert table.index.status().documents == 1


@pytest.mark.slow
def test_nothing_is_read_twice(table: Table, commit: Commit) -> None:
    commit(table.index.topic, 1)
    assert caught_up(table.index) == 1
    assert table.index.follow_once() == 0


@pytest.mark.slow
def test_a_replay_is_harmless(table: Table, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    table.rows[3] = "troisième"
    commit(table.index.topic, 3)
    before = table.index.engine().position()
    caught_up(table.index)
    after = table.index.engine().position()
    monkeypatch.setattr(TantivyEngine, "position", lambda self: before)
    assert caught_up(table.index) == 1
    monkeypatch.undo()
    assert table.found("troisième") == [3]
    assert table.index.status().documents == 3
    assert table.index.engine().position() == after


@pytest.mark.slow
def test_the_changes_of_a_rebuild_are_replayed_after_it(table: Table, commit: Commit) -> None:
    """A row committed while the table is read is in the log after the position of the rebuild."""
    table.rows[4] = "quatrième"
    commit(table.index.topic, 4)
    table.index.rebuild()
    commit(table.index.topic, 4)
    assert caught_up(table.index) >= 1
    assert table.found("quatrième") == [4]


@pytest.mark.slow
def test_a_database_restored_on_a_younger_server_is_a_rebuild(table: Table) -> None:
    """Its transactions are numbered lower than the index's position: following alone would see nothing."""
    table.index.engine().apply(position=(2**40, 1))
    table.rows[3] = "troisième"
    table.index.follow_once()
    assert (table.rebuilds, table.index.status().documents) == (2, 3)
    table.index.follow_once()
    assert table.rebuilds == 2


@pytest.mark.slow
def test_too_many_changes_are_a_rebuild(tmp_path: Path, commit: Commit) -> None:
    table = Table(tmp_path / "index", rebuild_above=3)
    table.rows = {1: "premier"}
    table.index.rebuild()
    table.rows = {number: f"ligne {number}" for number in range(1, 6)}
    commit(table.index.topic, 1, 2, 3, 4, 5)
    assert caught_up(table.index) == 3
    assert (table.rebuilds, table.index.status().documents) == (2, 5)
    table.index.engine().close()


@pytest.mark.slow
def test_a_supplier_that_is_no_longer_listed_leaves_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = supplier(name="Les Jardins"), supplier(name="Les Vergers")
    assert SUPPLIERS.rebuild() == 2
    Supplier.objects.filter(pk=gone.pk).update(is_listed=False)
    # The rows of this test are not committed: a batch of the log that names them is given by hand.
    batch = ChangeBatch((str(kept.pk), str(gone.pk)), (), Position(2**40, 1), 2)
    monkeypatch.setattr(following.changes, "read_changes", lambda *arguments, **named: batch)
    assert SUPPLIERS.follow_once() == 2
    assert list(supplier_engine().search(Query()).keys) == [kept.pk]
    supplier_engine().close()


@pytest.mark.slow
def test_the_follower_builds_a_missing_index_and_stops_when_asked(tmp_path: Path) -> None:
    table = Table(tmp_path / "index")
    table.rows = {1: "premier"}
    rounds = count()
    follow([table.index], lambda: next(rounds) >= 1)
    assert table.index.status().documents == 1


@pytest.mark.parametrize("problem", [IndexBusyError("occupé"), OSError("disque plein")])
def test_a_failing_index_does_not_stop_the_others(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def fail(*arguments: Any) -> Any:
        raise problem

    broken = FollowedIndex("test-broken", "Cassé", table.index.engine, fail)
    object.__setattr__(broken, "is_usable", fail)
    monkeypatch.setattr(following.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(following.connection, "close", lambda: None)
    other = Table(tmp_path / "autre")
    other.rows = {7: "sept"}
    rounds = count()
    follow([broken, other.index], lambda: next(rounds) >= 2)
    assert other.index.status().documents == 1
