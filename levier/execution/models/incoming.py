"""Files that bring hours, people or contracts: how their columns are read, what each one gave, whether it was undone.

The rows themselves stand outside of the database (`incoming.shelf`), without any number of a person, and go after a few days.
"""

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.execution.models.contracts import Commitment, Contract
from levier.organisations.models import Organisation


class IncomingKind(models.TextChoices):
    """What a file is for."""

    TAKING_OVER = "reprise", "Reprise d’un tableau"
    HOURS = "heures", "Heures d’un mois"


class IncomingState(models.TextChoices):
    """Where a file stands. Nothing is written before « repris »."""

    RECEIVED = "recu", "colonnes à vérifier"
    READING = "lecture", "lecture en cours"
    READ = "lu", "lu, rien n’est écrit"
    WRITING = "ecriture", "écriture en cours"
    WRITTEN = "repris", "repris"
    UNDONE = "annule", "annulé"
    FAILED = "echec", "refusé"


class IncomingFile(models.Model):
    """A table somebody sent. `organisation`: for whom it is read, the structure that follows or the company that declares.

    `commitment`: the one a month of hours is for; a taking over finds its contracts in the file, or takes `contract` for all its rows.
    `choices`: the sheet, the roles of its columns by folded title, the year, SIRENs said on screen; `account`: figures of the last reading.
    """

    kind = models.CharField("usage", max_length=7, choices=IncomingKind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="incoming_files", verbose_name="organisation"
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, related_name="incoming_files", verbose_name="contrat"
    )
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, related_name="+", verbose_name="engagement", db_index=False
    )
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="par")
    name = models.CharField("fichier", max_length=200)
    sha256 = models.CharField("empreinte", max_length=64)
    stored_as = models.CharField("rangé sous", max_length=80, unique=True)
    state = models.CharField("état", max_length=8, choices=IncomingState, default=IncomingState.RECEIVED)
    choices = models.JSONField("colonnes", default=dict)
    account = models.JSONField("bilan", default=dict)
    problem = models.TextField("cause du refus", blank=True)
    created_at = models.DateTimeField("reçu le", db_default=Now())
    written_at = models.DateTimeField("repris le", null=True)
    undone_at = models.DateTimeField("annulé le", null=True)

    class Meta:
        verbose_name = "fichier reçu"
        verbose_name_plural = "fichiers reçus"
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="reprise", commitment=None) | Q(kind="heures", contract__isnull=False, commitment__isnull=False),
                name="execution_incoming_of_hours_has_its_commitment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["recu", "lecture", "lu", "ecriture", "echec"], written_at=None, undone_at=None)
                | Q(state="repris", written_at__isnull=False, undone_at=None)
                | Q(state="annule", written_at__isnull=False, undone_at__isnull=False),
                name="execution_incoming_state",
            ),
        ]  # fmt: skip
        indexes = [Index(fields=["organisation", "sha256"], name="execution_incoming_again")]

    def __str__(self) -> str:
        return f"fichier {self.pk}"

    @property
    def is_running(self) -> bool:
        """Whether a job is at work on it."""
        return self.state in (IncomingState.READING, IncomingState.WRITING)


class SavedColumns(models.Model):
    """What the titles of somebody's files mean, as said on screen: folded title → role; SIREN of a name that has none in its files.

    A title of words of its own, which may be the name of somebody, is kept as a seal.
    """

    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        related_name="saved_columns",
        verbose_name="organisation",
        db_index=False,
    )
    kind = models.CharField("usage", max_length=7, choices=IncomingKind)
    roles = models.JSONField("rôles", default=dict)
    sirens = models.JSONField("SIREN des noms", default=dict)

    class Meta:
        verbose_name = "colonnes retenues"
        verbose_name_plural = "colonnes retenues"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="execution_columns_once")
        ]

    def __str__(self) -> str:
        return f"colonnes {self.pk}"
