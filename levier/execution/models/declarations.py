"""Declared hours: a month of a company on a commitment, and one line for each person, decided by the facilitator.

A line that is decided stays (a trigger says so): a correction is a new line, whose acceptance reverses the posting of the old one.
"""

from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.execution.models.contracts import Commitment
from levier.execution.models.ledger import LONGEST_MONTH_HOURS, LedgerPosting
from levier.execution.models.links import DeclarationLink
from levier.execution.models.people import Entry
from levier.organisations.models import Organisation


class DeclarationState(models.TextChoices):
    """How far a declared month went; « répondue » once each of its lines is decided."""

    DRAFT = "brouillon", "En préparation"
    SENT = "envoyee", "Envoyée"
    ANSWERED = "repondue", "Répondue"


class Declaration(models.Model):
    """The hours a company declares for a commitment in a month (its first day); typed by the company, or by the facilitator for it."""

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="declarations", verbose_name="engagement", db_index=False
    )
    company = models.ForeignKey(
        Organisation, models.PROTECT, related_name="declarations", verbose_name="entreprise qui déclare"
    )
    month = models.DateField("mois")
    state = models.CharField("état", max_length=9, choices=DeclarationState, default=DeclarationState.DRAFT)
    sent_at = models.DateTimeField("envoyée le", null=True)
    created_at = models.DateTimeField("créée le", db_default=Now())

    class Meta:
        verbose_name = "déclaration"
        verbose_name_plural = "déclarations"
        ordering = ("-month", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "company", "month"], name="execution_declaration_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="execution_declaration_first_day"),
            models.CheckConstraint(
                condition=Q(state="brouillon", sent_at=None)
                | Q(state__in=["envoyee", "repondue"], sent_at__isnull=False),
                name="execution_declaration_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"déclaration {self.pk}"


class LineState(models.TextChoices):
    """Where a line stands; the two last are final."""

    WAITING = "en_attente", "À décider"
    QUESTIONED = "question", "Question posée"
    ACCEPTED = "acceptee", "Acceptée"
    REJECTED = "refusee", "Refusée"


class LineReason(models.TextChoices):
    """Why a line is questioned, rejected, or accepted in spite of a remark: a code, since a free text could name somebody."""

    TOTAL = "total", "Le total du mois est à vérifier"
    DATES = "dates", "Les dates ne correspondent pas"
    STATEMENT = "releve", "Le relevé d’heures manque ou diffère"
    TWICE = "doublon", "Ces heures comptent déjà ailleurs"
    PERSON = "personne", "Ce n’est pas la bonne personne"
    OUTSIDE = "hors_contrat", "Ces heures ne sont pas faites sur ce contrat"
    CHECKED = "verifie", "Vérifié avec l’entreprise ou la personne"
    DEROGATION = "derogation", "Dérogation du préfet vue (plafond des associations intermédiaires)"


class DeclarationLine(models.Model):
    """Hours of one entry in one declared month. `counted`: what the ledger got, once accepted. `reason`: a code, never a text.

    `statement_seen_on`, `statement_seen_by`: « relevé vu le…, par… », which makes the posting documented. `corrects`: the
    accepted line this one replaces.
    """

    declaration = models.ForeignKey(
        Declaration, models.PROTECT, related_name="lines", verbose_name="déclaration", db_index=False
    )
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lines", verbose_name="entrée")
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2)
    modality = models.SlugField("modalité", max_length=20, db_index=False)
    employer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="employeur", db_index=False
    )
    state = models.CharField("état", max_length=10, choices=LineState, default=LineState.WAITING)
    reason = models.CharField("motif", max_length=12, choices=LineReason, blank=True)
    counted = models.DecimalField("heures comptées", max_digits=9, decimal_places=2, null=True)
    statement_seen_on = models.DateField("relevé vu le", null=True)
    # No constraint on accounts: a decided line stays when the account goes.
    statement_seen_by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="vu par",
        db_index=False,
    )  # fmt: skip
    # An account, or the link of a contact that has none.
    declared_by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="saisie par",
        db_index=False,
    )  # fmt: skip
    declared_through = models.ForeignKey(
        DeclarationLink, models.PROTECT, null=True, related_name="+", verbose_name="saisie par le lien",
        db_index=False,
    )  # fmt: skip
    declared_at = models.DateTimeField("saisie le", db_default=Now())
    decided_by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="décidée par",
        db_index=False,
    )  # fmt: skip
    decided_at = models.DateTimeField("décidée le", null=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", verbose_name="corrige"
    )
    posting = models.OneToOneField(
        LedgerPosting, models.PROTECT, null=True, related_name="line", verbose_name="écriture"
    )
    incoming = models.ForeignKey(
        "execution.IncomingFile", models.PROTECT, null=True, related_name="lines", verbose_name="venue de"
    )

    class Meta:
        verbose_name = "ligne d’une déclaration"
        verbose_name_plural = "lignes des déclarations"
        ordering = ("declaration", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["declaration", "entry"],
                condition=Q(state__in=["en_attente", "question"]),
                name="execution_line_one_open",
            ),
            models.UniqueConstraint(
                fields=["corrects"], condition=~Q(state="refusee"), name="execution_line_corrected_once"
            ),
            models.CheckConstraint(
                condition=Q(declared_by=None) ^ Q(declared_through=None), name="execution_line_declared_by"
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=0, hours__lte=LONGEST_MONTH_HOURS), name="execution_line_hours"
            ),
            models.CheckConstraint(
                condition=Q(state="en_attente", decided_at=None, counted=None, posting=None)
                | Q(state="question", decided_at=None, counted=None, posting=None) & ~Q(reason="")
                | Q(state="refusee", decided_at__isnull=False, counted=None, posting=None) & ~Q(reason="")
                | Q(state="acceptee", decided_at__isnull=False, counted=0, posting=None)
                | Q(
                    state="acceptee", decided_at__isnull=False, counted__gt=0, counted__lte=F("hours"),
                    posting__isnull=False,
                ),
                name="execution_line_decided",
            ),
        ]  # fmt: skip
        indexes = [Index(fields=["declaration"], name="execution_lines_of_month")]

    def __str__(self) -> str:
        return f"ligne {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision or an answer."""
        return self.state in (LineState.WAITING, LineState.QUESTIONED)
