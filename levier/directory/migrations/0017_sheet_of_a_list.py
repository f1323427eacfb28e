"""Which sheet of a workbook a list is read from, once somebody chose it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0016_first_seen_of_values")]
    operations = [
        migrations.AddField(
            "listimport",
            "sheet",
            models.CharField(
                "feuille", max_length=100, blank=True, default="", help_text="Of a workbook, the one to read."
            ),
        ),
    ]
