-- Of the part that arrived: what is new, what changed, what did not. `changed` holds only the rows that will be written.
-- A key that was merged into another supplier stands for that one.
INSERT INTO incoming SELECT source_key, row_hash, anomalies FROM arrived;

INSERT INTO changed
SELECT i.line, i.source_key, coalesce(kept.key, i.key) AS key, i.key AS stated_key, i.kind, i.siren, i.siret,
       i.values, i.content_hash, i.row_hash, i.anomalies, r.id AS record_id, r.supplier_id AS former_supplier_id, r.id IS NULL AS is_new
FROM arrived i
LEFT JOIN directory_sourcerecord r ON r.source_id = %(source)s AND r.source_key = i.source_key
LEFT JOIN directory_supplier merged ON merged.key = i.key AND merged.merged_into_id IS NOT NULL
LEFT JOIN directory_supplier kept ON kept.id = merged.merged_into_id
WHERE r.id IS NULL OR r.content_hash <> i.content_hash OR r.gone_since IS NOT NULL OR r.supplier_id IS NULL;
