"""The search port on tantivy: one folder per build, one writer, readers that follow the commits."""

from __future__ import annotations

import fcntl
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import tantivy

from levier.core.search import french, storage
from levier.core.search.charting import chart
from levier.core.search.documents import DocumentReader
from levier.core.search.errors import IndexBusyError, IndexMissingError
from levier.core.search.port import Chart, IndexStatus, Page, Position, Query, Window
from levier.core.search.schema import Document, IndexSchema, Key
from levier.core.search.searching import search
from levier.core.search.snapshot import Snapshot, tantivy_schema

_BUILD_HEAP = 256_000_000
_UPDATE_HEAP = 32_000_000
# Each commit leaves one small segment of columns; past this number they are merged into one.
_MAX_SEGMENTS = 48


class TantivyEngine:
    """An index in `root`. Threads may share an engine; each process opens its own.

    `refresh_seconds`: how often, at most, a search looks for new commits on disk.
    """

    def __init__(self, root: Path | str, schema: IndexSchema, *, refresh_seconds: float = 1.0) -> None:
        self.root = Path(root)
        self.schema = schema
        self._refresh_seconds = refresh_seconds
        self._reader = DocumentReader(schema)
        self._snapshot: Snapshot | None = None
        self._looked_at = 0.0
        self._reading = threading.Lock()
        self._writing = threading.RLock()
        self._writer: Any = None
        self._writer_folder: Path | None = None

    # Reading.

    def search(self, query: Query) -> Page:
        """Answer one query. Raises InvalidQueryError, IndexMissingError, IndexOutdatedError."""
        return search(self._current(), query)

    def count(self, query: Query | None = None) -> int:
        """Exact number of documents a query matches (all of them without a query)."""
        if query is None:
            return int(self._current().columns.alive.sum())
        return self.search(replace(query, facets=(), values=(), offset=0, limit=0)).total

    def chart(self, query: Query, window: Window, *, most_keys: int = 20) -> Chart:
        """Every hit of a query, grouped by squares of a map. Same errors as `search`."""
        return chart(self._current(), query, window, most_keys)

    def knows_name(self, text: str) -> bool:
        """Whether a document bears exactly this name, accents, case and signs aside."""
        form = french.exact_form(text)
        return bool(form) and self._current().searcher.doc_freq("exact", form) > 0

    def reload(self) -> bool:
        """See the last commit of any process; returns whether something changed."""
        with self._reading:
            return self._reload()

    def _reload(self) -> bool:
        self._looked_at = time.monotonic()
        folder = storage.read_current(self.root)
        if folder is None:
            self._snapshot = None
            raise self._missing()
        held = self._snapshot
        if held is None or held.folder != folder:
            self._snapshot = Snapshot.open(self.schema, folder)
            return True
        if storage.load_state(folder).generation == held.state.generation:
            return False
        self._snapshot = held.advanced()
        return True

    def _missing(self) -> IndexMissingError:
        return IndexMissingError(
            f"L’index « {self.schema.name} » n’existe pas encore : lancez « levier index rebuild »."
        )

    def _current(self) -> Snapshot:
        held = self._snapshot
        if held is None:
            self.reload()
        elif time.monotonic() - self._looked_at >= self._refresh_seconds and self._reading.acquire(False):
            # Another thread already looking: this one answers from what it holds rather than wait.
            try:
                self._reload()
            finally:
                self._reading.release()
        held = self._snapshot
        if held is None:
            raise self._missing()
        return held

    def warm(self) -> None:
        """Load the index and its word list now, so that the first search of a process is not the slow one."""
        self.reload()
        assert self._current().speller is not None

    def position(self) -> Position | None:
        """How far the follower has read, as given with the last batch."""
        folder = storage.read_current(self.root)
        return storage.load_state(folder).position if folder else None

    def status(self) -> IndexStatus:
        """State of the index, never raising when there is none."""
        folder = storage.read_current(self.root)
        if folder is None:
            return IndexStatus(exists=False)
        state = storage.load_state(folder)
        return IndexStatus(
            exists=True,
            documents=state.documents,
            size_bytes=storage.folder_bytes(folder),
            built_at=datetime.fromisoformat(state.built_at),
            updated_at=datetime.fromisoformat(state.updated_at),
            schema_version=state.schema_version,
            is_outdated=state.fingerprint != self.schema.fingerprint,
            position=state.position,
            generation=state.generation,
        )

    # Writing.

    def rebuild(self, documents: Iterable[Document], *, position: Position | None = None) -> int:
        """Build a new index beside the present one, then swap; returns the number of documents.

        `position` is where the follower must resume: take it *before* reading the rows, replay is harmless.
        Of two documents with one key the last wins. On any error the present index stays as it was.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with self._writing, self._exclusive():
            folder = storage.new_folder(self.root)
            try:
                count = self._build(folder, documents, position)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self.close()
            storage.swap(self.root, folder)
        return count

    def _build(self, folder: Path, documents: Iterable[Document], position: Position | None) -> int:
        schema = tantivy_schema(self.schema)
        index = tantivy.Index(schema, str(folder / storage.TERMS))
        # One thread makes one segment: faster to search than several, and built in the order of the rows.
        writer: Any = index.writer(_BUILD_HEAP, 1)
        builder = storage.SegmentBuilder(self.schema)
        row_of: dict[Key, int] = {}
        dead: list[int] = []
        row = 0
        for document in documents:
            fields = self._reader.add(document, row, builder)
            key = builder.keys[-1]
            if key in row_of:
                dead.append(row_of[key])
                writer.delete_documents_by_term("key", str(key))
            row_of[key] = row
            writer.add_document(tantivy.Document.from_dict(fields, schema))
            row += 1
        writer.commit()
        writer.wait_merging_threads()
        storage.save_segment(folder, "base.npz", builder.arrays(dead=dead, is_base=True))
        moment = storage.now()
        state = storage.State(
            schema_version=self.schema.version,
            fingerprint=self.schema.fingerprint,
            built_at=moment,
            updated_at=moment,
            generation=1,
            next_row=row,
            documents=len(row_of),
            position=position,
            segments=("base.npz",),
        )
        storage.save_state(folder, state)
        return len(row_of)

    def apply(
        self,
        *,
        upserts: Iterable[Document] = (),
        deletes: Iterable[Key] = (),
        position: Position | None = None,
    ) -> int:
        """Replace or add, then delete, then commit; replaying a batch is harmless. Returns the generation.

        Every document is checked before the first is written: a bad one leaves the index untouched.
        Raises InvalidDocumentError, IndexBusyError, IndexMissingError, IndexOutdatedError.
        """
        with self._writing:
            writer, folder = self._open_writer()
            self.reload()
            snapshot = self._current()
            state = snapshot.state
            gone = {self._reader.key(key) for key in deletes}
            latest: dict[Key, Document] = {}
            for document in upserts:
                latest[self._reader.key(document.get("key"))] = document
            builder = storage.SegmentBuilder(self.schema)
            fields = [
                self._reader.add(document, state.next_row + place, builder)
                for place, document in enumerate(d for key, d in latest.items() if key not in gone)
            ]
            touched = {*gone, *latest}
            dead = snapshot.columns.rows_of_keys(list(touched))
            if fields or len(dead):
                name = f"delta-{state.generation + 1:09d}.npz"
                storage.save_segment(folder, name, builder.arrays(dead=dead.tolist()))
                self._commit(writer, snapshot, touched, fields)
                state = replace(
                    state,
                    generation=state.generation + 1,
                    next_row=state.next_row + len(fields),
                    documents=state.documents + len(fields) - len(dead),
                    segments=(*state.segments, name),
                )
            elif position is None or position == state.position:
                return state.generation
            state = replace(state, updated_at=storage.now(), position=position or state.position)
            storage.save_state(folder, state)
            self.reload()
            if len(state.segments) > _MAX_SEGMENTS:
                self._compact(folder)
            return state.generation

    def _commit(self, writer: Any, snapshot: Snapshot, keys: set[Key], fields: list[dict[str, Any]]) -> None:
        try:
            for key in keys:
                writer.delete_documents_by_term("key", str(key))
            for each in fields:
                writer.add_document(tantivy.Document.from_dict(each, snapshot.index.schema))
            writer.commit()
        except BaseException:
            # The writer may be dead: forget it, the next batch opens another and replays.
            self._writer = self._writer_folder = None
            raise

    def _compact(self, folder: Path) -> None:
        """Merge the small segments of columns, and with the base too when they weigh a fifth of it."""
        snapshot = self._current()
        columns, state = snapshot.columns, snapshot.state
        late = columns.size - columns.base_rows
        whole = late * 5 > columns.base_rows
        name = f"{'base' if whole else 'merged'}-{state.generation + 1:09d}.npz"
        storage.save_segment(folder, name, columns.to_arrays(0 if whole else columns.base_rows))
        kept = (name,) if whole else (state.segments[0], name)
        storage.save_state(folder, replace(state, generation=state.generation + 1, segments=kept))
        for old in state.segments:
            if old not in kept:
                (folder / old).unlink(missing_ok=True)
        self.reload()

    def _open_writer(self) -> tuple[Any, Path]:
        folder = storage.read_current(self.root)
        if folder is None:
            raise self._missing()
        if self._writer is not None and self._writer_folder == folder:
            return self._writer, folder
        self.close()
        index = tantivy.Index.open(str(folder / storage.TERMS))
        try:
            writer: Any = index.writer(_UPDATE_HEAP, 1)
        except ValueError as error:
            if "LockBusy" not in str(error) and "lock" not in str(error).lower():
                raise
            raise IndexBusyError(
                f"L’index « {self.schema.name} » est déjà tenu à jour par un autre processus : "
                "un seul peut y écrire."
            ) from error
        # A crash between tantivy's commit and ours leaves rows nobody knows, whose numbers will serve again.
        next_row = storage.load_state(folder).next_row
        unknown = tantivy.Query.range_query(
            index.schema, "row", tantivy.FieldType.Integer, lower_bound=next_row
        )
        writer.delete_documents_by_query(unknown)
        self._writer, self._writer_folder = writer, folder
        return writer, folder

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """One rebuild at a time, whatever the process; the lock dies with its holder."""
        with (self.root / "rebuild.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise IndexBusyError(f"L’index « {self.schema.name} » est déjà en reconstruction.") from error
            yield

    def close(self) -> None:
        """Release the writer and its lock."""
        with self._writing:
            writer, self._writer, self._writer_folder = self._writer, None, None
            if writer is not None:
                writer.wait_merging_threads()
