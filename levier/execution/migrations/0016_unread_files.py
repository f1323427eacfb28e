from django.db import migrations, models

# Photographs that came before anything read them.
BEFORE = """
UPDATE execution_hoursstatement SET is_unread = true WHERE file LIKE '%.jpg';
UPDATE execution_personproof SET is_unread = true WHERE file LIKE '%.jpg';
UPDATE execution_mailedpaper SET is_unread = true WHERE stored_as LIKE '%.jpg';
"""


def _unread(model):
    field = models.BooleanField(db_default=False, default=False, verbose_name="non lu")
    return migrations.AddField(model_name=model, name="is_unread", field=field)


class Migration(migrations.Migration):

    dependencies = [
        ("execution", "0015_attestation_signatures"),
    ]

    operations = [
        _unread("hoursstatement"),
        _unread("mailedpaper"),
        _unread("personproof"),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
