"""The exchanges between the référent of a purchase and its facilitator: fixed beforehand, then held."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.purchasing.models import Purchase


class ReferentExchange(models.Model):
    """One exchange. `held_on`: the day it took place, said by somebody of either side; it is then never changed."""

    purchase = models.ForeignKey(
        Purchase, models.CASCADE, related_name="referent_exchanges", verbose_name="achat"
    )
    planned_on = models.DateField("prévu le")
    title = models.CharField("objet", max_length=120)
    held_on = models.DateField("tenu le", null=True)
    words = models.CharField("ce qui a été décidé", max_length=500, blank=True)
    noted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="noté par")
    made_at = models.DateTimeField("fixé le", db_default=Now())

    class Meta:
        verbose_name = "échange du référent"
        verbose_name_plural = "échanges du référent"
        ordering = ("planned_on", "id")
        constraints = [
            models.UniqueConstraint(fields=["purchase", "planned_on"], name="clauses_exchange_once"),
            models.CheckConstraint(condition=~Q(title=""), name="clauses_exchange_title"),
        ]

    def __str__(self) -> str:
        return f"échange {self.pk}"
