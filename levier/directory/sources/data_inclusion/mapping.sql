-- Mission locales, CCAS, PLIE and so on are prescribers: left aside here, and read by `levier import prescribers`.
SELECT line,
       clean(source) || '-' || clean(id) AS source_key,
       inclusion_kind(reseaux_porteurs, typologie, labels_nationaux) AS kind,
       coalesce(fold(antenne), 'non') NOT IN ('oui', 'true') AS is_main,
       digits(siret) AS siret,
       clean(nom) AS name,
       paragraphs(description) AS description,
       clean(adresse) AS address,
       postal(code_postal) AS postal_code,
       insee(code_insee) AS insee,
       clean(commune) AS city,
       -- A poor match of the geocoder: the commune's centre is better.
       CASE WHEN coalesce(try_cast(score_geocodage AS DOUBLE), 1) >= 0.5 THEN clean(latitude) END AS latitude,
       CASE WHEN coalesce(try_cast(score_geocodage AS DOUBLE), 1) >= 0.5 THEN clean(longitude) END AS longitude,
       clean(telephone) AS phone,
       clean(courriel) AS email,
       clean(site_web) AS website
FROM raw
WHERE inclusion_kind(reseaux_porteurs, typologie, labels_nationaux) IS NOT NULL
