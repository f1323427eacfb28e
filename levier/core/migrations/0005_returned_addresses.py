from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0004_mail_returns"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReturnedAddress",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
            ],
        ),
    ]
