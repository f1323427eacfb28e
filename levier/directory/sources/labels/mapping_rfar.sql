-- « PERIMETRE » says what the label covers: the whole body, a site, a direction. Several lines may name one SIREN.
SELECT min(line) AS line,
       padded(SIREN, 9) AS source_key,
       padded(SIREN, 9) AS siren,
       json_object('label:rfar', json_object(
           'since', min(iso_date(DATE_LABELLISATION)), 'until', max(iso_date(DATE_FIN)),
           'scope', string_agg(DISTINCT clean(PERIMETRE), ', ' ORDER BY clean(PERIMETRE)), 'held', true)) AS extra
FROM raw
GROUP BY padded(SIREN, 9)
