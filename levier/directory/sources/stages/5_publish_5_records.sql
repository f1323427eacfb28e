-- What the source said, kept by its own key, tied to its supplier. New records here: to look for a conflict at each row would
-- take a fifth longer than to add it, and whether there is one is known.
INSERT INTO directory_sourcerecord
    (source_id, source_key, supplier_id, stated_key, kind, values, content_hash, row_hash, anomalies,
     first_seen, last_seen, changed_on)
SELECT %(source)s, c.source_key, s.id, c.stated_key, c.kind, c.values, c.content_hash, c.row_hash, c.anomalies,
       %(today)s, %(today)s, %(today)s
FROM changed c JOIN directory_supplier s ON s.key = c.key
WHERE c.is_new AND c.line >= %(first_line)s;
