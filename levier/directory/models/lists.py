"""Lists that somebody brings: how their columns are read, and each reading of one."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.directory.kinds import CODES, KINDS
from levier.organisations.models import Organisation


class SavedMapping(models.Model):
    """How the columns of somebody's list are read: our column → theirs, and the kind when no column gives it.

    A list imported through it is a source of its own, « list-<id> ». Without organisation it is the installation's.
    """

    name = models.SlugField("nom court", max_length=60)
    label = models.CharField("libellé", max_length=150)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="mappings", verbose_name="organisation"
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="enregistrée par"
    )
    columns = models.JSONField("colonnes", help_text="{our column: title of theirs}")
    kind = models.CharField(
        "type de toutes les lignes",
        max_length=10,
        blank=True,
        choices=[(kind.code, kind.name) for kind in KINDS],
    )
    created_at = models.DateTimeField("créée le", db_default=Now())

    class Meta:
        verbose_name = "correspondance de colonnes"
        verbose_name_plural = "correspondances de colonnes"
        ordering = ("label", "name")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="directory_mapping_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(kind="") | Q(kind__in=CODES), name="directory_mapping_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def source_slug(self) -> str:
        """The source under which its rows are kept."""
        return f"list-{self.pk}"


class ListImport(models.Model):
    """A list somebody brought: the file as received, how it is read, what a trial or its publication gave."""

    class State(models.TextChoices):
        # Set when the file is received: the correspondence is still to be confirmed.
        RECEIVED = "received", "colonnes à vérifier"
        # Set with the job that tries the file without publishing.
        CHECKING = "checking", "essai en cours"
        CHECKED = "checked", "essai terminé"
        # Set with the job that publishes.
        PUBLISHING = "publishing", "publication en cours"
        PUBLISHED = "published", "publiée"
        FAILED = "failed", "refusée"

    mapping = models.ForeignKey(
        SavedMapping, models.CASCADE, related_name="imports", verbose_name="correspondance"
    )
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="par")
    state = models.CharField("état", max_length=10, choices=State, default=State.RECEIVED)
    file_name = models.CharField("fichier", max_length=255)
    # Under LEVIER_HOME/uploads, by a name nobody can guess; removed with the row.
    stored_as = models.CharField("rangé sous", max_length=80, unique=True)
    # Empty until somebody chooses one: then the one whose titles are recognised.
    sheet = models.CharField(
        "feuille", max_length=100, blank=True, default="", help_text="Of a workbook, the one to read."
    )
    outcome = models.JSONField("bilan", default=dict, help_text="Figures of the last trial or publication.")
    problem = models.TextField("cause du refus", blank=True)
    created_at = models.DateTimeField("reçue le", db_default=Now())

    class Meta:
        verbose_name = "liste apportée"
        verbose_name_plural = "listes apportées"
        ordering = ("-created_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["received", "checking", "checked", "publishing", "published", "failed"]
                ),
                name="directory_list_state_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"
