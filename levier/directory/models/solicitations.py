"""Who asked not to be solicited any more, for what: by the address that receives, or for a whole sheet."""

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now

from levier.directory.models.suppliers import Supplier


class SolicitationRefusal(models.Model):
    """« Ne plus me solliciter »: a topic refused for an address, for a sheet, or for both when a mail of it said so.

    The address is kept in small letters: it is what a mail is compared with before it leaves.
    """

    class Topic(models.TextChoices):
        NEEDS = "needs", "les besoins que des acheteurs m’envoient"
        WEEKLY = "weekly", "les opportunités du lundi"
        CAPACITY = "capacity", "la question du mois sur mes disponibilités"
        CONFIRMATION = "confirmation", "la demande de confirmer ma fiche, tous les six mois"

    topic = models.CharField("objet", max_length=12, choices=Topic)
    address = models.CharField("adresse", max_length=254, blank=True)
    supplier = models.ForeignKey(
        Supplier, models.CASCADE, null=True, related_name="solicitation_refusals", verbose_name="fournisseur"
    )
    refused_at = models.DateTimeField("refusé le", db_default=Now())

    class Meta:
        verbose_name = "refus d’être sollicité"
        verbose_name_plural = "refus d’être sollicité"
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "address", "supplier"], nulls_distinct=False, name="directory_refusal_once"
            ),
            models.CheckConstraint(
                condition=Q(topic__in=["needs", "weekly", "capacity", "confirmation"]),
                name="directory_refusal_topic_known",
            ),
            models.CheckConstraint(
                condition=~Q(address="") | Q(supplier__isnull=False), name="directory_refusal_of_somebody"
            ),
        ]
        # Before a mail leaves: does this address refuse it?
        indexes = [Index(fields=["address", "topic"], name="directory_refusal_address")]

    def __str__(self) -> str:
        return f"refus {self.pk}"
