-- A key nobody knew: its only record gives all its values, so one origin, « * », stands for every group.
CREATE TEMP TABLE merged ON COMMIT DROP AS
SELECT c.key, c.kind, c.values,
       jsonb_build_object('*', jsonb_build_object('source', %(source)s::text, 'seen', %(today)s::text)) AS origins
FROM changed c
LEFT JOIN directory_supplier s ON s.key = c.key
WHERE s.id IS NULL;
