"""Federations, branches, chambers of a trade: whom a buyer may consult before a consultation is published."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from levier.accounts.models import User


class TradeBodyKind(models.TextChoices):
    """What it is; the keys are those of the participants of a consultation of trades."""

    FEDERATION = "federation", "Fédération professionnelle"
    BRANCH = "branche", "Branche ou syndicat"
    OTHER = "autre", "Chambre, club ou autre"


class TradeBody(models.Model):
    """One body and what it speaks for.

    `trades`: sectors or families of sectors of the reference, « cpv:45 », « naf:8121 ». `territories`: « scope:code »;
    empty: the whole country. `email`: a public address of the body, never of a person. `is_confirmed`: somebody of the
    network checked it; what the house wrote from general knowledge is not. `is_hidden`: taken out of the choices.
    """

    name = models.CharField("nom", max_length=160)
    kind = models.CharField("nature", max_length=10, choices=TradeBodyKind, default=TradeBodyKind.FEDERATION)
    trades = ArrayField(models.CharField(max_length=60), verbose_name="métiers")
    territories = ArrayField(
        models.CharField(max_length=24), default=list, db_default=[], verbose_name="territoires"
    )
    contact_page = models.URLField("page de contact", max_length=300, blank=True)
    email = models.EmailField("adresse publique", blank=True)
    source = models.CharField("source", max_length=200)
    is_confirmed = models.BooleanField("vérifiée", default=False, db_default=False)
    is_hidden = models.BooleanField("retirée des choix", default=False, db_default=False)
    written_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField("modifiée le", db_default=Now())

    class Meta:
        verbose_name = "organisation professionnelle"
        verbose_name_plural = "organisations professionnelles"
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["name"], name="facilitators_trade_body_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in TradeBodyKind])
                & Q(trades__len__gt=0)
                & ~Q(source=""),
                name="facilitators_trade_body_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"organisation professionnelle {self.pk}"
