from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("execution", "0016_unread_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="holder_address",
            field=models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="adresse du titulaire"),
        ),
    ]
