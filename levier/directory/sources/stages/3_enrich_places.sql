-- From what the source says of a place to its commune, département, région, EPCI and a point. DuckDB.
-- Order of trust: INSEE code; postal code and name; name alone in its département when only one bears it (a CEDEX
-- has a postal code of its own); postal code when it serves one commune.
CREATE TABLE enriched AS
WITH stated AS (
    -- Many lines name one town: it is looked for once.
    SELECT DISTINCT insee, postal_code, city, departement FROM mapped
), found AS (
    SELECT s.*, coalesce(s.departement, departement_of(s.postal_code)) AS stated_departement,
           coalesce(i.code, pn.code, dn.code, CASE WHEN p.communes = 1 THEN p.code END) AS commune,
           p.latitude AS postal_latitude, p.longitude AS postal_longitude
    FROM (SELECT *, town(city) AS town FROM stated) s
    LEFT JOIN territories.commune i ON i.code = s.insee
    LEFT JOIN territories.by_postal_name pn ON pn.postal = s.postal_code AND pn.town = s.town
    LEFT JOIN territories.by_departement_name dn
           ON dn.departement = coalesce(s.departement, departement_of(s.postal_code)) AND dn.town = s.town
    LEFT JOIN territories.by_postal p ON p.postal = s.postal_code
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
               AND (abs(lat - c.latitude) > 0.9 OR abs(lon - c.longitude) > 1.3) AS is_far
    FROM placed
    LEFT JOIN territories.commune c ON c.code = placed.commune
    LEFT JOIN territories.departement d ON d.code = placed.stated_departement
)
SELECT line, source_key, coalesce(is_main, true) AS is_main, kind, siret, siren, name, brand, legal_form, description,
       address, postal_code, city, commune, departement_code, region, epci,
       CASE WHEN has_point AND NOT coalesce(is_far, false) THEN lat ELSE centre_latitude END AS latitude,
       CASE WHEN has_point AND NOT coalesce(is_far, false) THEN lon ELSE centre_longitude END AS longitude,
       CASE WHEN has_point AND NOT coalesce(is_far, false) THEN 'address' ELSE centre_precision END AS precision,
       coalesce(has_point AND is_far, false) AS is_far,
       naf, website, phone, email, places, stated_sectors, convention_status, convention_until,
       supplier_key, naf_nomenclature, extra
FROM checked;
