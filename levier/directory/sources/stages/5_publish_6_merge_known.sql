-- Suppliers that were known before: every group of values is taken whole from the best source that gives it.
-- A source that still lists the place comes before one that dropped it; stated activities before deduced ones.
-- Of the suppliers merged into one, the kept one gives its numbers: they go with its key.
-- A best source that knows the street but not the point takes the point from one that writes the same street in the same
-- commune: a list of members would else send its suppliers back to the centre of their town.
INSERT INTO merged (key, kind, values, origins)
WITH touched AS (
    SELECT s.id FROM changed c JOIN directory_supplier s ON s.key = c.key
    WHERE NOT EXISTS (SELECT 1 FROM published p WHERE p.id = s.id)
    UNION
    SELECT former_supplier_id FROM changed WHERE former_supplier_id IS NOT NULL
    UNION
    SELECT supplier_id FROM directory_sourcerecord WHERE source_id = %(source)s AND gone_since = %(today)s
), ranked AS (
    SELECT s.id, s.key, s.kind, said.key AS name,
           CASE WHEN said.key = 'place' AND said.value ->> 'precision' IS DISTINCT FROM 'address'
                     AND said.value ? 'address'
                THEN said.value || coalesce((
                    SELECT jsonb_build_object('latitude', o.values #> '{place,latitude}',
                                              'longitude', o.values #> '{place,longitude}', 'precision', 'address')
                    FROM directory_sourcerecord o
                    WHERE o.supplier_id = s.id AND o.gone_since IS NULL
                      AND o.values #>> '{place,precision}' = 'address'
                      AND o.values #>> '{place,commune}' = said.value ->> 'commune'
                      AND regexp_replace(lower(o.values #>> '{place,address}'), '[^[:alnum:]]+', '', 'g')
                          = regexp_replace(lower(said.value ->> 'address'), '[^[:alnum:]]+', '', 'g')
                    ORDER BY o.source_id, o.source_key LIMIT 1), '{}')
                ELSE said.value END AS value,
           r.source_id, r.changed_on, r.source_key,
           source.rank
               + CASE WHEN r.gone_since IS NULL THEN 0 ELSE 10000 END
               -- The supplier's own word (rank 0) comes first even when it takes its activities back.
               + CASE WHEN said.key <> 'activity' OR source.rank = 0 THEN 0
                      WHEN said.value ->> 'status' = 'stated' THEN 0 ELSE 1000 END
               + CASE WHEN said.key IN ('siret', 'siren') AND r.stated_key NOT IN (s.key, '') THEN 20000 ELSE 0 END
                   AS worth
    FROM touched
    JOIN directory_supplier s ON s.id = touched.id
    JOIN directory_sourcerecord r ON r.supplier_id = s.id
    JOIN directory_source source ON source.slug = r.source_id
    CROSS JOIN LATERAL jsonb_each(r.values) said
    -- A label that its list dropped is lost; any other fact is kept until a better one comes.
    WHERE NOT (r.gone_since IS NOT NULL AND starts_with(said.key, 'label:'))
)
-- The last value given to a name wins: the best one is put last.
SELECT key, kind, jsonb_object_agg(name, value ORDER BY worth DESC, source_id DESC, source_key DESC),
       CASE WHEN count(DISTINCT (source_id, source_key)) = 1
            THEN jsonb_build_object('*', jsonb_build_object('source', min(source_id), 'seen', min(changed_on)))
            ELSE jsonb_object_agg(name, jsonb_build_object('source', source_id, 'seen', changed_on)
                                  ORDER BY worth DESC, source_id DESC, source_key DESC) END
FROM ranked
GROUP BY id, key, kind;
