-- A supplier whose last record now speaks of another one: kept for what points to it, no longer searched.
WITH left_alone AS (
    UPDATE directory_supplier s SET is_listed = false, updated_at = statement_timestamp()
    FROM changed c
    WHERE c.former_supplier_id = s.id AND s.is_listed
      AND NOT EXISTS (SELECT 1 FROM directory_sourcerecord r WHERE r.supplier_id = s.id)
    RETURNING s.id
)
INSERT INTO published SELECT id FROM left_alone ON CONFLICT DO NOTHING;
