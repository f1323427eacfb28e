"""Dossiers that somebody chose to share: frozen, unguessable, expiring, revocable."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def open(self) -> "SnapshotQuerySet":
        """Neither revoked nor past its date."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class Snapshot(models.Model):
    """One dossier as it was on the day it was shared.

    Only hashes of the two secrets are kept: one opens the page, the other lets its maker revoke it.
    """

    token_hash = models.CharField("empreinte du lien", max_length=64, unique=True)
    revocation_hash = models.CharField("empreinte du lien de retrait", max_length=64, unique=True)
    need = models.JSONField("besoin saisi")
    dossier = models.JSONField("dossier figé")
    page = models.TextField("page figée")
    created_at = models.DateTimeField("créé le", default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="snapshots",
        verbose_name="créé par",
    )
    expires_at = models.DateTimeField("expire le")
    revoked_at = models.DateTimeField("retiré le", null=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier partagé"
        verbose_name_plural = "dossiers partagés"
        # The nightly task deletes what has expired.
        indexes = [models.Index(fields=["expires_at"], name="dossier_snapshot_expiry")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="dossier_snapshot_expires_later"
            )
        ]

    def __str__(self) -> str:
        return f"dossier partagé le {self.created_at:%d/%m/%Y}"
