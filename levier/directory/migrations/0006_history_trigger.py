"""The story of each supplier is kept by the database: imports, owners and merges all pass through it."""

from django.db import migrations

KEEP = """
CREATE FUNCTION directory_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- What follows from the rest, or says nothing to a reader.
    silent text[] := '{updated_at,origins,profile,organisation_id,establishment_id,activity_confidence}';
    private text[] := '{phone,email,contacts}';
    before jsonb := (to_jsonb(OLD) - silent) || OLD.profile;
    after jsonb := (to_jsonb(NEW) - silent) || NEW.profile;
BEGIN
    INSERT INTO directory_supplierhistory (supplier_id, changes)
    SELECT NEW.id, jsonb_object_agg(field, CASE WHEN field = ANY (private) THEN 'null'::jsonb
                                           ELSE jsonb_build_array(b.value, a.value) END)
    FROM jsonb_each(before) b(field, value) FULL JOIN jsonb_each(after) a(field, value) USING (field)
    WHERE b.value IS DISTINCT FROM a.value
    HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE TRIGGER directory_supplier_history
    AFTER UPDATE ON directory_supplier FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION directory_keep_history();

-- A supplier's story goes with it (the demonstration's); nobody rewrites it.
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'levier_app') THEN
        REVOKE UPDATE, TRUNCATE ON directory_supplierhistory FROM levier_app;
    END IF;
END $$;
"""

FORGET = """
DROP TRIGGER directory_supplier_history ON directory_supplier;
DROP FUNCTION directory_keep_history();
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0005_profile_and_history")]
    operations = [migrations.RunSQL(KEEP, FORGET)]
