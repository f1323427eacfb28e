"""Conventions."""

from django.db import models
from django.db.models import Q

from levier.facilitators.models.structures import Structure


class Convention(models.Model):
    """A cooperation agreement between a buyer and a structure."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="conventions")
    buyer_siren = models.CharField("SIREN de l’acheteur", max_length=9)
    valid_from = models.DateField("du")
    valid_to = models.DateField("au", null=True, blank=True)
    is_lead = models.BooleanField("chef de file des opérations sur plusieurs territoires", default=False)

    class Meta:
        verbose_name = "convention"
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "buyer_siren", "valid_from"], name="facilitators_convention_once"
            ),
            models.CheckConstraint(
                condition=Q(buyer_siren__regex=r"^\d{9}$"), name="facilitators_convention_siren"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="facilitators_convention_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.structure_id} – {self.buyer_siren}"
