-- FINESS+ (finess-structures-journalier, schema v1): legal bodies and their places, coordinates of the national
-- address base in WGS84. A place that is closed, or whose state is not « A », is left aside.
SELECT line,
       padded(finess_et, 9) AS source_key,
       CASE categorie WHEN '246' THEN 'ESAT' ELSE 'EA' END AS kind,
       digits(siret) AS siret,
       digits(siren) AS siren,
       coalesce(clean(nom_long), clean(nom)) AS name,
       concat_ws(' ', clean(ligne_quatre), clean(lieu_dit)) AS address,
       postal(code_postal) AS postal_code,
       insee(code_commune) AS insee,
       regexp_replace(clean(ville), '\s+CEDEX.*$', '', 'i') AS city,
       clean(latitude) AS latitude,
       clean(longitude) AS longitude,
       clean(telephone) AS phone,
       clean(courriel) AS email,
       json_object(
           'manager', json_object('name', clean(gestionnaire), 'siren', digits(siren)),
           'to_confirm', CASE categorie WHEN '247' THEN
               'entreprise adaptée d’après la catégorie 247 de FINESS : l’agrément est à confirmer' END) AS extra
FROM raw
WHERE categorie IN ('246', '247') AND etat = 'A' AND clean(date_fermeture) IS NULL
