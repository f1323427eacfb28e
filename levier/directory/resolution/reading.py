"""Reads the listed suppliers as facts to compare."""

from django.db import connection

from levier.directory.resolution.scoring import Facts

_SQL = """
SELECT s.id, s.kind, s.name, s.brand, s.siren, s.siret, s.commune_id AS commune, s.city,
       s.departement_code AS departement, s.address,
       s.latitude, s.longitude, s.precision = 'address' AS is_precise, s.phone, s.email, s.website, listed.sources
FROM directory_supplier s
LEFT JOIN (SELECT supplier_id, array_agg(DISTINCT source_id) AS sources FROM directory_sourcerecord
           WHERE gone_since IS NULL GROUP BY supplier_id) listed ON listed.supplier_id = s.id
WHERE s.is_listed AND (%(ids)s::bigint[] IS NULL OR s.id = ANY(%(ids)s))
ORDER BY s.id
"""


def load_facts(ids: list[int] | None = None) -> tuple[list[int], list[Facts]]:
    """Ids of the listed suppliers (all, or those of ``ids``) in order, and what is known of each. One SQL query."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"ids": ids})
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    found = [row.pop("id") for row in rows]
    return found, [Facts(**row | {"sources": frozenset(row["sources"] or ())}) for row in rows]
