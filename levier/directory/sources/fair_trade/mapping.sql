-- Our own columns; every row is a fair trade company, « label » says which label it holds.
SELECT line,
       digits(siret) AS source_key,
       'EQUITABLE' AS kind,
       digits(siret) AS siret,
       clean(nom) AS name,
       clean(enseigne) AS brand,
       clean(forme_juridique) AS legal_form,
       paragraphs(description) AS description,
       clean(adresse) AS address,
       postal(code_postal) AS postal_code,
       insee(code_commune) AS insee,
       clean(ville) AS city,
       clean(latitude) AS latitude,
       clean(longitude) AS longitude,
       naf(naf) AS naf,
       clean(site_web) AS website,
       clean(telephone) AS phone,
       clean(courriel) AS email,
       clean(secteurs) AS stated_sectors,
       json_object('label:commerce-equitable', json_object(
           'scope', clean(label), 'since', iso_date(depuis), 'until', iso_date(jusqu_au), 'held', true)) AS extra
FROM raw
