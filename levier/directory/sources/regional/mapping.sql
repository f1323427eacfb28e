-- Titles differ from one platform to the next: the first that is filled counts. Kinds are read from their words.
SELECT line,
       digits(SIRET) || ':' || supplier_kind(coalesce(clean(Type), clean("Type de structure"), Statut)) AS source_key,
       supplier_kind(coalesce(clean(Type), clean("Type de structure"), Statut)) AS kind,
       digits(SIRET) AS siret,
       coalesce(clean(Nom), clean(Structure), clean("Raison sociale"), clean("Nom de la structure")) AS name,
       coalesce(paragraphs("Présentation"), paragraphs(Description)) AS description,
       clean(Adresse) AS address,
       coalesce(postal("Code postal"), postal(CP)) AS postal_code,
       coalesce(clean(Ville), clean(Commune)) AS city,
       clean(Latitude) AS latitude,
       clean(Longitude) AS longitude,
       coalesce(clean("Site internet"), clean("Site web"), clean(Site)) AS website,
       clean("Téléphone") AS phone,
       coalesce(clean(Email), clean(Courriel), clean(Mail)) AS email,
       coalesce(clean("Secteurs d’activité"), clean(Secteurs), clean(Secteur), clean("Activités")) AS stated_sectors
FROM raw
