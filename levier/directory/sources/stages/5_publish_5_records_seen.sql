-- A part of a file, or a source that never lists everything: each record that it gives was seen today.
UPDATE directory_sourcerecord r SET last_seen = %(today)s
FROM (SELECT source_key FROM incoming UNION ALL SELECT source_key FROM left_alone) given
WHERE r.source_id = %(source)s AND r.source_key = given.source_key AND r.last_seen < %(today)s;
