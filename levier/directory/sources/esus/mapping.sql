-- An agreement lasts five years (two for a young firm): its end is read when the list gives it, never computed.
SELECT line,
       padded(coalesce(SIREN, "N° SIREN", "Numéro SIREN", "Numéro de SIREN"), 9) AS source_key,
       'ESUS' AS kind,
       padded(coalesce(SIREN, "N° SIREN", "Numéro SIREN", "Numéro de SIREN"), 9) AS siren,
       coalesce(clean("Dénomination"), clean("Dénomination sociale"), clean("Raison sociale"),
                clean("Nom de l’entreprise"), clean(Nom)) AS name,
       clean("Forme juridique") AS legal_form,
       postal("Code postal") AS postal_code,
       coalesce(clean(Ville), clean(Commune)) AS city,
       CASE WHEN regexp_full_match(clean("Département"), '(\d{1,3}|2[ABab])') THEN upper(lpad(clean("Département"), 2, '0'))
            END AS departement,
       paragraphs("Activité") AS description,
       json_object('label:esus', json_object(
           'since', iso_date(coalesce("Date d’agrément", "Date de l’agrément", "Date de décision")),
           'until', iso_date(coalesce("Date de fin", "Date de fin d’agrément", "Date de fin de l’agrément")),
           'held', true)) AS extra
FROM raw
