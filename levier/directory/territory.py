"""Where suppliers stand: in a priority district (QPV), in a commune of France ruralités revitalisation (FRR)."""

from collections.abc import Sequence

from django.db import connection

from levier.reference.queries import district_finder

TERRITORIES = {
    "qpv": "Quartier prioritaire (QPV)",
    "frr": "France ruralités revitalisation (FRR)",
}

# SIRENE's own answer (group « qpv ») comes before ours, which needs an exact address.
_PLACES = """
SELECT s.id, s.longitude, s.latitude,
       CASE WHEN s.profile -> 'qpv' IS NOT NULL THEN coalesce(s.profile -> 'qpv' ->> 'code', '') END,
       s.qpv_code, s.is_frr, c.is_frr,
       s.precision = 'address' AND s.latitude IS NOT NULL
FROM directory_supplier s LEFT JOIN reference_commune c ON c.code = s.commune_id
"""
_UPDATE = """
UPDATE directory_supplier s SET qpv_code = said.qpv, is_frr = said.frr
FROM unnest(%s::bigint[], %s::text[], %s::boolean[]) AS said(id, qpv, frr) WHERE said.id = s.id
"""


def territories_of(qpv_code: str | None, is_frr: bool | None) -> tuple[str, ...]:
    """The territories of a supplier as codes of TERRITORIES."""
    return tuple(code for code, stands in (("qpv", bool(qpv_code)), ("frr", bool(is_frr))) if stands)


def locate(ids: Sequence[int] | None = None) -> list[int]:
    """Set the territories of these suppliers (all of them without ``ids``). Returns the ids that changed.

    Runs in the caller's transaction; a supplier whose answer is the same is not written.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _PLACES if ids is None else f"{_PLACES} WHERE s.id = ANY(%s)",
            [] if ids is None else [list(ids)],
        )
        rows = cursor.fetchall()
        finder = district_finder() if any(row[7] and row[3] is None for row in rows) else None
        exact = [row for row in rows if row[7]] if finder else []
        codes = finder.find([row[1] for row in exact], [row[2] for row in exact]) if finder else []
        computed = (
            {row[0]: code for row, code in zip(exact, codes, strict=True)} if finder and len(finder) else {}
        )
        told = [(row, computed.get(row[0]) if row[3] is None else row[3]) for row in rows]
        changed = [(row[0], code, row[6]) for row, code in told if (code, row[6]) != (row[4], row[5])]
        if changed:
            cursor.execute(_UPDATE, [list(column) for column in zip(*changed, strict=True)])
    return [supplier_id for supplier_id, _, _ in changed]
