-- What SIRENE adds to a known supplier. The name stays the one its own lists give (a register knows the ESAT's
-- manager, not the ESAT): the legal name stands beside it. The address comes with its point, or stands beside too.
SELECT line,
       clean(supplier_key) AS supplier_key,
       clean(supplier_key) AS source_key,
       clean(kind) AS kind,
       digits(siret) AS siret,
       digits(siren) AS siren,
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
           'legal_name', clean(legal_name),
           'registered_address', concat_ws(' ', clean(address), clean(postal_code), clean(city)),
           'legal_unit', json_object('category', clean(category),
                                     'head_office', CASE WHEN lower(is_head_office) = 'true' THEN 'siège' END),
           'naf_2025', clean(naf_2025),
           'headcount', json_object('band', clean(band), 'year', CASE WHEN clean(band) IS NOT NULL THEN clean(band_year) END),
           'closed', CASE WHEN lower(is_closed) = 'true' THEN json_object('since', clean(since), 'known', true) END,
           'qpv', CASE WHEN lower(is_qpv_known) = 'true' THEN json_object('code', clean(qpv), 'known', true) END
       ) AS extra
FROM raw
