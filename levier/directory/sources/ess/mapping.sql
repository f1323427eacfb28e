-- The list names legal units. SIREN that lost their leading zeros in a spreadsheet are padded.
SELECT line,
       padded(NoSIREN, 9) AS source_key,
       'ESS' AS kind,
       padded(NoSIREN, 9) AS siren,
       coalesce(clean(RAISON_SOCIALE), clean(DENOMINATION), clean(SIGLE)) AS name,
       CASE WHEN fold(coalesce(clean(DENOMINATION), SIGLE)) <> fold(RAISON_SOCIALE)
            THEN coalesce(clean(DENOMINATION), clean(SIGLE)) END AS brand,
       capitalised(STATUT_JURIDIQUE) AS legal_form,
       postal(CODE_POSTAL) AS postal_code,
       clean(COMMUNE) AS city,
       clean(NoDEPARTEMENT) AS departement,
       naf(APE) AS naf
FROM raw
