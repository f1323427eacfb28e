-- From what the source says of a place to its commune, département, région, EPCI and a point. DuckDB.
-- Order of trust: INSEE code; postal code and name; name alone in its département when only one bears it (a CEDEX
-- has a postal code of its own); postal code when it serves one commune.
CREATE TABLE by_postal_name AS
WITH pairs AS (
    SELECT unnest(postal_codes) AS postal, town(name) AS town, code, 1 AS trust FROM commune WHERE parent IS NULL
    UNION ALL
    -- « 75013 Paris » is the arrondissement, as SIRENE writes it, and not the whole of Paris.
    SELECT unnest(a.postal_codes), town(p.name), a.code, 0 FROM commune a JOIN commune p ON p.code = a.parent
)
SELECT postal, town, arg_min(code, trust) AS code FROM pairs GROUP BY postal, town;

CREATE TABLE by_departement_name AS
SELECT departement, town(name) AS town, min(code) AS code
FROM commune WHERE parent IS NULL GROUP BY 1, 2 HAVING count(*) = 1;

CREATE TABLE by_postal AS
WITH served AS (
    SELECT unnest(postal_codes) AS postal, code, departement, region, latitude, longitude
    FROM commune WHERE parent IS NULL
)
SELECT postal, count(*) AS communes, min(code) AS code, avg(latitude) AS latitude, avg(longitude) AS longitude
FROM served GROUP BY postal;

CREATE TABLE enriched AS
WITH placed AS (
    SELECT m.*, coalesce(m.departement, departement_of(m.postal_code)) AS stated_departement,
           coalesce(i.code, pn.code, dn.code, CASE WHEN p.communes = 1 THEN p.code END) AS commune,
           p.latitude AS postal_latitude, p.longitude AS postal_longitude,
           try_cast(replace(m.latitude, ',', '.') AS DOUBLE) AS lat,
           try_cast(replace(m.longitude, ',', '.') AS DOUBLE) AS lon
    FROM mapped m
    LEFT JOIN commune i ON i.code = m.insee
    LEFT JOIN by_postal_name pn ON pn.postal = m.postal_code AND pn.town = town(m.city)
    LEFT JOIN by_departement_name dn
           ON dn.departement = coalesce(m.departement, departement_of(m.postal_code)) AND dn.town = town(m.city)
    LEFT JOIN by_postal p ON p.postal = m.postal_code
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
    LEFT JOIN commune c ON c.code = placed.commune
    LEFT JOIN departement d ON d.code = placed.stated_departement
)
SELECT line, source_key, coalesce(is_main, true) AS is_main, kind, siret, siren, name, brand, legal_form, description,
       address, postal_code, city, commune, departement_code, region, epci,
       CASE WHEN has_point AND NOT coalesce(is_far, false) THEN lat ELSE centre_latitude END AS latitude,
       CASE WHEN has_point AND NOT coalesce(is_far, false) THEN lon ELSE centre_longitude END AS longitude,
       CASE WHEN has_point AND NOT coalesce(is_far, false) THEN 'address' ELSE centre_precision END AS precision,
       coalesce(has_point AND is_far, false) AS is_far,
       naf, website, phone, email, places, stated_sectors, convention_status, convention_until
FROM checked;
