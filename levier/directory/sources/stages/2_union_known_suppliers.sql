-- A row of a list that only completes: once for each known supplier of its SIRET, or of its SIREN when it gives
-- no SIRET. Its own key then names that supplier too. A row nobody answers to stays, to be refused by name. DuckDB.
CREATE TABLE spread AS
WITH placed AS (
    SELECT m.line, k.key, k.kind FROM mapped m JOIN known k ON k.key = m.supplier_key
    UNION
    SELECT m.line, k.key, k.kind FROM mapped m JOIN known k ON k.siret = m.siret WHERE m.supplier_key IS NULL
    UNION
    SELECT m.line, k.key, k.kind FROM mapped m JOIN known k ON k.siren = m.siren
    WHERE m.supplier_key IS NULL AND m.siret IS NULL
)
SELECT m.* REPLACE (
           coalesce(p.kind, m.kind) AS kind, p.key AS supplier_key,
           coalesce(m.source_key, m.siret, m.siren) || coalesce('>' || p.key, '') AS source_key)
FROM mapped m LEFT JOIN placed p ON p.line = m.line;
DROP TABLE mapped;
ALTER TABLE spread RENAME TO mapped;
