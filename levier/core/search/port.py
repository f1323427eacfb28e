"""The search port: what a caller asks, what it gets back, and what an engine must be able to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from levier.core.search.schema import Document, IndexSchema, Key

Sort = Literal["relevance", "distance", "name"]
Match = Literal["all", "most", "any"]
Position = tuple[int, ...]

MAX_TEXT = 5_000
MAX_WORDS = 32


@dataclass(frozen=True, slots=True)
class Geo:
    """A place in degrees, and maybe a radius in kilometres that stays on one landmass."""

    latitude: float
    longitude: float
    radius_km: float | None = None
    landmass: str | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of an integer field, both included; None leaves a side open."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Wish:
    """Something a document must answer: by the words of `text`, by another way to say it, or by a code.

    `synonyms`: texts that do as well as `text`, each found whole. `values`: keyword field → codes that do as well.
    """

    text: str
    synonyms: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Within:
    """The part of the documents a search never leaves: whatever holds one of these codes, or bears one of these keys.

    `values`: keyword field → codes; unlike filters, fields are joined by OR, and counts never ignore it. Both
    empty: nothing is inside.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Documents that say by a code of their own how far they reach: those that reach the place of `Query.geo`.

    `field`: their codes. One of `codes` reaches it wherever it stands; one that begins by one of `circles` ends with a
    number of kilometres, and reaches it when it is no farther. Whoever stands within `beyond_km`, on the land
    of the place, is left out.
    """

    field: str
    codes: tuple[str, ...]
    circles: tuple[str, ...] = ()
    beyond_km: float = 0


@dataclass(frozen=True)
class Query:
    """One search.

    `filters`: keyword field → accepted values (any of them); fields are joined by AND.
    `excluded`: keyword field → refused values. `ranges`: integer field → bounds. `within`: never left.
    `match`: how many of the words a document must hold (all, two thirds, any).
    `wishes`: further things to answer, all of them. `name`: a text whose words raise the score, and which puts
    first the document that bears it whole. `prefix`: the last word is still being typed.
    `facets`: fields to count; those in `disjunctive` are counted without their own filter.
    `reach`: who says to reach the place of `geo`. `values`: keyword fields to return with each hit. `min_score` drops weaker text matches.
    `standing`: a `single` keyword field; where neither words nor a place rank, its greatest code comes
    first, then the name.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    within: Within | None = None
    geo: Geo | None = None
    reach: Reach | None = None
    wishes: tuple[Wish, ...] = ()
    name: str = ""
    match: Match = "all"
    prefix: bool = False
    correct: bool = True
    sort: Sort = "relevance"
    standing: str = ""
    facets: tuple[str, ...] = ()
    disjunctive: frozenset[str] = frozenset()
    values: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 20
    min_score: float | None = None

    @property
    def has_text(self) -> bool:
        """Whether words are asked for, and not filters alone."""
        return bool(self.text.strip()) or bool(self.wishes)


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found: its key, its score (0 without text), its distance in km when a place was given."""

    key: Key
    score: float
    distance_km: float | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correction:
    """A word nobody writes and the known word searched in its place."""

    typed: str
    used: str


@dataclass(frozen=True)
class Page:
    """The answer: a slice of hits, the exact total, exact facet counts (most frequent first)."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    corrections: tuple[Correction, ...] = ()
    corrected: str | None = None
    generation: int = 0

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of the hits, in order."""
        return tuple(hit.key for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Window:
    """What a map shows, in degrees, cut in squares: `level` cuts the world in 2**level squares a side.

    With `names_all`, the documents of every square are named, not only of those that stand at one point.
    """

    south: float
    west: float
    north: float
    east: float
    level: int = 0
    names_all: bool = False


@dataclass(frozen=True, slots=True)
class Square:
    """The hits of one square of the map: how many, their middle, the box that holds them (degrees).

    `keys`: the first of them by name, when all stand at one point or when the window names all.
    """

    column: int
    line: int
    count: int
    latitude: float
    longitude: float
    south: float
    west: float
    north: float
    east: float
    keys: tuple[Key, ...] = ()

    @property
    def is_one_point(self) -> bool:
        """Whether coming closer would part nobody."""
        return self.south == self.north and self.west == self.east


@dataclass(frozen=True)
class Chart:
    """Every hit of a query on a map. `bounds`: south, west, north, east of the hits in the squares of the window.

    `placed`: the hits that have coordinates, inside the window or not.
    """

    total: int
    placed: int
    bounds: tuple[float, float, float, float] | None
    squares: tuple[Square, ...]
    generation: int = 0


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What stands on disk: documents, bytes, dates, schema version, and how far the follower has read."""

    exists: bool
    documents: int = 0
    size_bytes: int = 0
    built_at: datetime | None = None
    updated_at: datetime | None = None
    schema_version: int | None = None
    is_outdated: bool = False
    position: Position | None = None
    generation: int = 0


class SearchEngine(Protocol):
    """What the rooms may count on, whatever the engine underneath."""

    schema: IndexSchema

    def rebuild(self, documents: Iterable[Document], *, position: Position | None = None) -> int:
        """Build a new index beside the present one, then swap; returns the number of documents."""

    def apply(
        self,
        *,
        upserts: Iterable[Document] = (),
        deletes: Iterable[Key] = (),
        position: Position | None = None,
    ) -> int:
        """Replace or add, then delete, then commit; replaying a batch is harmless. Returns the generation."""

    def search(self, query: Query) -> Page:
        """Answer one query. Raises InvalidQueryError, IndexMissingError, IndexOutdatedError."""

    def count(self, query: Query | None = None) -> int:
        """Exact number of documents a query matches (all of them without a query)."""

    def chart(self, query: Query, window: Window, *, most_keys: int = 20) -> Chart:
        """Every hit of a query, grouped by squares of a map. Same errors as `search`."""

    def knows_name(self, text: str) -> bool:
        """Whether a document bears exactly this name, accents, case and signs aside."""

    def position(self) -> Position | None:
        """How far the follower has read, as given with the last batch."""

    def status(self) -> IndexStatus:
        """State of the index, never raising when there is none."""

    def reload(self) -> bool:
        """See the last commit of any process; returns whether something changed."""

    def close(self) -> None:
        """Release the writer and its lock."""
