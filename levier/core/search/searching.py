"""Runs a query on a snapshot: tantivy ranks text, the columns do places, filters without text and counts.

Two ways. Text ranked by relevance without a radius stays inside tantivy (top hits and aggregations).
Anything else becomes an array of rows, from tantivy or from the columns alone, sorted and counted there.
Both give the same totals and counts; a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tantivy

from levier.core.search.columns import Columns, Floats, Rows
from levier.core.search.keywords import Bools, RowSet
from levier.core.search.ordering import hits_of, places_of_page
from levier.core.search.planning import Planner, TextPlan, check
from levier.core.search.port import Hit, Page, Query
from levier.core.search.snapshot import FacetKey, Snapshot

_TIE_MARGIN = 32
# Above this share of the rows, a mask is faster than a list of rows.
_MASK_SHARE = 4
# Masks of a snapshot kept from one query to the next, a byte a row each.
_MOST_MASKS = 32
# Counts of a snapshot kept likewise: those of filters that keep a sixteenth of the rows at least.
_CACHE_SHARE = 16
_MOST_FACETS = 512

Filters = Mapping[str, tuple[str, ...]]


@dataclass
class Found:
    """Rows with, when asked, their scores and squared chords, position for position."""

    rows: Rows
    scores: Floats | None = None
    chords: Floats | None = None

    def kept(self, test: npt.NDArray[Any]) -> Found:
        """Those that pass a test (booleans, or places)."""
        return Found(
            self.rows[test],
            None if self.scores is None else self.scores[test],
            None if self.chords is None else self.chords[test],
        )


def search(snapshot: Snapshot, query: Query) -> Page:
    """Answer a query on a snapshot. Raises InvalidQueryError."""
    check(snapshot.schema, query)
    return Answering(snapshot, query).run()


class Answering:
    """One query on one snapshot."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        self._snapshot = snapshot
        self._query = query
        self._columns: Columns = snapshot.columns
        self._planner = Planner(snapshot)
        filters = dict(query.filters)
        geo, place = query.geo, snapshot.schema.geo
        self._impossible = False
        if geo and geo.radius_km is not None and geo.landmass and place and place.landmass:
            asked = filters.get(place.landmass)
            filters[place.landmass] = (geo.landmass,)
            self._impossible = asked is not None and geo.landmass not in asked
        self._filters: Filters = filters

    def run(self) -> Page:
        query = self._query
        plan = self._planner.text(query) if query.has_text else None
        if self._impossible or (plan is not None and plan.query is None):
            return self._page((), 0, {name: {} for name in query.facets}, plan)
        is_ranked = query.sort == "relevance" and not self._is_measured
        if is_ranked and plan is not None and plan.query is not None:
            return self._ranked_by_tantivy(plan, plan.query)
        return self._ranked_by_columns(plan)

    @property
    def _is_measured(self) -> bool:
        """Whether distances, or a least score, decide who is found."""
        query, geo = self._query, self._query.geo
        is_placed = geo is not None and (query.reach is not None or geo.radius_km is not None)
        return is_placed or query.min_score is not None

    def rows(self) -> Rows:
        """Every hit, in no order."""
        plan = self._planner.text(self._query) if self._query.has_text else None
        if self._impossible or (plan is not None and plan.query is None):
            return np.empty(0, dtype=np.int64)
        return self._base(plan).rows

    def rows_in(self, asked: tantivy.Query) -> Rows:
        """The rows of a query of tantivy, in no order."""
        return self._rows_of(asked, with_scores=False).rows

    def in_tantivy(self) -> tantivy.Query | None:
        """The whole query as tantivy alone can answer it; None when it needs the columns, or can match nothing."""
        query = self._query
        plan = self._planner.text(query) if query.has_text else None
        if self._impossible or plan is None or plan.query is None or self._is_measured:
            return None
        return self._planner.joined(plan.query, self._planner.filters(query, self._filters))

    # Text by relevance, inside tantivy.

    def _ranked_by_tantivy(self, plan: TextPlan, text: tantivy.Query) -> Page:
        query = self._query
        full = self._planner.joined(text, self._planner.filters(query, self._filters))
        result, pairs = self._top(full, query.offset + query.limit)
        page = self._sliced(pairs)
        total: int = result.count  # type: ignore[attr-defined]
        return self._page(
            hits_of(self._columns, query, page.rows, page.scores), total, self._aggregated(text), plan
        )

    def _top(self, full: tantivy.Query, needed: int) -> tuple[tantivy.SearchResult, list[Any]]:
        """The best hits, up to the end of the tie the page's last one belongs to.

        tantivy breaks ties by place in the segments, which differs from one process to another after a merge:
        the whole tie is taken, to be sorted by key.
        """
        margin = _TIE_MARGIN
        while True:
            fetched = max(1, needed + margin)
            result = self._snapshot.searcher.search(full, fetched)
            pairs = result.hits
            if len(pairs) < fetched or not needed or pairs[-1][0] < pairs[needed - 1][0]:
                return result, pairs
            margin *= 32

    def _sliced(self, pairs: list[Any]) -> Found:
        """The page among the best hits, ties sorted by key; only the ties of its two ends are read."""
        start, stop = self._query.offset, min(len(pairs), self._query.offset + self._query.limit)
        if start >= stop:
            return Found(np.empty(0, dtype=np.int64), np.empty(0))
        scores = np.fromiter((score for score, _ in pairs), dtype=np.float64, count=len(pairs))
        first = int(np.searchsorted(-scores, -scores[start], side="left"))
        last = int(np.searchsorted(-scores, -scores[stop - 1], side="right"))
        addresses = [address for _, address in pairs[first:last]]
        rows = np.array(self._snapshot.searcher.fast_field_values("row", addresses), dtype=np.int64)
        found = self._known(Found(rows, scores[first:last]))
        if found.scores is None:
            return found
        order = np.lexsort((self._columns.keys[found.rows], -found.scores))
        return found.kept(order[start - first : stop - first])

    def _aggregated(self, text: tantivy.Query) -> dict[str, Mapping[str, int]]:
        """Facet counts by tantivy: one pass for the fields that share the same filters."""
        query = self._query
        alone = [name for name in query.facets if name in self._late]
        together = [name for name in query.facets if name not in self._late]
        counts: dict[str, Mapping[str, int]] = {}
        for names, filters in [
            (together, dict(self._filters)),
            *(([name], {k: v for k, v in self._filters.items() if k != name}) for name in alone),
        ]:
            cheap = [name for name in names if self._is_fast(name)]
            full = self._planner.joined(text, self._planner.filters(query, filters))
            if cheap:
                counts |= self._aggregate(full, cheap)
            if len(cheap) < len(names):
                found = RowSet(self._rows_of(full, with_scores=False).rows, self._columns.size)
                counts |= {
                    name: self._columns.keywords[name].counts(found) for name in names if name not in cheap
                }
        return {name: counts[name] for name in query.facets}

    def _aggregate(self, full: tantivy.Query, names: list[str]) -> dict[str, Mapping[str, int]]:
        # `size` above the number of values: nothing is cut, the counts are exact.
        wanted = {
            name: {"terms": {"field": name, "size": len(self._columns.keywords[name].names) + 1}}
            for name in names
        }
        found = self._snapshot.searcher.aggregate(full, wanted)
        return {
            name: {
                bucket["key"]: bucket["doc_count"]
                for bucket in sorted(found[name]["buckets"], key=lambda b: (-b["doc_count"], b["key"]))
                if bucket["doc_count"]
            }
            for name in names
        }

    def _is_fast(self, name: str) -> bool:
        return any(field.name == name and field.facet for field in self._snapshot.schema.keywords)

    # Everything else, on rows.

    def _ranked_by_columns(self, plan: TextPlan | None) -> Page:
        query = self._query
        base = self._base(plan)
        masks = {name: self._mask(name, self._filters[name]) for name in self._late}
        found = base
        for mask in masks.values():
            found = found.kept(mask[found.rows])
        geo = query.geo
        if geo is not None and geo.radius_km is None:
            # Measured once the filters have passed: without a radius the base is the whole directory.
            found.chords = self._columns.chords(found.rows, geo.latitude, geo.longitude)
        shared = RowSet(found.rows, self._columns.size)
        facets = {name: self._facet(name, base, masks, shared, plan) for name in query.facets}
        page = found.kept(places_of_page(self._columns, query, found.rows, found.scores, found.chords))
        return self._page(
            hits_of(self._columns, query, page.rows, page.scores), len(found.rows), facets, plan
        )

    @property
    def _late(self) -> list[str]:
        """Filters set aside from the common base, because their field is counted without them."""
        disjunctive = self._query.disjunctive.intersection(self._query.facets)
        return [name for name in self._filters if name in disjunctive]

    def _base(self, plan: TextPlan | None) -> Found:
        found, geo, reach = self._asked(plan), self._query.geo, self._query.reach
        if geo is None or reach is None:
            return found
        land = self._snapshot.schema.geo.landmass if self._snapshot.schema.geo else None
        return found.kept(self._columns.reaching(found.rows, reach, geo, land))

    def _asked(self, plan: TextPlan | None) -> Found:
        query, geo = self._query, self._query.geo
        early = {name: values for name, values in self._filters.items() if name not in self._late}
        identifiers = set(self._snapshot.schema.identifiers)
        needs_terms = query.ranges or identifiers.intersection({*early, *query.excluded})
        if plan is None and not needs_terms:
            found = self._from_columns(early)
        else:
            text = plan.query if plan and plan.query is not None else tantivy.Query.all_query()
            clauses = self._planner.filters(query, early)
            if geo is not None:
                clauses += self._planner.cells(geo)
            scored = plan is not None and (query.sort == "relevance" or query.min_score is not None)
            found = self._rows_of(self._planner.joined(text, clauses), with_scores=scored)
        if geo is None or geo.radius_km is None:
            return found
        if found.chords is not None:  # the columns have already measured
            return found
        places, chords = self._columns.within(found.rows, geo.latitude, geo.longitude, geo.radius_km)
        found = found.kept(places)
        found.chords = chords
        return found

    def _from_columns(self, filters: Filters) -> Found:
        columns, geo = self._columns, self._query.geo
        masks = [self._mask(name, values) for name, values in filters.items()]
        if self._query.within is not None:
            masks.append(columns.inside(self._query.within.values, self._query.within.keys))
        refused = [self._mask(name, values) for name, values in self._query.excluded.items()]
        if geo is not None and geo.radius_km is not None:
            rarest = min(filters, key=lambda name: self._frequency(name, filters[name]), default=None)
            rows = columns.near(geo.latitude, geo.longitude, geo.radius_km)
            if rarest is not None and self._frequency(rarest, filters[rarest]) * _MASK_SHARE < len(rows):
                # Few rows do this trade: measuring those is quicker than measuring a band of the country.
                rows = np.unique(columns.keywords[rarest].rows_of(filters[rarest])).astype(np.int64)
                rows = rows[columns.alive[rows]]
            # Testing a filter is ten times cheaper than measuring a distance.
            for mask in masks:
                rows = rows[mask[rows]]
            for mask in refused:
                rows = rows[~mask[rows]]
            places, chords = columns.within(rows, geo.latitude, geo.longitude, geo.radius_km)
            return Found(rows[places], None, chords)
        kept = columns.alive
        for mask in masks:
            kept = kept & mask
        for mask in refused:
            kept = kept & ~mask
        return Found(np.flatnonzero(kept))

    def _mask(self, name: str, values: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Which rows hold one of the values. Shared between queries: never written to."""
        cache = self._snapshot.masks
        known = cache.get((name, values))
        if known is not None:
            return known
        mask = self._columns.keywords[name].mask(values)
        if self._frequency(name, values) * _MASK_SHARE > self._columns.size and len(cache) < _MOST_MASKS:
            cache[name, values] = mask
        return mask

    def _frequency(self, name: str, values: tuple[str, ...]) -> int:
        return self._columns.keywords[name].frequency(values)

    def _rows_of(self, full: tantivy.Query, *, with_scores: bool) -> Found:
        """Every hit. Ordering by the row itself halves the cost when scores are not needed."""
        searcher, most = self._snapshot.searcher, max(1, self._snapshot.searcher.num_docs)
        if not with_scores:
            pairs = searcher.search(full, most, count=False, order_by_field="row").hits
            return self._known(Found(np.fromiter((row for row, _ in pairs), np.int64, len(pairs))))
        pairs = searcher.search(full, most, count=False).hits
        rows = np.array(searcher.fast_field_values("row", [at for _, at in pairs]), dtype=np.int64)
        found = self._known(Found(rows, np.fromiter((score for score, _ in pairs), np.float64, len(pairs))))
        if self._query.min_score is not None and found.scores is not None:
            found = found.kept(found.scores >= self._query.min_score)
        return found

    def _known(self, found: Found) -> Found:
        """Drop rows committed after this snapshot's columns, or dead in them."""
        inside = found.rows < self._columns.size
        if not inside.all():
            found = found.kept(inside)
        alive = self._columns.alive[found.rows]
        return found if alive.all() else found.kept(alive)

    # Counts.

    def _facet(
        self, name: str, base: Found, masks: Mapping[str, Bools], shared: RowSet, plan: TextPlan | None
    ) -> Mapping[str, int]:
        """Counts of one field, without its own filter when it is set aside."""
        key = self._facet_key(name, plan)
        cache = self._snapshot.facets
        if key is not None and key in cache:
            return cache[key]
        found = shared
        if name in masks:
            rows = base.rows
            for other, mask in masks.items():
                if other != name:
                    rows = rows[mask[rows]]
            found = RowSet(rows, self._columns.size)
        counts = self._columns.keywords[name].counts(found)
        is_large = len(found.rows) * _CACHE_SHARE > self._columns.size
        if key is not None and is_large and len(cache) < _MOST_FACETS:
            cache[key] = counts
        return counts

    def _facet_key(self, name: str, plan: TextPlan | None) -> FacetKey | None:
        """What the counts of a field depend on; None when a text, a place or a number is part of it."""
        query = self._query
        if plan is not None or query.ranges or query.within is not None or self._is_measured:
            return None
        others = (each for each in self._filters.items() if not (each[0] == name and name in self._late))
        return name, tuple(sorted(others)), tuple(sorted(query.excluded.items()))

    def _page(
        self,
        hits: tuple[Hit, ...],
        total: int,
        facets: Mapping[str, Mapping[str, int]],
        plan: TextPlan | None,
    ) -> Page:
        return Page(
            hits=hits,
            total=total,
            facets=facets,
            corrections=plan.corrections if plan else (),
            corrected=plan.corrected if plan else None,
            generation=self._snapshot.state.generation,
        )
