"""Refusals of invitations join the others: a hash for the address, a network for the scope; rows are carried over."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils.crypto import salted_hmac

_BEFORE = {"needs", "weekly", "capacity", "confirmation"}


def carry_over(apps, schema_editor):
    """Hash the addresses kept in clear; who refused everything refuses the new topic; add who refused invitations."""
    refusals = apps.get_model("directory", "SolicitationRefusal")
    topics = {}
    for one in refusals.objects.exclude(address="").iterator():
        # As solicitations.addresses.address_hash, written here since a migration must not change.
        one.address_hash = salted_hmac(
            "levier.directory.invitation", one.address.strip().lower(), algorithm="sha256"
        ).hexdigest()
        one.save(update_fields=["address_hash"])
        topics.setdefault(one.address_hash, {}).setdefault(one.topic, one.refused_at)
    when = {found: max(said.values()) for found, said in topics.items() if set(said) >= _BEFORE}
    for one in apps.get_model("directory", "InvitationRefusal").objects.iterator():
        when[one.address_hash] = one.at
    refusals.objects.bulk_create(
        [refusals(topic="network", address_hash=found, refused_at=at) for found, at in when.items()],
        batch_size=1000,
    )
    # The index of the new column is made at the end of this transaction: PostgreSQL wants no check left pending.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0013_refusals_restrictions_evidence"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitationrefusal",
            name="address_hash",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="empreinte de l’adresse"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="solicitationrefusal",
            name="network",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="organisations.organisation",
                verbose_name="réseau",
            ),
        ),
        migrations.RemoveConstraint(model_name="solicitationrefusal", name="directory_refusal_once"),
        migrations.RemoveConstraint(model_name="solicitationrefusal", name="directory_refusal_topic_known"),
        migrations.RemoveConstraint(model_name="solicitationrefusal", name="directory_refusal_of_somebody"),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
