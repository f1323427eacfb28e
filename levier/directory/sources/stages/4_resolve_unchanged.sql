-- Rows that say what they said last time, by a hash of all they say, and that the judge would judge the same: alone in
-- their file under their own key and under the key of their supplier, which is the one they got. DuckDB.
CREATE TABLE claims AS
SELECT row, source_key, row_hash,
       -- The key that the judge gives when nothing disputes it; a wrong guess only costs a judgment.
       CASE WHEN supplier_key IS NOT NULL THEN supplier_key
            WHEN $by_siren THEN 'siren-' || coalesce(siret[1:9], siren) || ':' || kind
            WHEN siret IS NOT NULL THEN siret || ':' || kind
            ELSE $prefix || '-' || lower(source_key) || ':' || kind END AS key
FROM hashed;

CREATE TABLE unchanged AS
SELECT claims.row, claims.source_key, known.anomalies
FROM claims
JOIN known_records known USING (source_key, row_hash)
WHERE known.stated_key = claims.key AND known.has_supplier
  AND claims.key NOT IN (SELECT key FROM claims WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1)
  AND claims.source_key NOT IN (SELECT source_key FROM claims WHERE source_key IS NOT NULL GROUP BY source_key HAVING count(*) > 1);

-- What the source gave before and did not give again as it was: gone, unless a judged row bears its key.
CREATE TABLE expected AS
SELECT source_key FROM known_records WHERE source_key NOT IN (SELECT source_key FROM unchanged);
