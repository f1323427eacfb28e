"""An estimate put to federations, branches and companies before publication: what was shared, who was asked, who said what."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.purchasing.models.purchase_people import ContactSide
from levier.purchasing.models.purchases import Lot, Purchase

# A personal link reads the results for so long after the deadline.
LINKS_LAST = timedelta(days=90)


class PartyKind(models.TextChoices):
    """Whom one asks."""

    FEDERATION = "federation", "Fédération professionnelle"
    BRANCH = "branche", "Branche ou syndicat de métier"
    COMPANY = "entreprise", "Entreprise"
    OTHER = "autre", "Autre"


class Feasibility(models.TextChoices):
    """The first question."""

    YES = "oui", "Faisable"
    WITH_RESERVATIONS = "reserves", "Faisable, avec des réserves"
    NO = "non", "Pas faisable en l’état"


class TradeConsultationQuerySet(models.QuerySet["TradeConsultation"]):
    def running(self) -> "TradeConsultationQuerySet":
        """Neither published nor withdrawn."""
        return self.filter(published_at=None, withdrawn_at=None)


class TradeConsultation(models.Model):
    """« Consultation des métiers »: one text, one deadline, the same for all; nobody reads the answers before its end.

    `lot` None: about the whole purchase. `shared`: [{"label", "value"}], the facts chosen by whoever opened it, frozen
    as they were shown before sending. `is_public`: also on a page anybody reads and may ask to answer.
    """

    purchase = models.ForeignKey(
        Purchase, models.CASCADE, related_name="trade_consultations", verbose_name="achat"
    )
    lot = models.ForeignKey(
        Lot, models.CASCADE, null=True, related_name="trade_consultations", verbose_name="lot"
    )
    title = models.CharField("objet", max_length=200)
    shared = models.JSONField("ce qui est partagé", default=list)
    message = models.TextField("message", max_length=4000, blank=True)
    deadline = models.DateField("réponses jusqu’au")
    is_public = models.BooleanField("publiée sur une page ouverte à tous", default=False)
    side = models.CharField("ouverte par le côté", max_length=12, choices=ContactSide)
    opened_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="ouverte par"
    )
    opened_at = models.DateTimeField("ouverte le", db_default=Now())
    published_at = models.DateTimeField("réponses publiées le", null=True)
    withdrawn_at = models.DateTimeField("retirée le", null=True)
    withdrawn_reason = models.CharField("motif du retrait", max_length=500, blank=True)

    objects = TradeConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "consultation des métiers"
        verbose_name_plural = "consultations des métiers"
        ordering = ("-opened_at", "-id")
        indexes = [
            # The nightly publication, and the public list.
            Index(
                fields=["deadline"],
                condition=Q(published_at=None, withdrawn_at=None),
                name="purchasing_trades_running",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(withdrawn_at=None), name="purchasing_trades_one_end"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                name="purchasing_trades_withdrawn_why",
            ),
        ]

    def __str__(self) -> str:
        return f"consultation des métiers {self.pk}"

    @property
    def is_running(self) -> bool:
        """Neither published nor withdrawn."""
        return self.published_at is None and self.withdrawn_at is None

    def takes_answers(self, on: date) -> bool:
        """Whether an answer may still be given or changed that day; the deadline is included."""
        return self.is_running and on <= self.deadline

    def is_due(self, on: date) -> bool:
        """Past its deadline, and not yet published."""
        return self.is_running and on > self.deadline

    @property
    def links_until(self) -> date:
        """The last day of its personal links."""
        return self.deadline + LINKS_LAST


class TradeParty(models.Model):
    """One organisation asked, or that asked to answer from the public page. The address is never shown to others."""

    consultation = models.ForeignKey(
        TradeConsultation, models.CASCADE, related_name="parties", verbose_name="consultation"
    )
    name = models.CharField("organisation", max_length=160)
    kind = models.CharField("nature", max_length=10, choices=PartyKind, default=PartyKind.FEDERATION)
    # Empty once forgotten, a year after the end.
    email = models.EmailField("courriel", blank=True)
    # False: came by the public page.
    was_asked = models.BooleanField("sollicitée", default=True)
    # Refuses to be solicited: named to the buyer, never written to.
    is_refusing = models.BooleanField("ne souhaite pas être sollicitée", default=False)
    added_at = models.DateTimeField("ajoutée le", db_default=Now())
    # Once, whatever becomes of the deadline.
    reminded_at = models.DateTimeField("relancée le", null=True)

    class Meta:
        verbose_name = "participant d’une consultation des métiers"
        verbose_name_plural = "participants d’une consultation des métiers"
        ordering = ("consultation", "name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "email"], condition=~Q(email=""), name="purchasing_trade_party_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="purchasing_trade_party_named"),
        ]

    def __str__(self) -> str:
        return f"participant {self.pk}"


class TradeAnswer(models.Model):
    """What a participant says. Published to all with its name at the end, but for `confidential_note`: the buyer's alone."""

    party = models.OneToOneField(
        TradeParty, models.CASCADE, related_name="answer", verbose_name="participant"
    )
    feasible = models.CharField("faisabilité", max_length=8, choices=Feasibility)
    hours = models.DecimalField(
        "heures qui vous semblent tenables", max_digits=9, decimal_places=2, null=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal("9999999"))],
    )  # fmt: skip
    profiles = models.TextField("profils possibles", max_length=2000, blank=True)
    reservations = models.TextField("réserves", max_length=2000, blank=True)
    text = models.TextField("remarques", max_length=4000, blank=True)
    confidential_note = models.TextField("note à l’acheteur seul", max_length=2000, blank=True)
    answered_at = models.DateTimeField("répondu le")

    class Meta:
        verbose_name = "réponse d’un métier"
        verbose_name_plural = "réponses des métiers"
        constraints = [
            models.CheckConstraint(
                condition=Q(feasible__in=[one.value for one in Feasibility]),
                name="purchasing_trade_answer_feasible",
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__gte=0), name="purchasing_trade_answer_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"réponse {self.pk}"
