-- From what the source says to what follows from it: commune, département, région, EPCI and a point; both NAF codes;
-- name of the legal category and ESS by law. QPV and FRR follow from the published place (5_publish_4): it may come
-- from another source. DuckDB.
-- Order of trust: INSEE code; postal code and name; name alone in its département when only one bears it (a CEDEX
-- has a postal code of its own); postal code when it serves one commune; name alone, without anything else, when only
-- one commune of the country bears it.
CREATE TABLE enriched AS
WITH stated AS (
    -- Many lines name one town: it is looked for once.
    SELECT DISTINCT insee, postal_code, city, departement FROM mapped
), found AS (
    SELECT s.*, coalesce(s.departement, departement_of(s.postal_code)) AS stated_departement,
           coalesce(i.code, pn.code, dn.code, CASE WHEN p.communes = 1 THEN p.code END, n.code) AS commune,
           p.latitude AS postal_latitude, p.longitude AS postal_longitude
    FROM (SELECT *, town(city) AS town FROM stated) s
    LEFT JOIN lookups.commune i ON i.code = s.insee
    LEFT JOIN lookups.by_postal_name pn ON pn.postal = s.postal_code AND pn.town = s.town
    LEFT JOIN lookups.by_departement_name dn
           ON dn.departement = coalesce(s.departement, departement_of(s.postal_code)) AND dn.town = s.town
    LEFT JOIN lookups.by_postal p ON p.postal = s.postal_code
    LEFT JOIN lookups.by_name n
           ON coalesce(s.insee, '') = '' AND coalesce(s.postal_code, '') = '' AND coalesce(s.departement, '') = ''
              AND n.town = s.town
), placed AS (
    SELECT m.*, f.stated_departement, f.commune, f.postal_latitude, f.postal_longitude,
           try_cast(replace(m.latitude, ',', '.') AS DOUBLE) AS lat,
           try_cast(replace(m.longitude, ',', '.') AS DOUBLE) AS lon
    FROM mapped m
    JOIN found f ON (m.insee, m.postal_code, m.city, m.departement)
                    IS NOT DISTINCT FROM (f.insee, f.postal_code, f.city, f.departement)
), checked AS (
    SELECT placed.*, c.departement AS commune_departement, c.epci, coalesce(c.region, d.region) AS region,
           coalesce(c.departement, d.code) AS departement_code,
           coalesce(c.latitude, postal_latitude) AS centre_latitude,
           coalesce(c.longitude, postal_longitude) AS centre_longitude,
           CASE WHEN c.code IS NOT NULL THEN c.precision
                WHEN postal_latitude IS NOT NULL THEN 'postal_code' END AS centre_precision,
           lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180 AND (lat <> 0 OR lon <> 0) AS has_point,
           -- About a hundred kilometres from the commune: the geocoder took a namesake.
           c.code IS NOT NULL AND c.precision = 'commune'
               AND (abs(lat - c.latitude) > 0.9 OR abs(lon - c.longitude) > 1.3) AS is_far,
           EXISTS (SELECT 1 FROM lookups.ess_excluded_naf x WHERE starts_with(placed.unit_naf, x.prefix)) AS is_excluded
    FROM placed
    LEFT JOIN lookups.commune c ON c.code = placed.commune
    LEFT JOIN lookups.departement d ON d.code = placed.stated_departement
), named AS (
    SELECT checked.* REPLACE (
               coalesce(checked.legal_form, l.label) AS legal_form,
               coalesce(checked.naf_nomenclature, n.nomenclature) AS naf_nomenclature),
           l.label AS category_label, e.reason AS ess
    FROM checked
    LEFT JOIN lookups.naf_known n ON n.code = checked.naf
    LEFT JOIN lookups.legal_category l ON l.code = checked.legal_category
    LEFT JOIN lookups.ess_by_law e ON e.category = checked.legal_category
          AND e.declared = coalesce(checked.ess_declared, '') AND e.is_excluded::BOOLEAN = checked.is_excluded
)
SELECT line, source_key, coalesce(is_main, true) AS is_main, kind, siret, siren, name, brand, legal_form, description,
       address, postal_code, city, commune, departement_code, region, epci,
       CASE WHEN has_point AND NOT coalesce(is_far, false) THEN lat ELSE centre_latitude END AS latitude,
       CASE WHEN has_point AND NOT coalesce(is_far, false) THEN lon ELSE centre_longitude END AS longitude,
       CASE WHEN has_point AND NOT coalesce(is_far, false) THEN 'address' ELSE centre_precision END AS precision,
       coalesce(has_point AND is_far, false) AS is_far,
       naf, website,
       -- A spreadsheet that keeps a telephone as a number eats its first zero.
       CASE WHEN regexp_full_match(phone, '[1-9]\d{8}(\.0)?') THEN '0' || phone[1:9] ELSE phone END AS phone,
       email, places, stated_sectors, convention_status, convention_until,
       supplier_key, naf_nomenclature,
       CASE WHEN category_label IS NULL AND ess IS NULL AND twin IS NULL THEN extra
            ELSE json_merge_patch(coalesce(extra, '{}'), json_object(
                'legal_unit', json_object('form', category_label, 'ess', ess),
                'naf_other', json_object('code', twin, 'nomenclature', twin_nomenclature))) END AS extra
FROM named
LEFT JOIN lookups.naf_twin t ON t.code = naf AND t.nomenclature = naf_nomenclature
     -- What the source says of NAF 2025 needs no correspondence.
     AND NOT (t.twin_nomenclature = 'naf_2025' AND coalesce(extra ->> '$.naf_2025', '') <> '');
