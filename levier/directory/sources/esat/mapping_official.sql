-- The official list after a spreadsheet ate its leading zeros (FINESS, postal code, commune).
SELECT line,
       padded("ET-N°FINESS", 9) AS source_key,
       'ESAT' AS kind,
       coalesce(fold("ET-Type") = 'principal', true) AS is_main,
       padded("ET-SIRET", 14) AS siret,
       clean("ET-Raison sociale") AS name,
       clean("EJ-Statut juridique Libellé") AS legal_form,
       clean("ET-Adresse") AS address,
       postal("ET-Code Postal") AS postal_code,
       insee("ET-Commune Code") AS insee,
       clean("ET-Commune Libellé") AS city,
       clean("ET-Téléphone 1") AS phone,
       clean("ET-Email") AS email,
       digits("Capacité autorisée agrégée") AS places
FROM raw
