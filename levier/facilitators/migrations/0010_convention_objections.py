"""A party refuses a version or asks for a change; what was proposed is known; the role of the structure for people's data."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


def mark_proposed(apps, schema_editor):
    """What stands proposed or signed, and whatever somebody signed, was proposed: the parties go on reading it."""
    Version = apps.get_model("facilitators", "ConventionVersion")
    shown = Version.objects.exclude(convention__state="brouillon").order_by("convention_id", "-number")
    last = {}
    for one in shown:
        last.setdefault(one.convention_id, one.pk)
    signed = Version.objects.filter(signatures__isnull=False).values("pk")
    Version.objects.filter(Q(pk__in=last.values()) | Q(pk__in=signed)).update(proposed_at=F("made_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("facilitators", "0009_convention_previous"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='convention',
            name='data_role',
            field=models.CharField(choices=[('sous_traitante', 'Pour le compte de l’acheteur ou des collectivités (RGPD, article 28)'), ('responsable', 'Pour son propre suivi : chaque partie est responsable de ses traitements')], db_default='sous_traitante', default='sous_traitante', max_length=14, verbose_name='rôle pour les données'),
        ),
        migrations.AddField(
            model_name='conventionversion',
            name='proposed_at',
            field=models.DateTimeField(null=True, verbose_name='proposée le'),
        ),
        migrations.AddField(
            model_name='conventionparty',
            name='left_on',
            field=models.DateField(null=True, verbose_name='partie le'),
        ),
        migrations.AddField(
            model_name='conventionparty',
            name='left_words',
            field=models.CharField(blank=True, db_default='', max_length=500, verbose_name='motif du départ'),
        ),
        migrations.AddField(
            model_name='measurefact',
            name='company_siren',
            field=models.CharField(blank=True, db_default='', max_length=9, verbose_name='SIREN de l’entreprise'),
        ),
        migrations.AddField(
            model_name='measurefact',
            name='convention',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='facts', to='facilitators.convention', verbose_name='convention'),
        ),
        migrations.CreateModel(
            name='ConventionObjection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(max_length=1000, verbose_name='ce qui doit changer')),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='le')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='objections', to='facilitators.conventionparty', verbose_name='partie')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='objections', to='facilitators.conventionversion', verbose_name='version')),
            ],
            options={
                'verbose_name': 'objection à une convention',
                'verbose_name_plural': 'objections à une convention',
                'ordering': ('made_at', 'id'),
                'constraints': [models.UniqueConstraint(fields=('party', 'version'), name='facilitators_objection_once')],
            },
        ),
        migrations.RunPython(mark_proposed, migrations.RunPython.noop),
    ]
