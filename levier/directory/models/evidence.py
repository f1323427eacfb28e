"""What other rooms learnt of a supplier's activities: facts pushed from above, never read from above."""

from django.db import models
from django.db.models import Q


class ActivityEvidence(models.Model):
    """Contracts of one trade that one establishment won, as the purchasing room counted them.

    By SIRET and not by supplier: holders are pushed whole, whoever is in the directory today.
    """

    siret = models.CharField("SIRET", max_length=14)
    sector = models.CharField("secteur d’achat", max_length=80)
    contracts = models.PositiveIntegerField("marchés remportés")
    last_on = models.DateField("le dernier, notifié le")

    class Meta:
        verbose_name = "indice d’activité"
        verbose_name_plural = "indices d’activité"
        constraints = [
            models.UniqueConstraint(fields=["siret", "sector"], name="directory_evidence_once"),
            models.CheckConstraint(condition=Q(contracts__gt=0), name="directory_evidence_counts"),
            models.CheckConstraint(
                condition=Q(siret__regex=r"^[0-9]{14}$"), name="directory_evidence_siret_digits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.siret} {self.sector} ({self.contracts})"
