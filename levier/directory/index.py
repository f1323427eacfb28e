"""The index of suppliers of this installation: what it holds, and searches with their cards."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from levier.core.following import FollowedIndex
from levier.core.search import Chart, Document, TantivyEngine, Window
from levier.directory import queries
from levier.directory.index_rows import rows_for_index
from levier.directory.kinds import kind_of
from levier.directory.search import (
    SupplierHit,
    SupplierPage,
    SupplierQuery,
    SupplierRow,
    chart_suppliers,
    count_suppliers,
    search_suppliers,
    supplier_document,
    supplier_engine,
)
from levier.directory.served import areas_of, served_areas
from levier.directory.sizes import size_of
from levier.directory.standing import standing_of
from levier.directory.territory import territories_of
from levier.directory.ways import ways_of


@dataclass(frozen=True)
class FoundSupplier:
    """One search hit with its card, read from the database: the index keeps no text."""

    hit: SupplierHit
    card: queries.SupplierCard


def engine() -> TantivyEngine:
    """The engine of this process, on settings.SEARCH_FOLDER."""
    return _engine_in(Path(settings.SEARCH_FOLDER))


@lru_cache(maxsize=4)
def _engine_in(folder: Path) -> TantivyEngine:
    return supplier_engine(folder)


def search(query: SupplierQuery) -> tuple[SupplierPage, tuple[FoundSupplier, ...]]:
    """Search, then read the cards in one query. A supplier gone since is left out of the list."""
    page = find(query)
    return page, with_cards(page)


def find(query: SupplierQuery) -> SupplierPage:
    """Search only: keys, distances and counts, without reading the database."""
    return search_suppliers(engine(), query)


def with_cards(page: SupplierPage) -> tuple[FoundSupplier, ...]:
    """The hits of a page with their cards, in one query."""
    return carded(page.hits)[0]


def carded(*lists: Sequence[SupplierHit]) -> tuple[tuple[FoundSupplier, ...], ...]:
    """Several lists of hits with their cards, in one query for all of them."""
    keys = [hit.key for hits in lists for hit in hits]
    cards = {card.id: card for card in queries.supplier_cards(keys)} if keys else {}
    return tuple(
        tuple(FoundSupplier(hit, cards[hit.key]) for hit in hits if hit.key in cards) for hits in lists
    )


def chart(query: SupplierQuery, window: Window) -> Chart:
    """Every supplier of a search on a map."""
    return chart_suppliers(engine(), query, window)


def count(query: SupplierQuery) -> int:
    """How many suppliers a query matches."""
    return count_suppliers(engine(), query)


def documents(ids: Sequence[int] | None = None) -> Iterator[Document]:
    """The listed suppliers as documents: all of them, or those of these ids."""
    return map(supplier_document, index_rows(ids))


def index_rows(ids: Sequence[int] | None = None) -> Iterator[SupplierRow]:
    """What the index must know of the listed suppliers: all of them, or those of these ids."""
    return map(_index_row, rows_for_index(ids))


def _index_row(row: dict[str, Any]) -> SupplierRow:
    """A row of the tables as the index wants it: its own id as key, and what the kind says of the clause."""
    return SupplierRow(
        key=row["id"],
        name=row["name"],
        kind=row["kind"],
        siret=row["siret"] or "",
        siren=row["siren"] or "",
        brand=row["brand"],
        description=row["description"],
        sectors=tuple(row["sectors"]),
        activity=row["activity_status"],
        naf=row["naf"],
        other_naf=row["other_naf"],
        commune=row["commune_code"] or "",
        commune_name=row["commune_name"] or row["city"],
        postal_code=row["postal_code"],
        epci=row["epci_code"],
        departement=row["departement_code"],
        region=row["region_code"],
        labels=tuple(row["labels"]),
        territories=territories_of(row["qpv_code"], row["is_frr"]),
        latitude=row["latitude"],
        longitude=row["longitude"],
        eligible=kind_of(row["kind"]).counts_for_clause,
        offer=tuple(row["offer"]),
        available=tuple(row["available"]),
        teams=tuple(row["teams"]),
        size=size_of(_json(row["workforce"]), row["places"], row["headcount_band"]),
        serves=served_areas(areas_of(_json(row["lines"])), row["departement_code"]),
        ways=ways_of(_json(row["lines"]), row["kind"], row["sectors"]).codes,
        standing=standing_of(row, timezone.localdate()),
        is_demo=row["is_demo"],
    )


def _json(text: str | None) -> Any:
    return json.loads(text) if text else None


SUPPLIERS = FollowedIndex(
    topic="supplier", label="Fournisseurs", engine=engine, documents=documents, rebuild_above=150_000
)
