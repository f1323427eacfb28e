-- « SCOP », « SARL SCOP », « Société coopérative d'intérêt collectif (SCIC) »: the word decides. Unions and other
-- cooperatives (CAE…) are refused by their name.
SELECT line,
       digits(siret) AS source_key,
       CASE WHEN fold(type_cooperative) LIKE '%scic%' OR fold(type_cooperative) LIKE '%interet collectif%' THEN 'SCIC'
            WHEN fold(type_cooperative) LIKE '%scop%' OR fold(type_cooperative) LIKE '%participative%' THEN 'SCOP'
            ELSE clean(type_cooperative) END AS kind,
       digits(siret) AS siret,
       clean(denomination) AS name,
       coalesce(clean(enseigne), clean(sigle)) AS brand,
       clean(adresse) AS address,
       postal(code_postal) AS postal_code,
       clean(ville) AS city,
       clean(latitude) AS latitude,
       clean(longitude) AS longitude,
       naf(naf) AS naf,
       paragraphs(activite) AS description,
       clean(site_web) AS website,
       clean(telephone) AS phone,
       clean(email) AS email
FROM raw
