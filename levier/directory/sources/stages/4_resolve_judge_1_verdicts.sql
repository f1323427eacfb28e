-- Is a row a supplier, under which numbers and which key? What depends on no other row. `own_key` is what it keeps when
-- the number is another's. The reasons stand in the order in which they are said: the first one counts. DuckDB.
CREATE TABLE verdicts AS
WITH asked AS (
    SELECT e.rowid AS row, e.line, e.is_main, nullif(h.source_key, '') AS source_key, nullif(e.kind, '') AS kind,
           nullif(e.siret, '') AS siret, nullif(e.siren, '') AS siren, nullif(e.supplier_key, '') AS supplier_key,
           nullif(e.name, '') AS name, e.extra::VARCHAR AS extra, h.row_hash
    FROM enriched e JOIN hashed h ON h.row = e.rowid
    WHERE e.rowid NOT IN (SELECT row FROM unchanged)
), numbered AS (
    SELECT * REPLACE (CASE WHEN supplier_key IS NULL AND ($is_demo OR valid_siret(siret)) THEN siret END AS siret,
                      CASE WHEN supplier_key IS NULL THEN siren END AS siren),
           siret AS stated_siret, siren AS stated_siren
    FROM asked
), identified AS (
    SELECT * REPLACE (coalesce(siret[1:9], CASE WHEN valid_siren(siren) THEN siren END) AS siren)
    FROM numbered
)
SELECT row, line, is_main, source_key, kind, siret, siren, row_hash,
       coalesce(supplier_key,
                CASE WHEN $by_siren THEN 'siren-' || siren || ':' || kind WHEN siret IS NOT NULL THEN siret || ':' || kind END,
                $prefix || '-' || lower(source_key) || ':' || kind) AS key,
       $prefix || '-' || lower(source_key) || ':' || kind AS own_key,
       supplier_key IS NULL AND ($by_siren OR siret IS NOT NULL) AS claims_number,
       CASE WHEN $completes_all_kinds AND supplier_key IS NULL THEN
                CASE WHEN coalesce(stated_siret, stated_siren) IS NULL THEN 'ni SIRET ni SIREN'
                     ELSE 'aucun fournisseur connu : '
                          || coalesce('SIRET ' || stated_siret, 'SIREN ' || stated_siren)
                          || ' n’est dans aucune source importée' END
            WHEN kind IS NULL THEN 'type de structure absent'
            WHEN NOT list_contains($kinds, kind) THEN 'type de structure inattendu : « ' || kind || ' »'
            WHEN name IS NULL AND NOT $only_completes THEN 'nom absent'
            -- A producer's own trials, left in its file: « TEST IMPORT 2 », « TEST POUR IMPORT ».
            WHEN regexp_matches(name, '^(?i:test (?:pour )?import)(?:[^\p{L}\p{N}_]|$)')
                THEN 'fiche d’essai du producteur, à son nom'
            WHEN source_key IS NULL THEN 'identifiant absent : ni SIRET ni numéro propre à la source' END AS refused_kind,
       CASE WHEN supplier_key IS NOT NULL THEN NULL
            WHEN $is_demo AND (siret IS NULL OR length(siret) <> 14 OR valid_siren(siret[1:9]))
                THEN 'un fournisseur de démonstration porte un SIREN impossible'
            WHEN siret IS NOT NULL THEN NULL
            WHEN stated_siret IS NULL AND NOT $by_siren AND $prefix = '' THEN 'SIRET absent'
            WHEN stated_siret IS NOT NULL AND $wrong_siret_is_rejected
                THEN 'SIRET faux : « ' || stated_siret || ' » (14 chiffres et une clé juste sont attendus)'
            WHEN siren IS NULL AND $by_siren
                THEN 'SIREN faux : « ' || coalesce(stated_siren, '') || ' » (9 chiffres et une clé juste sont attendus)'
            END AS refused_number,
       CASE WHEN supplier_key IS NULL AND siret IS NULL AND NOT $by_siren
            THEN CASE WHEN stated_siret IS NULL THEN 'SIRET absent' ELSE 'SIRET faux, écarté' END END AS said_number,
       CASE WHEN $only_completes AND supplier_key IS NULL AND ($by_siren OR siret IS NOT NULL)
                 AND key NOT IN (SELECT known_keys.key FROM known_keys)
            THEN 'aucun fournisseur ' || kind || ' au SIRET ' || coalesce(siret, siren)
                 || ' : importez d’abord la source qui le donne' END AS refused_unknown,
       'label inconnu : « ' || unknown_label(extra) || ' »' AS refused_label,
       false AS is_shared, NULL::VARCHAR AS reason
FROM identified;

-- Rows whose key or number others also bear, here or since an earlier day: settled one after another.
CREATE TABLE disputed AS
SELECT * FROM verdicts v
WHERE source_key IN (SELECT source_key FROM verdicts GROUP BY source_key HAVING count(*) > 1)
   OR claims_number AND (
       key IN (SELECT key FROM verdicts WHERE claims_number GROUP BY key HAVING count(*) > 1)
       OR EXISTS (SELECT 1 FROM holders h WHERE h.key = v.key AND h.source_key <> v.source_key));

UPDATE verdicts
SET reason = coalesce(refused_kind, refused_number, refused_unknown, refused_label)
WHERE coalesce(refused_kind, refused_number, refused_unknown, refused_label) IS NOT NULL;

-- What 4_resolve_judge_2 fills, and with what.
CREATE TABLE accepted (
    line BIGINT, is_main BOOLEAN, source_key VARCHAR, key VARCHAR, kind VARCHAR, siren VARCHAR, siret VARCHAR, values VARCHAR,
    row_hash VARCHAR, anomalies VARCHAR[]
);
CREATE MACRO member(name, value) AS CASE WHEN value <> '' THEN '"' || name || '":' || to_json(value)::VARCHAR END;
CREATE MACRO object_of(members) AS '{' || nullif(members, '') || '}';
