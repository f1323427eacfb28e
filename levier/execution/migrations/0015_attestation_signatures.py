import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# The signature is as frozen as what it signs.
STAYS = """
CREATE OR REPLACE FUNCTION execution_attestation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR (
        OLD.contract_id, OLD.token, OLD.content, OLD.digest, OLD.issued_by_id, OLD.issued_at{old}
    ) IS DISTINCT FROM (
        NEW.contract_id, NEW.token, NEW.content, NEW.digest, NEW.issued_by_id, NEW.issued_at{new}
    ) THEN
        RAISE EXCEPTION 'Une attestation ne change plus : elle se retire.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
GUARD = STAYS.format(old=", OLD.key_id, OLD.signature", new=", NEW.key_id, NEW.signature")


class Migration(migrations.Migration):

    dependencies = [
        ("execution", "0014_person_address"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttestationKey",
            fields=[
                ("identifier", models.CharField(max_length=16, primary_key=True, serialize=False, verbose_name="identifiant")),
                ("public", models.CharField(max_length=44, verbose_name="clé publique")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="depuis le")),
                ("retired_at", models.DateTimeField(null=True, verbose_name="retirée le")),
                ("is_compromised", models.BooleanField(db_default=False, default=False, verbose_name="compromise")),
            ],
            options={
                "verbose_name": "clé des attestations",
                "verbose_name_plural": "clés des attestations",
                "ordering": ("-made_at",),
            },
        ),
        migrations.AddField(
            model_name="attestation",
            name="key",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="execution.attestationkey", verbose_name="clé",
            ),
        ),
        migrations.AddField(
            model_name="attestation",
            name="signature",
            field=models.CharField(blank=True, max_length=88, verbose_name="signature"),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", None), ("signature", ""))
                | models.Q(("key__isnull", False), models.Q(("signature", ""), _negated=True)),
                name="execution_attestation_signed",
            ),
        ),
        migrations.RunSQL(GUARD, STAYS.format(old="", new="")),
    ]
