"""Turns a query into tantivy's: words with their stems, prefix, mended spelling, identifiers, filters."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import tantivy

from levier.core.search import french
from levier.core.search.errors import InvalidQueryError
from levier.core.search.geo import covering_cells
from levier.core.search.port import MAX_TEXT, MAX_WORDS, Correction, Geo, Query, Wish, Within
from levier.core.search.schema import IndexSchema
from levier.core.search.snapshot import Snapshot

Clause = tuple[tantivy.Occur, tantivy.Query]

# Spaces people put inside a SIRET: plain, no-break, narrow no-break, thin.
_IDENTIFIER = re.compile(r"[\d\s   .-]{6,40}")
_PREFIX_SCORE = 0.5
_EXACT_SCORE = 60.0
_MIN_PREFIX = 2
_SCORED_COMPLETIONS = 6
# What a code is worth beside words: a word of a name is worth two to ten times more.
_CODE_SCORE = 1.0
_MOST_SYNONYMS = 12
_FEW_VALUES = 64


@dataclass(frozen=True)
class TextPlan:
    """The text part of a query: what to run (None: nothing can match) and what was mended."""

    query: tantivy.Query | None
    corrections: tuple[Correction, ...] = ()
    corrected: str | None = None


def check(schema: IndexSchema, query: Query) -> None:
    """Raise InvalidQueryError for a name or a number that cannot be."""
    if max(map(len, (query.text, query.name, *(wish.text for wish in query.wishes)))) > MAX_TEXT:
        raise InvalidQueryError(f"Le texte cherché dépasse {MAX_TEXT} caractères : raccourcissez-le.")
    if query.offset < 0 or query.limit < 0:
        raise InvalidQueryError("Le début et la taille de la page doivent être positifs.")
    keywords = {field.name for field in schema.keywords}
    columns = {field.name for field in schema.columns}
    coded = {name for wish in query.wishes for name in wish.values}
    _check_names({*query.filters, *query.excluded, *coded}, keywords, "filtre")
    if query.within is not None:
        _check_names(set(query.within.values), columns, "périmètre")
    _check_names({*query.facets, *query.values}, columns, "décompte")
    _check_names(set(query.ranges), {field.name for field in schema.integers}, "intervalle")
    if query.geo is not None:
        _check_geo(schema, query.geo)
    elif query.sort == "distance" or query.reach is not None:
        raise InvalidQueryError("Le tri par distance, comme le rayon d’intervention, demande un lieu.")
    if query.reach is not None:
        _check_names({query.reach.field}, columns, "rayon d’intervention")
    if query.min_score is not None and not query.has_text:
        raise InvalidQueryError("Un score minimal demande un texte.")


def _check_names(given: Iterable[str], known: set[str], role: str) -> None:
    for name in given:
        if name not in known:
            raise InvalidQueryError(f"Le champ « {name} » n’existe pas pour un {role}.")


def _check_geo(schema: IndexSchema, geo: Geo) -> None:
    if schema.geo is None:
        raise InvalidQueryError("Cet index ne connaît pas les lieux.")
    # Written so that NaN fails too.
    if not (abs(geo.latitude) <= 90 and abs(geo.longitude) <= 180):
        raise InvalidQueryError("Le lieu doit être donné en degrés (latitude ±90, longitude ±180).")
    if geo.radius_km is not None and not 0 < geo.radius_km <= 20_100:
        raise InvalidQueryError("Le rayon doit être un nombre de kilomètres supérieur à zéro.")


class Planner:
    """Builds tantivy queries for one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._schema = snapshot.index.schema
        self._searcher = snapshot.searcher

    def text(self, query: Query) -> TextPlan:
        """Plan of a text that is not blank. A text without any word (signs, emoji) matches nothing."""
        identifier = self._identifier(query.text)
        if identifier is not None:
            return TextPlan(identifier)
        asked = [Wish(query.text)] if query.text.strip() else []
        found = [self._wish(wish, query) for wish in (*asked, *query.wishes)]
        corrections = tuple(each for _, made, _ in found for each in made)
        clauses = [clause for clause, _, _ in found if clause is not None]
        if len(clauses) < len(found):
            return TextPlan(None, corrections)
        planned = self._with_bonus(self._combined(clauses, len(clauses)), query)
        mended = {correction.typed: correction.used for correction in corrections}
        words = [word for _, _, read in found for word in read]
        corrected = " ".join(mended.get(word, word) for word in words) if mended else None
        return TextPlan(planned, corrections, corrected)

    def _wish(self, wish: Wish, query: Query) -> tuple[tantivy.Query | None, list[Correction], list[str]]:
        """What answers a wish (None: nothing can), the words mended, the words read."""
        words = list(dict.fromkeys(french.words(wish.text)))[:MAX_WORDS]
        clauses: list[tantivy.Query] = []
        corrections: list[Correction] = []
        others = self._others(wish)
        for at, word in enumerate(words):
            is_last = at == len(words) - 1
            clause, used = self._word(word, is_last=is_last, query=query)
            if used is not None:
                corrections.append(Correction(word, used))
            if clause is not None:
                clauses.append(clause)
        # Counted on every word typed: an unknown word is a word that is missing.
        needed = {"all": len(words), "most": math.ceil(2 * len(words) / 3), "any": 1}[query.match]
        planned = self._combined(clauses, needed) if words and len(clauses) >= needed else None
        if not others:
            return planned, corrections, words
        either = [(tantivy.Occur.Should, each) for each in (planned, *others) if each is not None]
        scored = tantivy.Query.boolean_query(either)
        if len(clauses) < 2:
            return scored, corrections, words
        # Found by a code, a document with some of the words still goes before one with none.
        parts = [(tantivy.Occur.Should, clause) for clause in clauses]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, scored), *parts]), corrections, words

    def _others(self, wish: Wish) -> list[tantivy.Query]:
        """The other ways to answer a wish: the best of its synonyms, each of its fields of codes."""
        said = []
        for synonym in wish.synonyms[:_MOST_SYNONYMS]:
            stems = dict.fromkeys(french.stems(synonym))
            if stems and all(self._searcher.doc_freq("text", stem) for stem in stems):
                said.append(self._combined([self._term("text", stem) for stem in stems], len(stems)))
        found = [tantivy.Query.disjunction_max_query(said)] if said else []
        for name, values in wish.values.items():
            if values:
                found.append(tantivy.Query.const_score_query(self._any_of(name, values), _CODE_SCORE))
        return found

    def _with_bonus(self, planned: tantivy.Query, query: Query) -> tantivy.Query:
        """The name typed, if somebody bears it, comes first; its words help in any case."""
        exact = french.exact_form(query.name or query.text)
        bonuses = []
        if exact and self._searcher.doc_freq("exact", exact):
            bonuses.append(tantivy.Query.const_score_query(self._term("exact", exact), _EXACT_SCORE))
        if query.name:
            stems = list(dict.fromkeys(french.stems(query.name)))[:MAX_WORDS]
            bonuses += [self._term("text", stem) for stem in stems if self._searcher.doc_freq("text", stem)]
        if not bonuses:
            return planned
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, planned), *((tantivy.Occur.Should, bonus) for bonus in bonuses)]
        )

    @staticmethod
    def _combined(clauses: list[tantivy.Query], needed: int) -> tantivy.Query:
        if len(clauses) == 1:
            return clauses[0]
        if needed == len(clauses):
            return tantivy.Query.boolean_query([(tantivy.Occur.Must, clause) for clause in clauses])
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, clause) for clause in clauses], needed)

    def _word(self, word: str, *, is_last: bool, query: Query) -> tuple[tantivy.Query | None, str | None]:
        stem = french.stem(word)
        known = self._searcher.doc_freq("text", stem) > 0
        if is_last and query.prefix and len(word) >= _MIN_PREFIX:
            return self._prefix(word, stem if known else None), None
        if known:
            return self._term("text", stem), None
        # A word cut short (« menuis ») is completed before it is mended.
        if is_last and len(word) >= 3 and self._snapshot.speller.completions(word, 1):
            return self._prefix(word, None), None
        used = self._snapshot.speller.mend(word) if query.correct else None
        if used is None:
            return None, None
        return self._term("text", french.stem(used)), used

    def _prefix(self, word: str, stem: str | None) -> tantivy.Query:
        """Every document with a word that begins so, the likeliest words giving the order.

        The stem of the word as typed counts too: « peintures » typed in full also finds « peinture ».
        """
        # Folded words hold letters and digits only: nothing to escape.
        regex = tantivy.Query.regex_query(self._schema, "words", f"{word}.*")
        found = tantivy.Query.const_score_query(regex, _PREFIX_SCORE)
        if stem is not None:
            either = [(tantivy.Occur.Should, found), (tantivy.Occur.Should, self._term("text", stem))]
            found = tantivy.Query.boolean_query(either)
        likely = self._snapshot.speller.completions(word, _SCORED_COMPLETIONS)
        if not likely:
            return found
        stems = dict.fromkeys(map(french.stem, likely))
        best = tantivy.Query.disjunction_max_query([self._term("text", each) for each in stems])
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, found), (tantivy.Occur.Should, best)])

    def _identifier(self, text: str) -> tantivy.Query | None:
        if not _IDENTIFIER.fullmatch(text):
            return None
        digits = "".join(char for char in text if char.isdigit())
        fields = [name for name in self._snapshot.schema.identifiers if self._searcher.doc_freq(name, digits)]
        if not fields:
            return None
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term(name, digits)) for name in fields]
        )

    def _term(self, field: str, value: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value, "freq" if field == "text" else "basic")

    def filters(self, query: Query, filters: Mapping[str, tuple[str, ...]]) -> list[Clause]:
        """Clauses, without weight on the score, for keyword filters, exclusions, ranges and landmass."""
        clauses = [(tantivy.Occur.Must, self._any_of(name, values)) for name, values in filters.items()]
        clauses += [self._refused(name, values) for name, values in query.excluded.items() if values]
        for name, bounds in query.ranges.items():
            ranged = tantivy.Query.range_query(
                self._schema, name, tantivy.FieldType.Integer, bounds.low, bounds.high
            )
            clauses.append((tantivy.Occur.Must, tantivy.Query.const_score_query(ranged, 0.0)))
        if query.within is not None:
            clauses.append((tantivy.Occur.Must, self._inside(query.within)))
        return clauses

    def _refused(self, name: str, values: tuple[str, ...]) -> Clause:
        """Not these values; asked as « one of the others » when they are the larger part, which is twice as quick."""
        column = self._snapshot.columns.keywords.get(name)
        if column is not None and len(column.names) <= _FEW_VALUES:
            rest = tuple(each for each in column.names if each not in values)
            kept, size = column.frequency(rest), self._snapshot.columns.size
            # Only when every document has a value: one without any is not refused.
            if kept * 2 < size and kept + column.frequency(values) == size:
                return tantivy.Occur.Must, self._any_of(name, rest)
        return tantivy.Occur.MustNot, self._any_of(name, values)

    def _inside(self, within: Within) -> tantivy.Query:
        parts = [self._any_of(name, values) for name, values in within.values.items()]
        parts.append(self._any_of("key", tuple(map(str, within.keys))))
        inside = tantivy.Query.boolean_query([(tantivy.Occur.Should, part) for part in parts])
        return tantivy.Query.const_score_query(inside, 0.0)

    def _any_of(self, name: str, values: tuple[str, ...]) -> tantivy.Query:
        if not values:
            return tantivy.Query.empty_query()
        if len(values) == 1:
            found = self._term(name, values[0])
        else:
            found = tantivy.Query.term_set_query(self._schema, name, list(values))
        return tantivy.Query.const_score_query(found, 0.0)

    def cells(self, geo: Geo) -> list[Clause]:
        """A clause that keeps the cells around the circle, or none when it would be too wide to help."""
        if geo.radius_km is None:
            return []
        found = covering_cells(geo.latitude, geo.longitude, geo.radius_km)
        if found is None:
            return []
        field, cells = found
        inside = tantivy.Query.term_set_query(self._schema, field, cells)
        return [(tantivy.Occur.Must, tantivy.Query.const_score_query(inside, 0.0))]

    def joined(self, text: tantivy.Query, clauses: list[Clause]) -> tantivy.Query:
        """Text and clauses together."""
        if not clauses:
            return text
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, text), *clauses])
