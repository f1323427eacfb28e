-- What the source said, kept by its own key, tied to its supplier.
INSERT INTO directory_sourcerecord AS r
    (source_id, source_key, supplier_id, stated_key, kind, values, content_hash, row_hash, anomalies,
     first_seen, last_seen, changed_on)
SELECT %(source)s, c.source_key, s.id, c.stated_key, c.kind, c.values, c.content_hash, c.row_hash, c.anomalies,
       %(today)s, %(today)s, %(today)s
FROM changed c JOIN directory_supplier s ON s.key = c.key
ON CONFLICT (source_id, source_key) DO UPDATE SET
    supplier_id = excluded.supplier_id, stated_key = excluded.stated_key, kind = excluded.kind, values = excluded.values,
    changed_on = CASE WHEN r.content_hash = excluded.content_hash THEN r.changed_on ELSE excluded.changed_on END,
    content_hash = excluded.content_hash, row_hash = excluded.row_hash, anomalies = excluded.anomalies,
    last_seen = excluded.last_seen, gone_since = NULL;
