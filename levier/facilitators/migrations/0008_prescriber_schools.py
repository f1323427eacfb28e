"""Schools of the second chance and EPIDE are structures too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('facilitators', '0007_trade_bodies'),
    ]

    operations = [
        migrations.AlterField(
            model_name='structure',
            name='kind',
            field=models.CharField(choices=[('mde', 'Maison de l’emploi'), ('plie', 'PLIE'), ('epci', 'EPCI'), ('departement', 'Département'), ('region', 'Région'), ('association', 'Association'), ('mission_interne', 'Mission interne d’un acheteur'), ('mission_locale', 'Mission locale'), ('france_travail', 'France Travail'), ('cap_emploi', 'Cap emploi'), ('e2c', 'École de la deuxième chance'), ('epide', 'EPIDE'), ('reseau_siae', 'Réseau de structures d’insertion'), ('crepi', 'CREPI'), ('face', 'Club FACE'), ('cabinet', 'Cabinet de conseil')], max_length=16, verbose_name='nature'),
        ),
    ]
