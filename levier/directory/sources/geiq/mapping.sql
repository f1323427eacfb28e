-- An antenna is a place of its own: it keeps its town, and its group's legal unit when it has no SIRET.
-- Its name often says « Antenne de Mulhouse » and no trade: the group's name is put before it.
SELECT a.line,
       -- Groups and antennas are numbered apart: the same number may name one of each.
       CASE WHEN lower(clean(a.niveau)) = 'antenne' THEN 'antenne-' ELSE '' END || clean(a.label_id) AS source_key,
       'GEIQ' AS kind,
       lower(clean(a.niveau)) <> 'antenne' AS is_main,
       digits(a.siret) AS siret,
       digits(p.siret)[1:9] AS siren,
       CASE
           WHEN p.label_id IS NULL OR starts_with(fold(a.nom), fold(p.nom)) THEN clean(a.nom)
           ELSE clean(p.nom) || ' – ' || clean(a.nom)
       END AS name,
       postal(a.code_postal) AS postal_code,
       clean(a.ville) AS city,
       clean(a.adresse) AS address,
       clean(a.telephone) AS phone,
       clean(a.courriel) AS email
FROM raw a
LEFT JOIN raw p
       ON clean(p.label_id) = clean(a.parent_id)
      AND lower(clean(a.niveau)) = 'antenne' AND lower(clean(p.niveau)) <> 'antenne'
