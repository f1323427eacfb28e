"""What the search index reads of the listed suppliers: plain rows, in slices."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

INDEX_CHUNK = 5_000  # rows of a round trip: memory stays flat while a million suppliers are read

_INDEX_COLUMNS = (
    "id", "siret", "siren", "kind", "name", "brand", "description", "naf", "other_naf", "sectors",
    "activity_status", "postal_code", "city", "commune_code", "commune_name", "departement_code", "region_code",
    "epci_code", "latitude", "longitude", "places", "labels", "offer", "available", "teams", "qpv_code", "is_frr",
    "is_demo", "workforce", "lines", "headcount_band", "has_contact", "is_closed", "confirmed_on",
)  # fmt: skip


_COMPUTED_COLUMNS = {
    "commune_code": "s.commune_id AS commune_code",
    "commune_name": "coalesce(c.name, '') AS commune_name",
    "other_naf": "coalesce(s.profile ->> 'naf_2025', s.profile -> 'naf_other' ->> 'code', '') AS other_naf",
    # A label whose end is past stands on the sheet, not among the filters.
    "labels": "ARRAY(SELECT substr(one.key, 7) FROM jsonb_each(s.profile) one WHERE starts_with(one.key, 'label:')"
    " AND coalesce((one.value ->> 'until')::date, 'infinity') >= current_date ORDER BY 1) AS labels",
    # An offer is read whole, and a certificate by its name as long as it holds.
    "offer": "ARRAY(SELECT concat_ws(' ', one ->> 'title', one ->> 'description')"
    " FROM jsonb_array_elements(s.profile -> 'offers') one UNION ALL"
    " SELECT one ->> 'name' FROM jsonb_array_elements(s.profile -> 'certificates') one"
    " WHERE coalesce(one ->> 'until', '9') >= current_date::text) AS offer",
    # Months with free teams, « 2027-03 »: a statement that faded, or a month that is over, counts no more.
    "available": "ARRAY(SELECT DISTINCT to_char(month, 'YYYY-MM') FROM directory_capacity c"
    " WHERE c.supplier_id = s.id AND quantity > 0 AND expires_on >= CURRENT_DATE"
    " AND month >= date_trunc('month', CURRENT_DATE) ORDER BY 1) AS available",
    # The same by trade, « 2027-03/traiteur »; without one, the teams do any of its trades.
    "teams": "ARRAY(SELECT DISTINCT to_char(month, 'YYYY-MM') || CASE WHEN sector = '' THEN '' ELSE '/' || sector END"
    " FROM directory_capacity c WHERE c.supplier_id = s.id AND quantity > 0 AND expires_on >= CURRENT_DATE"
    " AND month >= date_trunc('month', CURRENT_DATE) ORDER BY 1) AS teams",
    "workforce": "s.profile -> 'workforce' AS workforce",
    "lines": "s.profile -> 'lines' AS lines",
    "headcount_band": "coalesce(s.profile -> 'headcount' ->> 'band', '') AS headcount_band",
    "has_contact": "(s.phone <> '' OR s.email <> '') AS has_contact",
    "is_closed": "s.profile ? 'closed' AS is_closed",
    "confirmed_on": "(SELECT max(last_seen) FROM directory_sourcerecord r"
    " WHERE r.supplier_id = s.id AND r.source_id = 'owner') AS confirmed_on",
}


def rows_for_index(ids: Iterable[int] | None = None, *, chunk: int = INDEX_CHUNK) -> Iterator[dict[str, Any]]:
    """The listed suppliers as plain rows for the search index: all of them, or those of ``ids``.

    An id that is absent from the rows (deleted, or no longer listed) must leave the index. Read by slices of
    the primary key, so that memory does not grow with the directory.
    """
    if ids is not None:
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), chunk):
            yield from _index_rows("id = ANY(%s)", [wanted[start : start + chunk]], chunk)
        return
    last = 0
    while True:
        rows = _index_rows("id > %s", [last], chunk)
        yield from rows
        if len(rows) < chunk:
            return
        last = rows[-1]["id"]


def _index_rows(condition: str, parameters: list[Any], chunk: int) -> list[dict[str, Any]]:
    columns = ", ".join(_COMPUTED_COLUMNS.get(name, f"s.{name}") for name in _INDEX_COLUMNS)
    with connection.cursor() as cursor:
        # Both texts are constants of this module; the values travel as parameters.
        cursor.execute(
            f"SELECT {columns} FROM directory_supplier s"  # noqa: S608
            " LEFT JOIN reference_commune c ON c.code = s.commune_id"
            f" WHERE s.is_listed AND s.{condition} ORDER BY s.id LIMIT %s",
            [*parameters, chunk],
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
