-- The public columns of every listed supplier, as PostgreSQL holds them: one snapshot, quickly taken. DuckDB does
-- the rest (suppliers.sql, structures.sql). Nothing here that a sheet does not show to everybody.
COPY (
    SELECT s.key, s.siret, s.siren, s.kind, s.name, s.brand, s.legal_form, s.description, s.address, s.postal_code,
           s.city, s.commune_id, c.name AS commune_name, s.departement_code, d.name AS departement_name,
           s.region_code, r.name AS region_name, s.epci_code, e.name AS epci_name,
           s.latitude, s.longitude, s.precision, s.naf, s.naf_nomenclature, s.website, s.phone,
           -- A person's own address stays for who signs in, unless its owner wrote it there.
           CASE WHEN lower(s.email) ~ %(person)s AND (split_part(lower(s.email), '@', 1) || '@') !~ %(house)s
                     AND coalesce(s.origins #>> '{email,source}', s.origins #>> '{*,source}', '') <> %(owner)s
                THEN '' ELSE s.email END AS email,
           array_to_string(s.sectors, '|') AS sectors, s.activity_status, s.activity_origin, s.activity_confidence,
           s.convention_status, s.convention_until, s.places, s.is_demo, (s.updated_at AT TIME ZONE 'Europe/Paris')::date AS updated_on,
           seen.sources, seen.seen_on, coalesce(seen.is_gone, false) AS is_gone,
           gathered.networks
    FROM directory_supplier s
    LEFT JOIN reference_commune c ON c.code = s.commune_id
    LEFT JOIN reference_departement d ON d.code = s.departement_code
    LEFT JOIN reference_region r ON r.code = s.region_code
    LEFT JOIN reference_epci e ON e.code = s.epci_code
    LEFT JOIN (
        SELECT supplier_id, string_agg(source_id, '|') AS sources,
               max(greatest(last_seen, CASE WHEN gone_since IS NULL THEN complete_on END)) AS seen_on,
               bool_and(gone_since IS NOT NULL) AS is_gone
        FROM directory_sourcerecord JOIN directory_source ON slug = source_id
        WHERE supplier_id IS NOT NULL GROUP BY supplier_id
    ) seen ON seen.supplier_id = s.id
    LEFT JOIN (
        -- No name may hold the separator, nor begin as a formula of a spreadsheet does.
        SELECT id, string_agg(name, '|' ORDER BY name) AS networks
        FROM (
            SELECT DISTINCT coalesce(member.merged_into_id, member.id) AS id,
                   regexp_replace(translate(coalesce(nullif(network.short_name, ''), unit.name), '|', '/'),
                                  '^[-=+@[:space:]]+', '') AS name
            FROM directory_networkmember membership
            JOIN directory_supplier member ON member.id = membership.supplier_id
            JOIN directory_reviewingnetwork network ON network.organisation_id = membership.network_id
            JOIN organisations_organisation unit ON unit.id = membership.network_id
            WHERE membership.state = 'active'
        ) named
        WHERE name <> '' GROUP BY id
    ) gathered ON gathered.id = s.id
    WHERE s.is_listed
    ORDER BY s.id
) TO STDOUT (FORMAT csv)
