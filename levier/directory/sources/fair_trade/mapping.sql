-- Our own columns; every row is a fair trade company, « label » says which label it holds.
SELECT ours.* REPLACE (siret AS source_key, 'EQUITABLE' AS kind),
       json_object('label:commerce-equitable', json_object(
           'scope', clean(label), 'since', iso_date(depuis), 'until', iso_date(jusqu_au), 'held', true)) AS extra
FROM ({base}) ours JOIN (SELECT line, label, depuis, jusqu_au FROM raw) said USING (line)
