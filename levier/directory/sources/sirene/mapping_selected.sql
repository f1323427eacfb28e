-- Places that the rules make suppliers: the register's own names and addresses.
SELECT line,
       digits(siret) || ':' || clean(kind) AS source_key,
       clean(kind) AS kind,
       digits(siret) AS siret,
       clean(legal_name) AS name,
       CASE WHEN fold(brand) <> fold(legal_name) THEN clean(brand) END AS brand,
       clean(category) AS legal_category,
       clean(ess) AS ess_declared,
       clean(unit_naf) AS unit_naf,
       clean(address) AS address,
       postal(postal_code) AS postal_code,
       insee(insee) AS insee,
       clean(city) AS city,
       clean(latitude) AS latitude,
       clean(longitude) AS longitude,
       naf(naf) AS naf,
       clean(naf_nomenclature) AS naf_nomenclature,
       json_object(
           'legal_unit', json_object('category', clean(category)),
           'naf_2025', clean(naf_2025),
           'headcount', json_object('band', clean(band), 'year', CASE WHEN clean(band) IS NOT NULL THEN clean(band_year) END),
           'qpv', CASE WHEN lower(is_qpv_known) = 'true' THEN json_object('code', clean(qpv), 'known', true) END
       ) AS extra
FROM raw
