-- A key nobody knew: its only record gives all its values.
CREATE TEMP TABLE merged ON COMMIT DROP AS
SELECT c.key, c.kind, c.values,
       (SELECT jsonb_object_agg(name, jsonb_build_object('source', %(source)s::text, 'seen', %(today)s::text))
        FROM jsonb_object_keys(c.values) name) AS origins
FROM changed c
LEFT JOIN directory_supplier s ON s.key = c.key
WHERE s.id IS NULL;
