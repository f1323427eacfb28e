-- FINESS list with its leading zeros.
SELECT line,
       padded(finess_et, 9) AS source_key,
       'ESAT' AS kind,
       coalesce(fold(type) = 'principal', true) AS is_main,
       digits(siret) AS siret,
       clean(nom) AS name,
       clean(gestionnaire_statut) AS legal_form,
       paragraphs(description) AS description,
       clean(adresse) AS address,
       postal(code_postal) AS postal_code,
       insee(code_commune) AS insee,
       clean(commune) AS city,
       clean(telephone) AS phone,
       clean(email) AS email,
       clean(site_web) AS website,
       digits(capacite_autorisee) AS places
FROM raw
