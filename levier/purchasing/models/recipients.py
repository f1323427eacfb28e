"""Who received a need and what they answered, their links, and the Monday mail on opportunities."""

from typing import Any

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import User
from levier.directory.models import Supplier
from levier.organisations.models import Organisation
from levier.purchasing.models.needs import PublishedNeed


class Answer(models.TextChoices):
    """What a supplier says of a need."""

    NONE = "", "Pas encore de réponse"
    INTERESTED = "interesse", "Intéressé"
    GROUP = "groupement", "Intéressé, en groupement"
    DECLINED = "decline", "Pas intéressé"


class DeclineReason(models.TextChoices):
    """Why a supplier declines: a closed list, so that a buyer may count; details are free."""

    NOT_MY_TRADE = "metier", "Ce n’est pas notre métier"
    TOO_FAR = "distance", "C’est trop loin"
    NO_CAPACITY = "charge", "Nous n’avons pas de place à ces dates"
    TOO_BIG = "volume", "Le volume est trop grand pour nous"
    TOO_SMALL = "petit", "Le volume est trop petit"
    TOO_SHORT = "delai", "Le délai de réponse est trop court"
    PRICE = "prix", "Le budget ne couvre pas nos coûts"
    OTHER = "autre", "Autre raison"


class NeedRecipientQuerySet(models.QuerySet["NeedRecipient"]):
    def silent(self) -> "NeedRecipientQuerySet":
        """Received the mail and have not answered."""
        return self.filter(sent_at__isnull=False, answer=Answer.NONE)

    def received_by(self, user: User) -> "NeedRecipientQuerySet":
        """Of the suppliers whose sheets this account keeps, once sent."""
        # Not with the models: what it reads loads much of the directory.
        from levier.directory.ownership.queries import own_suppliers

        return self.filter(supplier__in=own_suppliers(user).order_by(), need__sent_at__isnull=False)


class NeedRecipient(models.Model):
    """One supplier, one need: each event has its own date.

    Opening the mail is not tracked: it would take a hidden image, which tells of people without their
    knowledge and which most mail readers block; « vu » is a button the supplier presses.
    """

    need = models.ForeignKey(PublishedNeed, models.CASCADE, related_name="recipients", verbose_name="besoin")
    supplier = models.ForeignKey(
        Supplier, models.CASCADE, related_name="received_needs", verbose_name="fournisseur"
    )
    distance_km = models.FloatField("distance (km)", null=True)
    # Null: no mail left (no published address, or a fictitious supplier where mails are real).
    sent_at = models.DateTimeField("courriel envoyé le", null=True)
    seen_at = models.DateTimeField("vu le", null=True)
    interested_at = models.DateTimeField("intéressé le", null=True)
    group_at = models.DateTimeField("en groupement le", null=True)
    declined_at = models.DateTimeField("décliné le", null=True)
    answer = models.CharField("réponse", max_length=10, choices=Answer, blank=True, default=Answer.NONE)
    decline_reason = models.CharField("motif", max_length=10, choices=DeclineReason, blank=True)
    comment = models.TextField("précisions", blank=True, max_length=2000)
    answers = models.JSONField(
        "réponses aux questions", default=dict, help_text="{number of the question: text}"
    )
    # Of the person who answers; forgotten a year after the need is closed.
    contact_name = models.CharField("personne à appeler", max_length=120, blank=True)
    contact_phone = models.CharField("son téléphone", max_length=30, blank=True)
    reminded_at = models.DateTimeField("relancé le", null=True)
    is_chosen = models.BooleanField("retenu", default=False)
    told_at = models.DateTimeField("informé de l’issue le", null=True)

    objects = NeedRecipientQuerySet.as_manager()

    class Meta:
        verbose_name = "destinataire d’un besoin"
        verbose_name_plural = "destinataires des besoins"
        constraints = [
            models.UniqueConstraint(fields=["need", "supplier"], name="purchasing_recipient_once"),
            models.CheckConstraint(
                condition=Q(answer="")
                | Q(answer="interesse", interested_at__isnull=False)
                | Q(answer="groupement", group_at__isnull=False)
                | Q(answer="decline", declined_at__isnull=False) & ~Q(decline_reason=""),
                name="purchasing_recipient_answer_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"destinataire {self.pk}"

    @property
    def answered_at(self) -> Any:
        """The date of the answer in force, or None."""
        return {
            Answer.INTERESTED: self.interested_at,
            Answer.GROUP: self.group_at,
            Answer.DECLINED: self.declined_at,
        }.get(Answer(self.answer))


class NeedLinkQuerySet(models.QuerySet["NeedLink"]):
    def open(self) -> "NeedLinkQuerySet":
        """Neither expired nor revoked, of a need that was not taken back."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now()).exclude(
            recipient__need__state="retire"
        )


class NeedLink(models.Model):
    """A personal link: 128 bits, kept hashed only. A reminder carries a new one; the first stays good."""

    recipient = models.ForeignKey(
        NeedRecipient, models.CASCADE, related_name="links", verbose_name="destinataire"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("créé le", db_default=Now())
    expires_at = models.DateTimeField("expire le")
    revoked_at = models.DateTimeField("retiré le", null=True)

    objects = NeedLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien d’un destinataire"
        verbose_name_plural = "liens des destinataires"

    def __str__(self) -> str:
        return f"lien {self.pk}"


class OpportunityAlert(models.Model):
    """One person asked for the Monday mail on behalf of a supplier's organisation."""

    user = models.ForeignKey(User, models.CASCADE, related_name="opportunity_alerts", verbose_name="compte")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", verbose_name="organisation"
    )
    created_at = models.DateTimeField("demandée le", db_default=Now())
    last_week = models.CharField("dernière semaine", max_length=8, blank=True, help_text="« 2026-W48 ».")
    last_sent_at = models.DateTimeField("dernier courriel", null=True)

    class Meta:
        verbose_name = "alerte d’opportunités"
        verbose_name_plural = "alertes d’opportunités"
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="purchasing_alert_once"),
        ]
        indexes = [Index(fields=["last_week"], name="purchasing_alert_week")]

    def __str__(self) -> str:
        return f"alerte {self.pk}"
