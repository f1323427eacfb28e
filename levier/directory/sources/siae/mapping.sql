-- SIAE of the State's marketplace: one row per SIRET and kind; the SIRET is the only stable identifier.
SELECT line,
       digits(siret) || ':' || upper(clean(type)) AS source_key,
       upper(clean(type)) AS kind,
       digits(siret) AS siret,
       clean(nom) AS name,
       -- The marketplace copies the legal name into the brand when it knows none.
       CASE WHEN fold(enseigne) <> fold(nom) THEN clean(enseigne) END AS brand,
       clean(forme_juridique) AS legal_form,
       paragraphs(description) AS description,
       clean(adresse) AS address,
       postal(code_postal) AS postal_code,
       clean(ville) AS city,
       clean(latitude) AS latitude,
       clean(longitude) AS longitude,
       naf(naf) AS naf,
       clean(site_web) AS website
FROM raw
