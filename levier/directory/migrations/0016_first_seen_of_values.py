"""Each value of a source knows its first day: the database notes which groups of a record changed, whoever writes it."""

from django.db import migrations, models

KEEP = """
CREATE FUNCTION directory_date_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.since := coalesce(
        (SELECT jsonb_object_agg(now_said.key, CASE WHEN OLD.values -> now_said.key = now_said.value
                                               THEN OLD.since -> now_said.key ELSE to_jsonb(NEW.changed_on) END)
         FROM jsonb_each(NEW.values) now_said
         WHERE OLD.values -> now_said.key IS DISTINCT FROM now_said.value OR OLD.since ? now_said.key),
        '{}');
    RETURN NEW;
END $$;

CREATE TRIGGER directory_sourcerecord_since
    BEFORE UPDATE OF values ON directory_sourcerecord FOR EACH ROW
    WHEN (OLD.values IS DISTINCT FROM NEW.values) EXECUTE FUNCTION directory_date_values();
"""

FORGET = """
DROP TRIGGER directory_sourcerecord_since ON directory_sourcerecord;
DROP FUNCTION directory_date_values();
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0015_refusals_by_hash")]
    operations = [
        migrations.AddField(
            model_name="sourcerecord",
            name="since",
            field=models.JSONField(
                db_default=models.Value({}, output_field=models.JSONField()),
                default=dict,
                help_text="{group: day}, for the groups whose value is newer than first_seen.",
                verbose_name="valeurs plus récentes",
            ),
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
