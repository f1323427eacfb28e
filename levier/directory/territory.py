"""Where suppliers stand: in a priority district (QPV), in a commune of France ruralités revitalisation (FRR)."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from levier.reference.districts import DistrictFinder
from levier.reference.queries import district_finder

TERRITORIES = {
    "qpv": "Quartier prioritaire (QPV)",
    "frr": "France ruralités revitalisation (FRR)",
}

# Suppliers whose answer may move: SIRENE's own answer (group « qpv ») comes before ours, which needs an exact address.
_PLACES = """
SELECT s.id, s.longitude, s.latitude,
       CASE WHEN s.profile -> 'qpv' IS NOT NULL THEN coalesce(s.profile -> 'qpv' ->> 'code', '') END,
       s.qpv_code, c.is_frr,
       s.precision = 'address' AND s.latitude IS NOT NULL, s.departement_code
FROM directory_supplier s LEFT JOIN reference_commune c ON c.code = s.commune_id
WHERE s.id > %s
  AND (s.is_frr IS DISTINCT FROM c.is_frr OR s.qpv_code IS NOT NULL OR s.profile -> 'qpv' IS NOT NULL
       OR (s.precision = 'address' AND %s))
ORDER BY s.id LIMIT %s
"""
_UPDATE = """
UPDATE directory_supplier s SET qpv_code = said.qpv, is_frr = said.frr
FROM unnest(%s::bigint[], %s::text[], %s::boolean[]) AS said(id, qpv, frr)
WHERE said.id = s.id AND (s.qpv_code, s.is_frr) IS DISTINCT FROM (said.qpv, said.frr)
RETURNING s.id
"""
# Rows about to be published (table `merged`) whose district only their exact address can tell.
_EXACT = """
SELECT key, (values -> 'place' ->> 'longitude')::float8, (values -> 'place' ->> 'latitude')::float8,
       values -> 'place' ->> 'departement' FROM merged
WHERE values -> 'place' ->> 'precision' = 'address' AND values -> 'place' ? 'latitude' AND NOT values ? 'qpv'
"""
# One round trip holds this many rows: memory stays flat while a million suppliers are told.
CHUNK = 20_000


def territories_of(qpv_code: str | None, is_frr: bool | None) -> tuple[str, ...]:
    """The territories of a supplier as codes of TERRITORIES."""
    return tuple(code for code, stands in (("qpv", bool(qpv_code)), ("frr", bool(is_frr))) if stands)


def tell_districts(cursor: Any) -> None:
    """Make the temporary table ``districts`` (key, qpv) for the rows of ``merged`` that have an exact address.

    ``qpv`` is empty outside all districts. Whom no perimeter holds is absent from the table when no perimeter of its
    département was loaded: nobody can say.
    """
    cursor.execute("DROP TABLE IF EXISTS districts")
    cursor.execute("CREATE TEMP TABLE districts (key text, qpv text) ON COMMIT DROP")
    cursor.execute("SELECT EXISTS (SELECT 1 FROM reference_prioritydistrict)")
    if not cursor.fetchone()[0]:
        return
    cursor.execute(_EXACT)
    if not (rows := cursor.fetchall()):
        return
    finder = district_finder()
    codes = finder.find([row[1] for row in rows], [row[2] for row in rows])
    with cursor.copy("COPY districts FROM STDIN") as copy:
        for row, code in zip(rows, codes, strict=True):
            if (told := code or finder.outside(row[3] or "")) is not None:
                copy.write_row((row[0], told))
    cursor.execute("ANALYZE districts")


def locate() -> list[int]:
    """Set the territories of every supplier again, after new perimeters or a new list. Returns the ids that changed.

    Runs in the caller's transaction; a supplier whose answer is the same is not written. An import tells them itself.
    """
    finder = district_finder()
    changed: list[int] = []
    last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_PLACES, [last, len(finder) > 0, CHUNK])
            rows = cursor.fetchall()
            changed += _written(cursor, rows, finder)
            if len(rows) < CHUNK:
                return changed
            last = rows[-1][0]


def _written(cursor: Any, rows: Sequence[tuple[Any, ...]], finder: DistrictFinder) -> list[int]:
    if not rows:
        return []
    exact = [row for row in rows if row[6]] if len(finder) else []
    codes = finder.find([row[1] for row in exact], [row[2] for row in exact])
    computed = {row[0]: code or finder.outside(row[7] or "") for row, code in zip(exact, codes, strict=True)}
    told = [(row[0], computed.get(row[0]) if row[3] is None else row[3], row[5]) for row in rows]
    cursor.execute(_UPDATE, [list(column) for column in zip(*told, strict=True)])
    return [supplier_id for (supplier_id,) in cursor.fetchall()]
