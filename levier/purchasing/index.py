"""The index of published contracts: what is searched in them, and how it is opened, rebuilt and followed."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from levier.core.following import FollowedIndex
from levier.core.search import (
    Document,
    IndexSchema,
    KeywordField,
    TantivyEngine,
    TextField,
)

TOPIC = "contract"

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


CONTRACTS = FollowedIndex(
    topic=TOPIC, label="Marchés", engine=engine, documents=documents, rebuild_above=50_000
)
