-- The national file: its column « SIREN » is certain. Of two lines of one SIREN the first counts.
SELECT line,
       padded(SIREN, 9) AS source_key,
       'ESS' AS kind,
       padded(SIREN, 9) AS siren,
       coalesce(clean("Raison sociale"), clean("Dénomination"), clean(Nom), clean(Sigle)) AS name,
       CASE WHEN fold(Sigle) <> fold(coalesce(clean("Raison sociale"), "Dénomination")) THEN clean(Sigle) END AS brand,
       coalesce(capitalised("Statut juridique"), capitalised("Catégorie juridique"), capitalised(Famille)) AS legal_form,
       postal("Code postal") AS postal_code,
       insee("Code commune") AS insee,
       coalesce(clean(Commune), clean(Ville)) AS city,
       CASE WHEN regexp_full_match(clean("Département"), '(\d{1,3}|2[ABab])') THEN upper(lpad(clean("Département"), 2, '0'))
            END AS departement,
       coalesce(naf(APE), naf("Code APE")) AS naf
FROM raw
