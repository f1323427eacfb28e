-- The listed suppliers as structures of the data.inclusion schema, version 1 (one per kind).
-- A value the schema would refuse (mail, site, postal code) is left out: one bad field must not lose a structure.
SELECT 'levier' AS source,
       'levier--' || key AS id,
       CASE WHEN length(shown) < 3 THEN left(shown || ' (' || kind_name || ')', 150) ELSE shown END AS nom,
       updated_on AS date_maj,
       left(concat_ws(chr(10), kind_name || '.', nullif(array_to_string(labels(sectors), ', '), ''),
           nullif(description, '')), 10000) AS description,
       sheet(key) AS lien_source,
       siret,
       coalesce(commune_name, nullif(city, '')) AS commune,
       CASE WHEN regexp_full_match(postal_code, '[0-9]{5}') THEN postal_code END AS code_postal,
       commune_id AS code_insee,
       nullif(address, '') AS adresse,
       longitude,
       latitude,
       nullif(phone, '') AS telephone,
       CASE WHEN regexp_full_match(email, getvariable('mail')) AND length(split_part(email, '@', 1)) <= 64
           AND NOT regexp_matches(email, getvariable('reserved'), 'i') THEN email END AS courriel,
       CASE WHEN regexp_full_match(address_of_site, getvariable('web')) AND length(address_of_site) <= 2000
           THEN address_of_site END AS site_web,
       CASE WHEN network IS NOT NULL THEN [network] END AS reseaux_porteurs
FROM (
    SELECT s.*, k.name AS kind_name, k.network,
           rtrim(left(coalesce(nullif(s.brand, ''), s.name), 150), '. ') AS shown,
           CASE WHEN s.website ILIKE 'http://%' OR s.website ILIKE 'https://%' THEN s.website
               WHEN s.website <> '' THEN 'https://' || s.website END AS address_of_site
    FROM listed_suppliers s JOIN kinds k ON k.code = s.kind
)
