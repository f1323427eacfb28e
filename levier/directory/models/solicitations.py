"""Who asked not to be solicited any more, for what and from whom: by the address that receives, or for a whole sheet."""

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now

from levier.directory.models.suppliers import Supplier
from levier.organisations.models import Organisation


class SolicitationRefusal(models.Model):
    """« Ne plus me solliciter »: a topic refused for an address, for a sheet, or for both when a mail of it said so.

    Of an address only the hash is kept (``solicitations.addresses``). ``network``: only what this network sends;
    none: from everybody.
    """

    class Topic(models.TextChoices):
        NEEDS = "needs", "les besoins que des acheteurs m’envoient"
        WEEKLY = "weekly", "les opportunités du lundi"
        CAPACITY = "capacity", "la question du mois sur mes disponibilités"
        CONFIRMATION = "confirmation", "la demande de confirmer ma fiche, tous les six mois"
        NETWORK = "network", "ce que des réseaux m’écrivent au sujet de ma fiche"

    topic = models.CharField("objet", max_length=12, choices=Topic)
    address_hash = models.CharField("empreinte de l’adresse", max_length=64, blank=True)
    supplier = models.ForeignKey(
        Supplier, models.CASCADE, null=True, related_name="solicitation_refusals", verbose_name="fournisseur"
    )
    network = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="+", verbose_name="réseau"
    )
    refused_at = models.DateTimeField("refusé le", db_default=Now())

    class Meta:
        verbose_name = "refus d’être sollicité"
        verbose_name_plural = "refus d’être sollicité"
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "address_hash", "supplier", "network"],
                nulls_distinct=False,
                name="directory_refusal_once",
            ),
            models.CheckConstraint(
                condition=Q(topic__in=["needs", "weekly", "capacity", "confirmation", "network"]),
                name="directory_refusal_topic_known",
            ),
            models.CheckConstraint(
                condition=~Q(address_hash="") | Q(supplier__isnull=False),
                name="directory_refusal_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(address_hash="") | Q(address_hash__regex=r"^[0-9a-f]{64}$"),
                name="directory_refusal_hash_whole",
            ),
            models.CheckConstraint(
                condition=Q(network=None) | Q(topic="network"), name="directory_refusal_scope_of_topic"
            ),
        ]
        # Before a mail leaves: does this address refuse it?
        indexes = [Index(fields=["address_hash", "topic"], name="directory_refusal_hash")]

    def __str__(self) -> str:
        return f"refus {self.pk}"
