-- Records that were known, and now say something else or come back.
UPDATE directory_sourcerecord r SET
    supplier_id = s.id, stated_key = c.stated_key, kind = c.kind, values = c.values,
    changed_on = CASE WHEN r.content_hash = c.content_hash THEN r.changed_on ELSE %(today)s END,
    content_hash = c.content_hash, row_hash = c.row_hash, anomalies = c.anomalies,
    last_seen = %(today)s, gone_since = NULL
FROM changed c JOIN directory_supplier s ON s.key = c.key
WHERE r.id = c.record_id;
