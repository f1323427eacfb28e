"""The mail of the morning to whoever follows contracts: how far it was told, and whether it wants it."""

from django.db import models

from levier.accounts.models import User


class WorkDigest(models.Model):
    """What an account was told by the mail of the morning: everything that arrived until `told_until`, this day included."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="work_digest", verbose_name="compte"
    )
    told_until = models.DateField("dit jusqu’au", null=True)
    stopped_at = models.DateTimeField("arrêté le", null=True)

    class Meta:
        verbose_name = "courriel du matin"
        verbose_name_plural = "courriels du matin"

    def __str__(self) -> str:
        return f"courriel du matin {self.pk}"
