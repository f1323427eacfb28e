-- Our own columns; every row is a company of a priority district, with the Adive charter when « label » says so.
SELECT ours.* REPLACE (siret AS source_key, 'QPV' AS kind),
       json_object('label:charte-adive', CASE WHEN fold(label) LIKE '%adive%' THEN json_object(
           'since', iso_date(depuis), 'until', iso_date(jusqu_au), 'held', true) END) AS extra
FROM ({base}) ours JOIN (SELECT line, label, depuis, jusqu_au FROM raw) said USING (line)
