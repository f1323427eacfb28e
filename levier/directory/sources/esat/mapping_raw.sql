-- The export of the FINESS site: cp1252 rows under a UTF-8 header, ="…" around values, SIRET with spaces.
-- Category 246 is the ESAT; a wider export holds others, which the importer refuses by name.
SELECT line,
       padded("Numéro FINESS", 9) AS source_key,
       CASE WHEN coalesce(digits("Code categorie"), '246') = '246' THEN 'ESAT'
            ELSE 'catégorie FINESS ' || clean("Code categorie") END AS kind,
       digits(SIRET) AS siret,
       clean("Raison sociale") AS name,
       clean("Lib statut") AS legal_form,
       concat_ws(', ', clean(Adresse), clean("Lieudit/BP")) AS address,
       postal("Code postal") AS postal_code,
       regexp_replace(clean("Libelle routage"), '\s+CEDEX.*$', '', 'i') AS city,
       clean(Tel) AS phone,
       naf(APE) AS naf,
       CAST(coalesce(try_cast(clean("Capacité totale1") AS INTEGER), 0)
            + coalesce(try_cast(clean("Capacité totale2") AS INTEGER), 0)
            + coalesce(try_cast(clean("Capacité totale3") AS INTEGER), 0)
            + coalesce(try_cast(clean("Capacité totale4") AS INTEGER), 0)
            + coalesce(try_cast(clean("Capacité totale5") AS INTEGER), 0) AS VARCHAR) AS places
FROM raw
