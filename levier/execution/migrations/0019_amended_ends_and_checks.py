import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    """An amendment may move the end of a contract; a contract sets its own checks of declared lines."""

    dependencies = [
        ("execution", "0018_entry_facts"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="check_switches",
            field=models.JSONField(blank=True, db_default=django.db.models.expressions.Value({}, models.JSONField()), default=dict, verbose_name="contrôles réglés"),
        ),
        migrations.RemoveConstraint(model_name="amendment", name="execution_amendment_moves_hours"),
        migrations.AddField(
            model_name="amendment",
            name="ends_on",
            field=models.DateField(null=True, verbose_name="nouvelle fin du contrat"),
        ),
        migrations.AddField(
            model_name="amendment",
            name="ended_on",
            field=models.DateField(null=True, verbose_name="fin d’avant"),
        ),
        migrations.AlterField(
            model_name="amendment",
            name="state",
            field=models.CharField(choices=[("a_decider", "À décider par l’acheteur"), ("decide", "Décidé"), ("refuse", "Sans effet")], default="a_decider", max_length=9, verbose_name="état"),
        ),
        migrations.AlterField(
            model_name="hourstransfer",
            name="state",
            field=models.CharField(choices=[("a_decider", "À décider par l’acheteur"), ("decide", "Décidé"), ("refuse", "Sans effet")], default="a_decider", max_length=9, verbose_name="état"),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("hours_change", 0), _negated=True), ("ends_on__isnull", False), _connector="OR"), name="execution_amendment_moves"),
        ),
    ]
