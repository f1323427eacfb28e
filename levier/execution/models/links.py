"""The link by which the contact of a company declares its months, without an account."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from levier.core.audit import Actor
from levier.execution.models.contracts import Contract
from levier.organisations.models import Organisation


class DeclarationLinkQuerySet(models.QuerySet["DeclarationLink"]):
    def open(self, now: datetime) -> "DeclarationLinkQuerySet":
        """Neither closed nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class DeclarationLink(models.Model):
    """One contact, one contract, one period: `first_month` to `month`. The address is signed and not stored.

    A code sent to `email` opens it, and is kept as a hash.
    """

    contract = models.ForeignKey(
        Contract, models.CASCADE, related_name="declaration_links", verbose_name="contrat"
    )
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="entreprise")
    email = models.EmailField("courriel")
    first_month = models.DateField("premier mois")
    month = models.DateField("mois")
    created_at = models.DateTimeField("créé le", db_default=Now())
    expires_at = models.DateTimeField("ouvert jusqu’au")
    revoked_at = models.DateTimeField("fermé le", null=True)
    code_hash = models.CharField("empreinte du code", max_length=64, blank=True)
    code_expires_at = models.DateTimeField("code valable jusqu’à", null=True)
    attempts_left = models.PositiveSmallIntegerField("essais restants", default=0)
    codes_sent = models.PositiveSmallIntegerField("codes envoyés", default=0)
    opened_at = models.DateTimeField("ouvert le", null=True)

    objects = DeclarationLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien de déclaration"
        verbose_name_plural = "liens de déclaration"
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "company", "month", "email"],
                condition=Q(revoked_at=None),
                name="execution_link_one_open",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1, first_month__day=1, first_month__lte=models.F("month")),
                name="execution_link_months",
            ),
        ]

    def __str__(self) -> str:
        return f"lien de déclaration {self.pk}"

    def as_actor(self) -> Actor:
        """How it signs an audit event: by its number, never by the address."""
        return Actor(label=f"lien de déclaration {self.pk}")
