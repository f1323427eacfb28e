"""What comes to the mail address of a contract, and what the other party to an hour says of it."""

from datetime import date

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import User
from levier.execution.models.contracts import Contract
from levier.execution.models.declarations import DeclarationLine
from levier.execution.models.incoming import IncomingFile
from levier.organisations.models import Organisation
from levier.rulebook import unseen_files


class ReceivedMail(models.Model):
    """A message that came to the address of a contract. Neither its text nor its subject is kept: only who sent it, when, its pieces."""

    contract = models.ForeignKey(
        Contract, models.CASCADE, related_name="mails", verbose_name="contrat", db_index=False
    )
    # The fingerprint of its identifier: the same message twice is filed once.
    message_hash = models.CharField("empreinte", max_length=64)
    sender = models.EmailField("de")
    refused = models.PositiveSmallIntegerField("pièces refusées", default=0)
    received_at = models.DateTimeField("reçu le", db_default=Now())
    seen_at = models.DateTimeField("lu le", null=True)
    seen_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="lu par")

    class Meta:
        verbose_name = "courriel reçu"
        verbose_name_plural = "courriels reçus"
        ordering = ("-received_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["contract", "message_hash"], name="execution_mail_once"),
        ]
        indexes = [Index(fields=["contract"], condition=Q(seen_at=None), name="execution_mail_to_read")]

    def __str__(self) -> str:
        return f"courriel {self.pk}"

    @property
    def gone_on(self) -> date | None:
        """The day its pieces went, seen by nobody; None while they are kept, or once seen."""
        if self.seen_at is not None:
            return None
        return unseen_files.gone_on(timezone.localdate(self.received_at), timezone.localdate())


class MailedPaper(models.Model):
    """A piece of a message: a cleaned page kept until it is seen (`stored_as`), or a table to read (`incoming`)."""

    mail = models.ForeignKey(ReceivedMail, models.CASCADE, related_name="papers", verbose_name="courriel")
    stored_as = models.CharField("rangée sous", max_length=40, blank=True)
    is_payslip = models.BooleanField("était un bulletin de paie", default=False, db_default=False)
    # Its letters could not all be read: nothing tells that it is no payslip, so whoever opens it looks.
    is_unread = models.BooleanField("non lu", default=False, db_default=False)
    incoming = models.OneToOneField(
        IncomingFile, models.CASCADE, null=True, related_name="paper", verbose_name="tableau"
    )

    class Meta:
        verbose_name = "pièce reçue par courriel"
        verbose_name_plural = "pièces reçues par courriel"
        constraints = [
            models.CheckConstraint(
                condition=Q(incoming=None) | Q(stored_as=""), name="execution_paper_page_or_table"
            )
        ]

    def __str__(self) -> str:
        return f"pièce {self.pk}"


class ConfirmationState(models.TextChoices):
    """What the other party says."""

    ASKED = "demandee", "À confirmer"
    CONFIRMED = "confirmee", "Confirmée"
    DISPUTED = "contestee", "Contestée"


class Confirmation(models.Model):
    """What an organisation other than the one that declares says of a line: the holder of its subcontractor's, a SIAE of hours it sold."""

    line = models.ForeignKey(
        DeclarationLine, models.CASCADE, related_name="confirmations", verbose_name="ligne"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="confirmations", verbose_name="qui confirme"
    )
    # What was confirmed: hours typed over since are to be confirmed again.
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2)
    state = models.CharField(
        "réponse", max_length=9, choices=ConfirmationState, default=ConfirmationState.ASKED
    )
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="demandée par"
    )
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="par")
    answered_at = models.DateTimeField("répondue le", null=True)

    class Meta:
        verbose_name = "confirmation d’heures"
        verbose_name_plural = "confirmations d’heures"
        constraints = [
            models.UniqueConstraint(fields=["line", "organisation"], name="execution_confirmation_once"),
            models.CheckConstraint(
                condition=Q(state="demandee", answered_at=None)
                | Q(state__in=["confirmee", "contestee"], answered_at__isnull=False),
                name="execution_confirmation_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"confirmation {self.pk}"
