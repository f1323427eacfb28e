-- Our own columns; every row is a company of a priority district, with the Adive charter when « label » says so.
SELECT line,
       digits(siret) AS source_key,
       'QPV' AS kind,
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
       json_object('label:charte-adive', CASE WHEN fold(label) LIKE '%adive%' THEN json_object(
           'since', iso_date(depuis), 'until', iso_date(jusqu_au), 'held', true) END) AS extra
FROM raw
