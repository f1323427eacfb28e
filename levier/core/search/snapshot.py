"""One generation of an index as a reader sees it: tantivy's searcher and the columns, kept in step."""

from __future__ import annotations

import contextlib
import ctypes
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import tantivy

from levier.core.search.columns import Bools, Columns
from levier.core.search.errors import IndexOutdatedError
from levier.core.search.schema import IndexSchema
from levier.core.search.speller import Speller
from levier.core.search.storage import TERMS, State, load_segment, load_state

# A field, the filters on the others, the exclusions.
Conditions = tuple[tuple[str, tuple[str, ...]], ...]
FacetKey = tuple[str, Conditions, Conditions]
# A compaction may remove a segment between the reading of the state and the reading of the segment.
_ATTEMPTS = 3


def tantivy_schema(schema: IndexSchema) -> tantivy.Schema:
    """The schema as tantivy wants it. Signed integers only: an int in an unsigned field kills the writer."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", indexed=True, fast=True)
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    # Both hold words already analysed: whitespace is all that is left to cut on.
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("exact", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("cell_fine", indexed=True)
    builder.add_integer_field("cell_coarse", indexed=True)
    builder.add_integer_field("map_x", indexed=False, fast=True)
    builder.add_integer_field("map_y", indexed=False, fast=True)
    for keyword in schema.keywords:
        builder.add_text_field(keyword.name, tokenizer_name="raw", index_option="basic", fast=keyword.facet)
    for integer in schema.integers:
        builder.add_integer_field(integer.name, indexed=True, fast=True)
    return builder.build()


def give_memory_back() -> None:
    """Ask the C library for the drafts of the columns: it would keep a third of the memory of a large index for good."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


@dataclass
class Snapshot:
    """What one search works on from start to end, whatever is committed meanwhile."""

    schema: IndexSchema
    folder: Path
    state: State
    index: tantivy.Index
    searcher: tantivy.Searcher
    columns: Columns
    # The counts of a whole directory, or of one département, are asked for by every visitor.
    facets: dict[FacetKey, Mapping[str, int]] = field(default_factory=dict)
    # Filters that keep a large part of the rows come back in every query: the mainland, the shelf of works.
    masks: dict[tuple[str, tuple[str, ...]], Bools] = field(default_factory=dict)
    _spelling: threading.Lock = field(default_factory=threading.Lock)
    _earlier: Speller | None = None

    @cached_property
    def speller(self) -> Speller:
        """The words of the index; after small updates the earlier list still serves to guide guesses."""
        with self._spelling:
            if self._earlier is not None:
                return self._earlier
            made = Speller(self.searcher.terms_with_prefix("words", ""))
            give_memory_back()
            return made

    @classmethod
    def open(cls, schema: IndexSchema, folder: Path) -> Snapshot:
        """Load a whole index. Raises IndexOutdatedError when it was built with another schema."""
        for attempt in range(_ATTEMPTS):
            state = load_state(folder)
            if state.fingerprint != schema.fingerprint:
                raise IndexOutdatedError(
                    f"L’index « {schema.name} » a été construit avec une autre version du programme : "
                    "reconstruisez-le avec « levier index rebuild »."
                )
            try:
                columns = _columns(schema, folder, state)
            except FileNotFoundError:
                if attempt == _ATTEMPTS - 1:
                    raise
                continue
            break
        index = tantivy.Index.open(str(folder / TERMS))
        index.config_reader(reload_policy="manual")
        index.reload()
        give_memory_back()
        return cls(schema, folder, state, index, index.searcher(), columns)

    def advanced(self) -> Snapshot:
        """The last generation of the same folder: only the segments not yet seen are read."""
        state = load_state(self.folder)
        seen = self.state.segments
        if state.segments[: len(seen)] != seen:
            return Snapshot.open(self.schema, self.folder)
        columns = self.columns
        for name in state.segments[len(seen) :]:
            try:
                columns = columns.extended(load_segment(self.folder, name))
            except FileNotFoundError:
                return Snapshot.open(self.schema, self.folder)
        self.index.reload()
        fresh = Snapshot(self.schema, self.folder, state, self.index, self.index.searcher(), columns)
        known = self.__dict__.get("speller") or self._earlier
        # One document in twenty new: the words have changed enough to be read again.
        if known is not None and columns.size - columns.base_rows <= columns.base_rows // 20:
            fresh._earlier = known
        return fresh


def _columns(schema: IndexSchema, folder: Path, state: State) -> Columns:
    columns = Columns.from_arrays(schema, load_segment(folder, state.segments[0]))
    for name in state.segments[1:]:
        columns = columns.extended(load_segment(folder, name))
    return columns
