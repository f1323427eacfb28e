-- A whole file: what it does not give any more was seen last in the whole file before, or since in a part of one.
UPDATE directory_sourcerecord r
SET gone_since = %(today)s, last_seen = greatest(r.last_seen, source.complete_on)
FROM expected e, directory_source source
WHERE r.source_id = %(source)s AND r.source_key = e.source_key AND r.gone_since IS NULL
  AND source.slug = %(source)s
  AND NOT EXISTS (SELECT 1 FROM incoming i WHERE i.source_key = r.source_key);

UPDATE directory_source SET complete_on = %(today)s WHERE slug = %(source)s AND complete_on IS DISTINCT FROM %(today)s;
