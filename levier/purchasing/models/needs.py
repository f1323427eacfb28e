"""A need a buyer sends to suppliers: what is asked, where, until when, and how it ended."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import User
from levier.organisations.models import Organisation


class NeedKind(models.TextChoices):
    """What the buyer expects of the suppliers."""

    QUOTE = "devis", "Demande de devis"
    TENDER = "appel", "Appel d’offres"
    SOURCING = "sourcing", "Sourcing : connaître les fournisseurs avant d’acheter"


class NeedScope(models.TextChoices):
    """Where the suppliers are looked for."""

    AROUND = "autour", "Autour d’une commune"
    DEPARTEMENTS = "departements", "Dans des départements"
    REGIONS = "regions", "Dans des régions"
    FRANCE = "france", "Partout en France"


class NeedState(models.TextChoices):
    """The life of a need, in its order; a refused one goes back to DRAFT with the reason."""

    # The buyer writes it; nobody else but colleagues sees it.
    DRAFT = "brouillon", "Brouillon"
    # Asked to be sent by an organisation nobody has verified: the staff reads it first.
    WAITING = "a_moderer", "À relire par l’équipe"
    # Mails are out; suppliers answer.
    SENT = "envoye", "Envoyé"
    # Ended with an outcome; the suppliers have been told.
    CLOSED = "clos", "Clos"
    # Taken back: links are dead.
    WITHDRAWN = "retire", "Retiré"


class AmountBand(models.TextChoices):
    """An order of magnitude, in euros without tax: a buyer seldom wants to say more."""

    UNKNOWN = "", "Non précisé"
    TO_10K = "10k", "Moins de 10 000 €"
    TO_50K = "50k", "De 10 000 à 50 000 €"
    TO_100K = "100k", "De 50 000 à 100 000 €"
    TO_250K = "250k", "De 100 000 à 250 000 €"
    TO_1M = "1m", "De 250 000 € à 1 M€"
    TO_5M = "5m", "De 1 à 5 M€"
    ABOVE_5M = "plus", "Plus de 5 M€"


# The top of each band: what a group must be able to carry. The last one has no top: its bottom is used.
BAND_TOPS: dict[str, float] = {
    AmountBand.TO_10K: 10_000,
    AmountBand.TO_50K: 50_000,
    AmountBand.TO_100K: 100_000,
    AmountBand.TO_250K: 250_000,
    AmountBand.TO_1M: 1_000_000,
    AmountBand.TO_5M: 5_000_000,
    AmountBand.ABOVE_5M: 5_000_000,
}


class NoOutcome(models.TextChoices):
    """Why a need was closed without a chosen supplier."""

    ONLY_SOURCING = "sourcing", "C’était une étude du marché : l’achat viendra plus tard"
    NO_ANSWER = "sans_reponse", "Aucune réponse ne convenait"
    OTHER_SUPPLIER = "autre", "Un autre fournisseur a été retenu"
    GIVEN_UP = "abandon", "Le besoin a disparu ou est reporté"


class PublishedNeed(models.Model):
    """A need a buyer's organisation sends to the suppliers who can answer it.

    `questions`: [{"text", "kind": "text" | "yes_no"}]. `added` and `removed` are supplier ids: the buyer's
    changes to the list the search gives, kept until the need leaves.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="published_needs", verbose_name="organisation"
    )
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="auteur")
    kind = models.CharField("nature", max_length=10, choices=NeedKind, default=NeedKind.QUOTE)
    title = models.CharField("titre", max_length=160)
    text = models.TextField("description", max_length=5000)
    sectors = ArrayField(models.CharField(max_length=80), default=list, verbose_name="secteurs d’achat")
    cpv = models.CharField("code CPV", max_length=8, blank=True)
    kinds = ArrayField(models.CharField(max_length=10), default=list, verbose_name="types de structure")
    scope = models.CharField("périmètre", max_length=12, choices=NeedScope, default=NeedScope.AROUND)
    place_code = models.CharField("commune (code INSEE)", max_length=5, blank=True)
    place_label = models.CharField("lieu", max_length=120, blank=True)
    radius_km = models.PositiveSmallIntegerField("rayon (km)", null=True)
    departements = ArrayField(models.CharField(max_length=3), default=list, verbose_name="départements")
    regions = ArrayField(models.CharField(max_length=3), default=list, verbose_name="régions")
    amount_band = models.CharField("ordre de grandeur HT", max_length=5, choices=AmountBand, blank=True)
    deadline = models.DateField("réponses attendues le")
    starts_on = models.DateField("début de la prestation", null=True)
    ends_on = models.DateField("fin de la prestation", null=True)
    questions = models.JSONField("questions", default=list)
    is_shown = models.BooleanField(
        "montré aux autres fournisseurs", default=False,
        help_text="Signed-in suppliers of the trade and the place may ask to receive it.",
    )  # fmt: skip
    takes_coming = models.BooleanField(
        "avec ceux qui viennent d’ailleurs", default=True, db_default=True,
        help_text="Also whoever is established elsewhere but says it works there.",
    )  # fmt: skip
    added = ArrayField(models.BigIntegerField(), default=list, verbose_name="fournisseurs ajoutés")
    removed = ArrayField(models.BigIntegerField(), default=list, verbose_name="fournisseurs retirés")

    state = models.CharField("état", max_length=10, choices=NeedState, default=NeedState.DRAFT)
    created_at = models.DateTimeField("créé le", db_default=Now())
    submitted_at = models.DateTimeField("proposé le", null=True)
    refusal = models.TextField("motif du refus", blank=True, max_length=1000)
    sent_at = models.DateTimeField("envoyé le", null=True)
    refusing = models.PositiveSmallIntegerField(
        "ne souhaitaient pas être sollicités",
        default=0,
        help_text="Found by the search, left out when it was sent.",
    )
    reminded_on = models.DateField("relancé le", null=True, help_text="A reminder leaves once a day at most.")
    closed_at = models.DateTimeField("clos ou retiré le", null=True)
    outcome_amount_ht = models.DecimalField(
        "montant retenu HT (€)", max_digits=12, decimal_places=2, null=True, validators=[MinValueValidator(0)]
    )
    no_outcome = models.CharField("pourquoi aucun", max_length=12, choices=NoOutcome, blank=True)
    outcome_note = models.TextField("mot aux fournisseurs", blank=True, max_length=1000)

    class Meta:
        verbose_name = "besoin publié"
        verbose_name_plural = "besoins publiés"
        ordering = ("-created_at", "-id")
        indexes = [
            # The needs of a buyer's organisation, and those the staff must read.
            Index(fields=["organisation", "-created_at"], name="purchasing_need_of_buyer"),
            Index(fields=["submitted_at"], name="purchasing_need_waiting", condition=Q(state="a_moderer")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in NeedState]), name="purchasing_need_state"
            ),
            models.CheckConstraint(
                condition=Q(scope="autour", radius_km__isnull=False) & ~Q(place_code="")
                | Q(scope="departements", departements__len__gt=0)
                | Q(scope="regions", regions__len__gt=0)
                | Q(scope="france"),
                name="purchasing_need_scope_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["brouillon", "a_moderer", "retire"], sent_at=None)
                | Q(state__in=["envoye", "clos", "retire"], sent_at__isnull=False),
                name="purchasing_need_sent_once_sent",
            ),
            models.CheckConstraint(
                condition=Q(outcome_amount_ht=None) | Q(outcome_amount_ht__gte=0),
                name="purchasing_need_outcome_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"besoin {self.pk}"

    @property
    def is_editable(self) -> bool:
        """Whether its text may still change: nobody outside has read it."""
        return self.state == NeedState.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether suppliers may answer today (the deadline included)."""
        return self.state == NeedState.SENT and self.deadline >= timezone.localdate()

    @property
    def is_late(self) -> bool:
        """Sent, and past its deadline: to close or to extend."""
        return self.state == NeedState.SENT and self.deadline < timezone.localdate()

    def may_remind(self, today: date) -> bool:
        """Once a day at most, the day after it was sent at the earliest, while suppliers may still answer."""
        is_open = self.state == NeedState.SENT and self.deadline >= today
        return is_open and self.reminded_on != today and not self.was_sent_on(today)

    def was_sent_on(self, today: date) -> bool:
        """Whether suppliers received it that day: a reminder would reach them the same morning."""
        return self.sent_at is not None and timezone.localdate(self.sent_at) == today

    @property
    def yearly_amount_ht(self) -> float | None:
        """The top of the band, brought to one year of work; None when nothing is said. Euros without tax."""
        top = BAND_TOPS.get(self.amount_band)
        if top is None:
            return None
        if self.starts_on and self.ends_on:
            return top / max(1.0, ((self.ends_on - self.starts_on).days + 1) / 365.25)
        return top


class NeedAttachment(models.Model):
    """A document of a need. Its bytes stand outside the database, under the hash of their content."""

    need = models.ForeignKey(PublishedNeed, models.CASCADE, related_name="attachments", verbose_name="besoin")
    name = models.CharField("nom du fichier", max_length=150)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveIntegerField("taille (octets)", validators=[MaxValueValidator(10 * 1024 * 1024)])
    sha256 = models.CharField("empreinte", max_length=64)
    created_at = models.DateTimeField("ajouté le", db_default=Now())

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["need", "sha256"], name="purchasing_attachment_once"),
        ]

    def __str__(self) -> str:
        return f"pièce {self.pk}"


class VerifiedBuyer(models.Model):
    """An organisation the staff has recognised as a real buyer: its needs leave without being read first.

    `mail_domain`: the domain that is this organisation's own; an account whose confirmed address is in it is
    trusted too, whatever organisation it buys for (a town and its social centre share their mail).
    """

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="verified_buyer", verbose_name="organisation"
    )
    mail_domain = models.CharField("domaine de courriel", max_length=120, blank=True)
    verified_at = models.DateTimeField("vérifiée le", db_default=Now())
    verified_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "acheteur vérifié"
        verbose_name_plural = "acheteurs vérifiés"

    def __str__(self) -> str:
        return f"acheteur vérifié {self.organisation_id}"


class BuyerDecision(models.Model):
    """One decision of the staff on a buyer: recognised, or no longer, with the reason."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="buyer_decisions", verbose_name="organisation"
    )
    is_verified = models.BooleanField("reconnue")
    mail_domain = models.CharField("domaine de courriel", max_length=120, blank=True)
    reason = models.CharField("motif", max_length=500)
    decided_at = models.DateTimeField("décidé le", db_default=Now())
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="par")

    class Meta:
        verbose_name = "décision sur un acheteur"
        verbose_name_plural = "décisions sur les acheteurs"
        ordering = ("-decided_at", "-id")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="purchasing_buyer_decision_reason"),
        ]
        # The history of one buyer.
        indexes = [Index(fields=["organisation", "-decided_at"], name="purchasing_buyer_history")]

    def __str__(self) -> str:
        return f"décision {self.pk}"
