-- What is new, what changed, what did not. `changed` holds only the rows that will be written.
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT i.*, r.id AS record_id, r.supplier_id AS former_supplier_id, r.id IS NULL AS is_new
FROM incoming i
LEFT JOIN directory_sourcerecord r ON r.source_id = %(source)s AND r.source_key = i.source_key
WHERE r.id IS NULL OR r.content_hash <> i.content_hash OR r.gone_since IS NOT NULL OR r.supplier_id IS NULL;
ANALYZE changed;
