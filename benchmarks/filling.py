"""Fills the tables of the directory with generated suppliers, in the shape an import leaves, without importing.

For measures at the size of the whole country: reading 1.5 million rows of files takes the time of the import, which
`benchmarks.importing` measures. Here one COPY, then the same tables: legal units, establishments, suppliers, records.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.generate_suppliers import generate_mix
from levier.directory.search import SupplierRow

SOURCE = "mesure"
_STAGED = """
CREATE TEMP TABLE staged (
    key bigint, siret text, siren text, kind text, name text, brand text, description text, postal_code text, city text,
    commune text, departement text, region text, epci text, latitude float8, longitude float8, naf text,
    sectors text[], activity text, profile jsonb
) ON COMMIT DROP
"""
_FILL = (
    """
    INSERT INTO directory_source (slug, label, publisher, licence, url, frequency, rank, is_demo, last_success)
    VALUES ('mesure', 'Liste de mesure', '', '', '', '', 50, false, now()) ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO organisations_organisation (siren, name, legal_category, legal_form, is_demo)
    SELECT DISTINCT ON (siren) siren, name, '', '', false FROM staged WHERE siren <> '' ORDER BY siren
    ON CONFLICT (siren) DO NOTHING
    """,
    """
    INSERT INTO organisations_establishment
        (organisation_id, siret, name, address, postal_code, commune_id, naf, naf_nomenclature, is_active)
    SELECT o.id, s.siret, s.name, '', s.postal_code, s.commune, s.naf, 'naf_rev2', true
    FROM staged s JOIN organisations_organisation o USING (siren) WHERE s.siret <> '' ON CONFLICT (siret) DO NOTHING
    """,
    """
    INSERT INTO directory_supplier
        (key, kind, name, brand, legal_form, description, siret, siren, organisation_id, address, postal_code, city,
         commune_id, departement_code, region_code, epci_code, latitude, longitude, precision, naf, naf_nomenclature,
         website, phone, email, sectors, activity_status, activity_origin, activity_confidence, convention_status,
         profile, origins, is_demo, is_listed, first_seen)
    SELECT CASE WHEN s.siret <> '' THEN s.siret ELSE 'siren-' || s.siren END || ':' || s.kind, s.kind, s.name, s.brand, '',
           s.description, nullif(s.siret, ''), nullif(s.siren, ''), o.id, '', s.postal_code, s.city, s.commune,
           s.departement, s.region, s.epci, s.latitude, s.longitude,
           CASE WHEN s.latitude IS NULL THEN '' ELSE 'commune' END, s.naf, 'naf_rev2', '', '', '', s.sectors, s.activity,
           CASE s.activity WHEN 'inferred' THEN 'code NAF' ELSE '' END,
           CASE s.activity WHEN 'stated' THEN 1 WHEN 'inferred' THEN 0.6 END, 'unknown', s.profile,
           '{"*": {"source": "mesure", "seen": "2026-11-01"}}', false, true, current_date
    FROM staged s LEFT JOIN organisations_organisation o USING (siren) ORDER BY s.key ON CONFLICT (key) DO NOTHING
    """,
    """
    INSERT INTO directory_sourcerecord
        (source_id, source_key, supplier_id, stated_key, kind, values, content_hash, changed_on, first_seen, last_seen)
    SELECT 'mesure', key, id, key, kind, jsonb_build_object('name', name), md5(key), current_date, current_date, current_date
    FROM directory_supplier ON CONFLICT DO NOTHING
    """,
)
_ANALYSED = (
    "organisations_organisation",
    "organisations_establishment",
    "directory_supplier",
    "directory_sourcerecord",
)


def fill_directory(count: int) -> int:
    """Suppliers in the proportions of the country; returns how many the table then holds."""
    from django.db import connection, transaction

    from levier.reference.models import Commune

    known = set(Commune.objects.values_list("code", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STAGED)
        with cursor.copy("COPY staged FROM STDIN") as copy:
            for values in _staged(count, known):
                copy.write_row(values)
        for statement in _FILL:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        for table in _ANALYSED:
            cursor.execute(f"ANALYZE {table}")
        cursor.execute("SELECT count(*) FROM directory_supplier")
        return int(cursor.fetchone()[0])


def _staged(count: int, communes: set[str]) -> Iterator[tuple[Any, ...]]:
    for row in generate_mix(count):
        yield (
            row.key, row.siret, row.siren, row.kind, row.name, row.brand, row.description, row.postal_code,
            row.commune_name, row.commune if row.commune in communes else None, row.departement, row.region, row.epci,
            row.latitude, row.longitude, row.naf, list(row.sectors), row.activity, json.dumps(_profile(row)),
        )  # fmt: skip


def _profile(row: SupplierRow) -> dict[str, Any]:
    """What has no column: offers, labels, the band of SIRENE that gives the size drawn."""
    bands = {"micro": "03", "petite": "12", "moyenne": "21", "grande": "32"}
    profile: dict[str, Any] = {f"label:{slug}": {} for slug in row.labels}
    if row.offer:
        profile["offers"] = [{"title": title, "description": ""} for title in row.offer]
    if row.size:
        profile["headcount"] = {"band": bands[row.size], "year": "2024"}
    return profile
