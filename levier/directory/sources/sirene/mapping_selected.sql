-- Places that the rules make suppliers: the register's own names and addresses.
SELECT line,
       digits(siret) || ':' || clean(kind) AS source_key,
       clean(kind) AS kind,
       digits(siret) AS siret,
       clean(legal_name) AS name,
       CASE WHEN fold(brand) <> fold(legal_name) THEN clean(brand) END AS brand,
       clean(legal_form) AS legal_form,
       clean(address) AS address,
       postal(postal_code) AS postal_code,
       insee(insee) AS insee,
       clean(city) AS city,
       clean(latitude) AS latitude,
       clean(longitude) AS longitude,
       naf(naf) AS naf,
       clean(naf_nomenclature) AS naf_nomenclature,
       json_object(
           'legal_unit', json_object('category', clean(category), 'form', clean(legal_form), 'ess', clean(ess)),
           'naf_2025', clean(naf_2025),
           'headcount', json_object('band', clean(band), 'year', CASE WHEN clean(band) IS NOT NULL THEN clean(band_year) END),
           'qpv', CASE WHEN lower(is_qpv_known) = 'true' THEN json_object('code', clean(qpv), 'known', true) END
       ) AS extra
FROM raw
