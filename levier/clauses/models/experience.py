"""What other lots did and do: facts that higher rooms push, or that a structure brings from its own records."""

from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Now

from levier.organisations.models import Organisation


class RealisedLot(models.Model):
    """One lot that is over: what was planned, what was done. Hours in hours, euros without tax.

    `worked_hours`: all the hours worked on the lot, when somebody counted them: they tell the labour share.
    `organisation`: the structure that followed it. `key`: the sender's own, so that sending twice adds nothing.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="realised_lots", verbose_name="structure"
    )
    key = models.CharField("clé", max_length=120)
    title = models.CharField("objet", max_length=200)
    trade = models.CharField("métier", max_length=40)
    departement_code = models.CharField("département", max_length=3, blank=True)
    amount_ht = models.DecimalField("montant HT (€)", max_digits=13, decimal_places=2)
    months = models.DecimalField("durée (mois)", max_digits=5, decimal_places=1, null=True)
    planned_hours = models.DecimalField("heures prévues", max_digits=9, decimal_places=2)
    done_hours = models.DecimalField("heures réalisées", max_digits=9, decimal_places=2)
    worked_hours = models.DecimalField("heures travaillées", max_digits=11, decimal_places=2, null=True)
    ended_on = models.DateField("terminé le")
    created_at = models.DateTimeField("reçu le", db_default=Now())

    class Meta:
        verbose_name = "lot réalisé"
        verbose_name_plural = "lots réalisés"
        ordering = ("-ended_on", "-id")
        indexes = [Index(fields=["trade", "-ended_on"], name="clauses_realised_by_trade")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="clauses_realised_once"),
            models.CheckConstraint(
                condition=Q(amount_ht__gt=0, planned_hours__gt=0, done_hours__gte=0)
                & (Q(worked_hours=None) | Q(worked_hours__gte=F("done_hours"))),
                name="clauses_realised_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"lot réalisé {self.pk}"


class LiveClause(models.Model):
    """A clause under way or signed: hours due on a territory between two days; they weigh on the next ones."""

    key = models.CharField("clé", max_length=120, unique=True)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="live_clauses", verbose_name="acheteur"
    )
    departement_code = models.CharField("département", max_length=3)
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    class Meta:
        verbose_name = "clause en cours"
        verbose_name_plural = "clauses en cours"
        ordering = ("starts_on", "id")
        indexes = [Index(fields=["departement_code", "ends_on"], name="clauses_live_on_territory")]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0, ends_on__gte=F("starts_on")), name="clauses_live_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"clause en cours {self.pk}"
