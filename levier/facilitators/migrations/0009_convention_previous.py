"""A convention may follow another: its renewal."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('facilitators', '0008_prescriber_schools'),
    ]

    operations = [
        migrations.AddField(
            model_name='convention',
            name='previous',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='following', to='facilitators.convention', verbose_name='renouvelle'),
        ),
    ]
