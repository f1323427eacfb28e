-- A place that changed its SIRET stays the same supplier: its key follows, unless the new key is taken or another
-- source still knows it under the old one.
UPDATE directory_supplier s SET key = c.key, updated_at = statement_timestamp()
FROM changed c
WHERE c.former_supplier_id = s.id AND s.key <> c.key AND s.kind = c.kind
  AND NOT EXISTS (SELECT 1 FROM directory_supplier other WHERE other.key = c.key)
  AND NOT EXISTS (SELECT 1 FROM directory_sourcerecord r WHERE r.supplier_id = s.id AND r.id <> c.record_id
                    -- What its owner said follows it.
                    AND r.source_id <> 'owner');
