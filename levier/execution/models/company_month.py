"""What a company sends each month without an account: the links it gets, what it sent, its hours statements, who comes and goes.

And how the following structure reaches it: calls noted, reminders sent once.
"""

from datetime import date

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import User
from levier.execution.models.contracts import Contract
from levier.execution.models.declarations import Declaration
from levier.execution.models.links import DeclarationLink
from levier.execution.models.people import Entry
from levier.organisations.models import Organisation
from levier.rulebook import unseen_files


def _account(label: str) -> models.ForeignKey:
    """Who did it; no constraint, so that the row stays when the account goes."""
    return models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name=label,
        db_index=False,
    )  # fmt: skip


class DeclarationSending(models.Model):
    """A month sent once: `key` comes from the page, so that sending twice writes once. `lines`: people with a figure.

    `digests`: of the parts that were sent; other ones under the same key are another sending.
    """

    key = models.UUIDField("clé d’envoi", db_index=True)
    digests = models.JSONField("empreintes", default=list)
    declaration = models.ForeignKey(
        Declaration, models.PROTECT, related_name="sendings", verbose_name="déclaration"
    )
    link = models.ForeignKey(
        DeclarationLink, models.PROTECT, null=True, related_name="+", verbose_name="par le lien"
    )
    by = _account("par")
    lines = models.PositiveSmallIntegerField("personnes avec un nombre")
    left_blank = models.PositiveSmallIntegerField("personnes sans nombre")
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2)
    chain_head = models.CharField("tête de chaîne", max_length=64)
    at = models.DateTimeField("le", db_default=Now())

    class Meta:
        verbose_name = "envoi d’un mois"
        verbose_name_plural = "envois de mois"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"envoi {self.pk}"


class HoursStatement(models.Model):
    """A statement of hours (never a payslip), kept until the facilitator has seen it, or too long: then the file goes and the mention stays."""

    declaration = models.ForeignKey(
        Declaration, models.PROTECT, related_name="statements", verbose_name="déclaration"
    )
    file = models.CharField("fichier", max_length=40, blank=True)
    size = models.PositiveIntegerField("taille")
    link = models.ForeignKey(
        DeclarationLink, models.PROTECT, null=True, related_name="+", verbose_name="par le lien"
    )
    by = _account("envoyé par")
    sent_at = models.DateTimeField("envoyé le", db_default=Now())
    seen_on = models.DateField("vu le", null=True)
    seen_by = _account("vu par")
    # Whoever opened it found a payslip: it went at once, and the sender was told.
    is_payslip = models.BooleanField("était un bulletin de paie", default=False, db_default=False)
    # Its letters could not all be read: nothing tells that it is no payslip, so whoever opens it looks.
    is_unread = models.BooleanField("non lu", default=False, db_default=False)

    class Meta:
        verbose_name = "relevé d’heures"
        verbose_name_plural = "relevés d’heures"
        ordering = ("sent_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=~Q(file="") & Q(seen_on=None) | Q(file="", seen_on__isnull=False),
                name="execution_statement_gone_once_seen",
            )
        ]

    def __str__(self) -> str:
        return f"relevé {self.pk}"

    @property
    def gone_on(self) -> date | None:
        """The day its file went, seen by nobody; None while it is kept, or once seen."""
        if self.seen_on is not None:
            return None
        return unseen_files.gone_on(timezone.localdate(self.sent_at), timezone.localdate())


class ChangeKind(models.TextChoices):
    """What moves in a team."""

    ARRIVAL = "arrivee", "Arrivée"
    DEPARTURE = "depart", "Départ"


class ChangeState(models.TextChoices):
    """What the following structure did of it."""

    WAITING = "a_traiter", "À traiter"
    TAKEN = "prise", "Prise en compte"
    SET_ASIDE = "ecartee", "Sans suite"


class StaffChange(models.Model):
    """Somebody a company says has come or gone; the facilitator decides, and the names typed go with the decision.

    `entry`: who left. Row-level security as for entries.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="staff_changes", verbose_name="contrat"
    )
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="entreprise")
    kind = models.CharField("nature", max_length=7, choices=ChangeKind)
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, related_name="departures", verbose_name="entrée"
    )
    given_name = models.CharField("prénom", max_length=80, blank=True)
    family_name = models.CharField("nom", max_length=80, blank=True)
    modality = models.SlugField("modalité", max_length=20, blank=True, db_index=False)
    on = models.DateField("le")
    state = models.CharField("état", max_length=9, choices=ChangeState, default=ChangeState.WAITING)
    link = models.ForeignKey(
        DeclarationLink, models.PROTECT, null=True, related_name="+", verbose_name="par le lien"
    )
    by = _account("dit par")
    said_at = models.DateTimeField("dit le", db_default=Now())
    decided_by = _account("traité par")
    decided_at = models.DateTimeField("traité le", null=True)

    class Meta:
        verbose_name = "arrivée ou départ annoncé"
        verbose_name_plural = "arrivées et départs annoncés"
        ordering = ("said_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="depart", entry__isnull=False, given_name="", family_name="")
                | Q(kind="arrivee", entry=None),
                name="execution_change_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="a_traiter", decided_at=None)
                & (Q(kind="depart") | ~Q(given_name="") & ~Q(family_name=""))
                | ~Q(state="a_traiter") & Q(decided_at__isnull=False, given_name="", family_name=""),
                name="execution_change_names_go",
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state="a_traiter"), name="execution_departure_said_once"
            ),
        ]

    def __str__(self) -> str:
        return f"mouvement {self.pk}"


class ContactWord(models.TextChoices):
    """What is known of a contact: noted after a call, told by a mail that came back, or by the contact itself."""

    ANSWERED = "joint", "A répondu"
    MESSAGE = "messagerie", "Message laissé"
    SILENT = "silence", "Ne répond plus"
    BOUNCED = "rebond", "Ses courriels reviennent"
    NO_REMINDER = "sans_rappel", "Ne veut plus de rappels"


class ContactNote(models.Model):
    """One thing noted of a contact of a contract, by its address (or its telephone when it has none). The last one holds."""

    contract = models.ForeignKey(
        Contract, models.CASCADE, related_name="contact_notes", verbose_name="contrat"
    )
    reach = models.CharField("adresse ou téléphone", max_length=254)
    word = models.CharField("constat", max_length=11, choices=ContactWord)
    by = _account("noté par")
    at = models.DateTimeField("le", db_default=Now())

    class Meta:
        verbose_name = "note sur un contact"
        verbose_name_plural = "notes sur les contacts"
        ordering = ("at", "id")
        indexes = [Index(fields=["contract", "reach"], name="execution_notes_of_contact")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class ReminderStep(models.TextChoices):
    """How far the reminders of a month went."""

    OPEN = "ouvert", "Le mois est à déclarer"
    BEFORE = "avant", "Avant la date limite"
    AFTER = "apres", "Après la date limite"
    SUBSTITUTE = "suppleant", "Au suppléant"
    FACILITATOR = "structure", "Au facilitateur"


class DeclarationReminder(models.Model):
    """A reminder of the months of a period, sent once by step. `month`: the last one of the period."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="reminders", verbose_name="contrat")
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="entreprise")
    month = models.DateField("mois")
    step = models.CharField("étape", max_length=9, choices=ReminderStep)
    sent_at = models.DateTimeField("envoyé le", db_default=Now())

    class Meta:
        verbose_name = "rappel"
        verbose_name_plural = "rappels"
        ordering = ("-sent_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "company", "month", "step"], name="execution_reminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"rappel {self.pk}"
