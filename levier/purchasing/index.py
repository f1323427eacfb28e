"""The index of published contracts: what is searched in them, and how it is opened, rebuilt and followed."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from levier.core import changes
from levier.core.search import (
    Document,
    IndexSchema,
    IndexStatus,
    KeywordField,
    TantivyEngine,
    TextField,
)

TOPIC = "contract"
# Above this many waiting changes a rebuild is quicker than following them.
REBUILD_ABOVE = 50_000

SCHEMA = IndexSchema(
    name=TOPIC,
    version=1,
    text=(TextField("object", weight=3), TextField("cpv_label")),
    keywords=(
        KeywordField("division"),
        KeywordField("cpv"),
        KeywordField("departement"),
        KeywordField("region"),
        KeywordField("social"),
    ),
)

_ROWS = """
    SELECT contract.id, contract.object, contract.cpv, coalesce(code.label, '') AS cpv_label,
           contract.departement_code AS departement, coalesce(departement.region_id, '') AS region,
           contract.social_considerations AS social
    FROM purchasing_contract AS contract
    LEFT JOIN reference_cpvcode AS code ON code.code = contract.cpv
    LEFT JOIN reference_departement AS departement ON departement.code = contract.departement_code
    WHERE contract.id > %(after)s AND (%(ids)s::bigint[] IS NULL OR contract.id = ANY(%(ids)s))
    ORDER BY contract.id LIMIT 5000
"""


def engine() -> TantivyEngine:
    """The engine of this process, under settings.SEARCH_FOLDER."""
    return _engine_in(Path(settings.SEARCH_FOLDER) / TOPIC)


@lru_cache(maxsize=4)
def _engine_in(folder: Path) -> TantivyEngine:
    return TantivyEngine(folder, SCHEMA)


def status() -> IndexStatus:
    """Documents, size, dates and position of the index; never raises when there is none."""
    return engine().status()


def is_usable() -> bool:
    """Whether an index stands that this version of the code can read."""
    found = status()
    return found.exists and not found.is_outdated


def documents(ids: Sequence[int] | None = None) -> Iterator[Document]:
    """Contracts as documents, by pages on the primary key: all of them, or these."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, {"after": after, "ids": None if ids is None else list(ids)})
            rows = cursor.fetchall()
        for row in rows:
            yield _document(*row)
        if len(rows) < 5000:
            return
        after = rows[-1][0]


def _document(
    key: int, subject: str, cpv: str, label: str, departement: str, region: str, social: list[str]
) -> dict[str, Any]:
    return {
        "key": key,
        "object": subject,
        "cpv_label": label,
        "division": cpv[:2],
        "cpv": cpv,
        "departement": departement,
        "region": region,
        "social": social,
    }


def rebuild(progress: Callable[[int], None] | None = None) -> int:
    """Build the index anew beside the present one, then swap. Returns the number of contracts."""
    # Read before the rows are: what commits meanwhile is replayed by the follower, which is harmless.
    position = changes.latest_position()

    def counted() -> Iterator[Document]:
        for number, document in enumerate(documents(), start=1):
            if progress is not None and number % 1_000 == 0:
                progress(1_000)
            yield document

    count = engine().rebuild(counted(), position=(position.xid, position.row))
    engine().close()
    return count


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
    found = list(documents(ids)) if ids else []
    standing = {document["key"] for document in found}
    engine().apply(
        upserts=found,
        deletes=[int(key) for key in batch.deletions] + [pk for pk in ids if pk not in standing],
        position=(batch.position.xid, batch.position.row),
    )
    return batch.rows
