-- Our own columns, with groups of values written as a JSON object.
SELECT ours.*, clean(complements) AS extra
FROM ({base}) ours JOIN (SELECT line, complements FROM raw) said USING (line)
