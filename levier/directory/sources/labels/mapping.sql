-- One row per holder and label; the label is one of levier/directory/labels.py.
SELECT line,
       clean(label) || ':' || coalesce(digits(siret), padded(siren, 9)) AS source_key,
       digits(siret) AS siret,
       padded(siren, 9) AS siren,
       json_object('label:' || lower(clean(label)), json_object(
           'since', iso_date(depuis), 'until', iso_date(jusqu_au), 'scope', clean(perimetre), 'held', true)) AS extra
FROM raw
