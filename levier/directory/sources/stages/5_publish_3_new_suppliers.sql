-- A key nobody knew: its only record gives all its values, so one origin, « * », stands for every group.
TRUNCATE merged;

INSERT INTO merged (key, kind, values, origins)
SELECT c.key, c.kind, c.values,
       -- As a query of its own: made once, and not for each row.
       (SELECT jsonb_build_object('*', jsonb_build_object('source', %(source)s::text, 'seen', %(today)s::text)))
FROM changed c
LEFT JOIN directory_supplier s ON s.key = c.key
WHERE s.id IS NULL AND c.line >= %(first_line)s;
