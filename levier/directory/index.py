"""The index of suppliers of this installation: opened once per process, rebuilt, and kept in step."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from levier.core import changes
from levier.core.search import IndexBusyError, IndexStatus, TantivyEngine
from levier.directory import queries
from levier.directory.kinds import kind_of
from levier.directory.search import (
    SupplierHit,
    SupplierPage,
    SupplierQuery,
    SupplierRow,
    apply_supplier_changes,
    count_suppliers,
    rebuild_supplier_index,
    search_suppliers,
    supplier_engine,
)

logger = logging.getLogger("levier.index")

TOPIC = "supplier"
# Above this many waiting changes a rebuild is quicker than following them one batch at a time.
REBUILD_ABOVE = 150_000
PAUSE_SECONDS = 1.0


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


def status() -> IndexStatus:
    """Documents, size, dates and position of the index; never raises when there is none."""
    return engine().status()


def is_usable() -> bool:
    """Whether an index stands that this version of the code can read."""
    found = status()
    return found.exists and not found.is_outdated


def search(query: SupplierQuery) -> tuple[SupplierPage, tuple[FoundSupplier, ...]]:
    """Search, then read the cards in one query. A supplier gone since is left out of the list."""
    page = search_suppliers(engine(), query)
    cards = {card.id: card for card in queries.supplier_cards(page.keys)} if page.hits else {}
    return page, tuple(FoundSupplier(hit, cards[hit.key]) for hit in page.hits if hit.key in cards)


def count(query: SupplierQuery) -> int:
    """How many suppliers a query matches."""
    return count_suppliers(engine(), query)


def rebuild(progress: Callable[[int], None] | None = None) -> int:
    """Build the index anew beside the present one, then swap. Returns the number of suppliers."""
    # Read before the rows are: what commits meanwhile is replayed by the follower, which is harmless.
    position = changes.latest_position()
    count = rebuild_supplier_index(engine(), _counted(progress), position=(position.xid, position.row))
    engine().close()
    return count


def _counted(progress: Callable[[int], None] | None) -> Iterator[SupplierRow]:
    for number, row in enumerate(queries.rows_for_index(), start=1):
        if progress is not None and number % 1_000 == 0:
            progress(1_000)
        yield _index_row(row)


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
        commune=row["commune_code"] or "",
        commune_name=row["commune_name"] or row["city"],
        postal_code=row["postal_code"],
        epci=row["epci_code"],
        departement=row["departement_code"],
        region=row["region_code"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        eligible=kind_of(row["kind"]).counts_for_clause,
        is_demo=row["is_demo"],
    )


def follow_once() -> int:
    """Apply the waiting changes; returns how many rows of the change log were read."""
    since = engine().position() or (0, 0)
    batch = changes.read_changes(TOPIC, changes.Position(*since), limit=REBUILD_ABOVE)
    if not batch.rows:
        return 0
    if batch.rows >= REBUILD_ABOVE:
        rebuild()
        return batch.rows
    ids = [int(key) for key in batch.upserts]
    rows = {row["id"]: _index_row(row) for row in queries.rows_for_index(ids)}
    apply_supplier_changes(
        engine(),
        rows.values(),
        # A changed supplier that is no longer listed leaves the index too.
        deleted=[int(key) for key in batch.deletions] + [pk for pk in ids if pk not in rows],
        position=(batch.position.xid, batch.position.row),
    )
    return batch.rows


def follow(is_stopping: Callable[[], bool]) -> None:
    """Keep the index in step until asked to stop; an error is logged and tried again."""
    while not is_stopping():
        try:
            if not is_usable():
                rebuild()
            read = follow_once()
        except IndexBusyError:
            read = 0  # a rebuild is going on in another process
        except Exception:
            logger.exception("le suivi de l'index a échoué, nouvel essai dans quelques secondes")
            connection.close()
            time.sleep(5)
            continue
        if not read:
            engine().close()
            time.sleep(PAUSE_SECONDS)
