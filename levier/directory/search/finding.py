"""Asks the index of suppliers: from SupplierQuery to the engine's query, and back with reasons."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache

from levier.core.search import (
    Chart,
    Geo,
    Hit,
    InvalidQueryError,
    Page,
    Query,
    SearchEngine,
    Window,
    Wish,
    french,
)
from levier.directory.kinds import FAMILY_LABELS, kind_of
from levier.directory.search.asking import SupplierHit, SupplierPage, SupplierQuery
from levier.directory.search.schema import FACETS
from levier.directory.sizes import SIZES
from levier.directory.ways import WAYS
from levier.reference.sectors import (
    all_sectors,
    cpv_prefixes_of,
    expressions_of,
    sector,
    sectors_asked,
    words_to_look_for,
)

ESS_AT_LARGE = "ESS"
_MAX_REASONS = 3


def search_suppliers(engine: SearchEngine, query: SupplierQuery) -> SupplierPage:
    """One page of suppliers. Raises InvalidQueryError, UnknownKindError or UnknownSectorError (sentences)."""
    asked = _engine_query(query)
    page = engine.search(asked)
    relaxed = False
    if not page.total and query.relax and len(_words(query)) > 1:
        page, relaxed = _relaxed(engine, asked, page)
    hits = tuple(_supplier_hit(hit, query, page) for hit in page.hits)
    return SupplierPage(
        hits=hits,
        total=page.total,
        facets=page.facets,
        corrections=page.corrections,
        corrected=page.corrected,
        relaxed=relaxed,
    )


def count_suppliers(engine: SearchEngine, query: SupplierQuery) -> int:
    """Exact number of suppliers, without fetching any; never relaxed."""
    return engine.count(_engine_query(query))


def chart_suppliers(engine: SearchEngine, query: SupplierQuery, window: Window) -> Chart:
    """Every supplier of a search on a map: those that `search_suppliers` lists, page after page."""
    asked = _engine_query(query)
    found = engine.chart(asked, window)
    if not found.total and query.relax and len(_words(query)) > 1:
        for looser in _looser(asked):
            found = engine.chart(looser, window)
            if found.total:
                break
    return found


@lru_cache(maxsize=4_096)
def trade_wish(text: str) -> Wish | None:
    """A trade in the words of a buyer: those words, or other words for it, or its sector. None for no known trade.

    « entretien du linge » is answered by a name with « pressing », and by a NAF code of laundries.
    """
    guesses = sectors_asked(text)
    if not guesses:
        return None
    # « peinture bâtiment » is painting: « bâtiment » alone would have been less sure.
    slugs = tuple(guess.sector.slug for guess in guesses if guess.confidence >= guesses[0].confidence - 0.05)
    synonyms = tuple(expression for slug in slugs for expression in expressions_of(slug))
    return Wish(words_to_look_for(text), synonyms, {"sector": slugs})


def _words(query: SupplierQuery) -> list[str]:
    return french.words(" ".join([query.text, *(wish.text for wish in query.wishes)]))


def _looser(asked: Query) -> tuple[Query, Query]:
    return replace(asked, match="most"), replace(asked, match="any")


def _relaxed(engine: SearchEngine, asked: Query, page: Page) -> tuple[Page, bool]:
    for looser in _looser(asked):
        found = engine.search(looser)
        if found.total:
            return found, True
    return page, False


def _engine_query(query: SupplierQuery) -> Query:
    if query.radius_km is not None and query.near is None:
        raise InvalidQueryError("Un rayon demande un lieu : indiquez la commune autour de laquelle chercher.")
    near = query.near
    geo = Geo(near.latitude, near.longitude, query.radius_km, near.landmass) if near else None
    return Query(
        text=query.text,
        wishes=query.wishes,
        name=query.name,
        filters=_filters(query),
        excluded=_excluded(query),
        within=query.within,
        geo=geo,
        reach=query.serves,
        prefix=query.prefix,
        sort=query.sort,
        standing="standing",
        facets=query.facets,
        disjunctive=frozenset(FACETS),
        values=("kind", "sector", "activity"),
        offset=query.offset,
        limit=query.limit,
    )


def _filters(query: SupplierQuery) -> dict[str, tuple[str, ...]]:
    for code in query.kinds:
        kind_of(code)
    for slug in query.sectors:
        sector(slug)
    for asked, known, sentence in (
        (query.families, FAMILY_LABELS, "La famille « {} » est inconnue : les familles sont {}."),
        (query.sizes, SIZES, "La taille « {} » est inconnue : les tailles sont {}."),
        (query.ways, WAYS, "La forme de prestation « {} » est inconnue : les formes sont {}."),
    ):
        for code in asked:
            if code not in known:
                raise InvalidQueryError(sentence.format(code, ", ".join(known)))
    given = {
        "kind": query.kinds,
        "family": query.families,
        "shelf": query.shelves,
        "sector": query.sectors,
        "group": query.groups,
        "naf": tuple(code.replace(".", "") for code in query.naf),
        "region": query.regions,
        "departement": query.departements,
        "epci": query.epci,
        "commune": query.communes,
        "postal_code": query.postal_codes,
        "label": query.labels,
        "territory": query.territories,
        "activity": query.activities,
        "eligible": query.eligible,
        "available": query.available,
        "size": query.sizes,
        "way": query.ways,
    }
    filters = {name: values for name, values in given.items() if values}
    if query.available and query.sectors:
        kept = (f"{month}/{slug}" for month in query.available for slug in query.sectors)
        filters["teams"] = (*query.available, *kept)
    if query.cpv:
        filters["cpv"] = tuple(sorted({prefix for code in query.cpv for prefix in cpv_prefixes(code)}))
    return filters


def _excluded(query: SupplierQuery) -> dict[str, tuple[str, ...]]:
    excluded: dict[str, tuple[str, ...]] = {}
    asks_for_ess = query.with_ess or ESS_AT_LARGE in query.kinds or "ess" in query.families
    if not asks_for_ess:
        excluded["kind"] = (ESS_AT_LARGE,)
    if query.beyond:
        excluded[query.beyond[0]] = query.beyond[1]
    if not query.with_demo:
        excluded["demo"] = ("true",)
    return excluded


@cache
def _prefixes() -> frozenset[str]:
    return frozenset(prefix for each in all_sectors() for prefix in cpv_prefixes_of(each.slug))


@lru_cache(maxsize=4_096)
def cpv_prefixes(code: str) -> tuple[str, ...]:
    """Prefixes of the crosswalk to look for: those under the code, and the longest one above it."""
    digits = "".join(char for char in code.partition("-")[0] if char.isdigit())[:8]
    if len(digits) < 2:
        raise InvalidQueryError(f"Le code CPV « {code} » doit avoir de 2 à 8 chiffres.")
    # The zeros at the end of a CPV code stand for « everything below », but never cut the division (« 90 »).
    stripped = digits[:2] + digits[2:].rstrip("0")
    below = [prefix for prefix in _prefixes() if prefix.startswith(stripped)]
    above = [prefix for prefix in _prefixes() if stripped.startswith(prefix)]
    return tuple(sorted({*below, *sorted(above, key=len)[-1:]}))


def _supplier_hit(hit: Hit, query: SupplierQuery, page: Page) -> SupplierHit:
    sectors = hit.values["sector"]
    return SupplierHit(
        key=int(hit.key),
        score=hit.score,
        distance_km=hit.distance_km,
        kind=next(iter(hit.values["kind"]), ""),
        sectors=sectors,
        activity=next(iter(hit.values["activity"]), "unknown"),
        why=_reasons(sectors, query, page.corrected or query.text),
    )


def _reasons(sectors: tuple[str, ...], query: SupplierQuery, text: str) -> tuple[str, ...]:
    """Sectors asked for first, then sectors whose label holds a word of the text."""
    asked = {*query.sectors, *(slug for wish in query.wishes for slug in wish.values.get("sector", ()))}
    if query.cpv:
        asked |= sectors_of_cpv(query.cpv)
    words = frozenset(french.stem(word) for word in french.words(text)) if text.strip() else frozenset()
    reasons = [f"secteur demandé : {sector(slug).label}" for slug in sectors if slug in asked]
    reasons += [
        f"secteur : {sector(slug).label}"
        for slug in sectors
        if slug not in asked and words & _label_stems(slug)
    ]
    return tuple(reasons[:_MAX_REASONS])


@cache
def _label_stems(slug: str) -> frozenset[str]:
    found = sector(slug)
    return frozenset(french.stems(f"{found.label} {found.group.label}"))


@lru_cache(maxsize=1_024)
def sectors_of_cpv(codes: tuple[str, ...]) -> frozenset[str]:
    """The purchase sectors that answer any of these CPV codes or prefixes."""
    wanted = {prefix for code in codes for prefix in cpv_prefixes(code)}
    return frozenset(each.slug for each in all_sectors() if wanted.intersection(cpv_prefixes_of(each.slug)))
