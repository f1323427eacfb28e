-- An agreement lives as long as its last valid annex; one that is over is « ancienne », never a reason to drop
-- the structure. A cancelled annex (ANNULE) proves nothing.
WITH last_annex AS (
    SELECT clean(convention) AS pk, max(try_cast(end_at AS DATE)) AS until
    FROM companion
    WHERE upper(clean(state)) <> 'ANNULE'
    GROUP BY 1
)
SELECT line,
       clean(raw.pk) AS source_key,
       upper(clean(raw.kind)) AS kind,
       digits(siret_signature) AS siret,
       CASE
           WHEN until IS NULL THEN 'unknown'
           WHEN until < current_date OR lower(clean(is_active)) IN ('false', '0', 'non') THEN 'ended'
           ELSE 'active'
       END AS convention_status,
       CAST(until AS VARCHAR) AS convention_until
FROM raw
LEFT JOIN last_annex ON last_annex.pk = clean(raw.pk)
