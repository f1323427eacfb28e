"""Who manages a supplier's sheet and how that was proven; the people it names; its free teams; its mailed links."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import Membership, User
from levier.directory.models.suppliers import Supplier
from levier.organisations.models import Organisation


class Claim(models.Model):
    """One account asks to manage one supplier's sheet, and how it proves that it speaks for the structure.

    The code is stored hashed; the document lies outside the database and goes once somebody has decided.
    """

    class State(models.TextChoices):
        # Set when the account asks.
        ASKED = "asked", "en attente"
        # Set by the right code, by the managers, or by whoever reviewed the document.
        PROVEN = "proven", "acceptée"
        REFUSED = "refused", "refusée"
        # Set by the account itself, or by its newer request.
        WITHDRAWN = "withdrawn", "retirée"

    class Proof(models.TextChoices):
        CODE = "code", "code reçu par courriel"
        DOCUMENT = "document", "justificatif"
        MANAGERS = "managers", "accord de qui gère déjà la fiche"

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="claims", verbose_name="fournisseur")
    # Null while the supplier has no organisation: one is attached when the request is accepted.
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="supplier_claims", verbose_name="organisation"
    )
    # A SIRET or SIREN with a right key, typed for a supplier that no list gives one.
    given_number = models.CharField("numéro donné", max_length=14, blank=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="supplier_claims", verbose_name="compte")
    state = models.CharField("état", max_length=9, choices=State, default=State.ASKED)
    proof = models.CharField("preuve", max_length=8, choices=Proof)
    asked_at = models.DateTimeField("demandée le", default=timezone.now)
    sent_to = models.CharField("code envoyé à", max_length=254, blank=True)
    secret_hash = models.CharField("empreinte du code", max_length=64, blank=True)
    expires_at = models.DateTimeField("fin du code", null=True)
    attempts_left = models.PositiveSmallIntegerField("essais restants", default=0)
    document = models.CharField(
        "justificatif",
        max_length=60,
        blank=True,
        help_text="Name under LEVIER_HOME/claims; emptied once seen.",
    )
    decided_at = models.DateTimeField("décidée le", null=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="décidée par"
    )
    reason = models.CharField("motif", max_length=500, blank=True)

    class Meta:
        verbose_name = "demande de gestion d’une fiche"
        verbose_name_plural = "demandes de gestion des fiches"
        ordering = ("-asked_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "proven", "refused", "withdrawn"]),
                name="directory_claim_state_known",
            ),
            models.CheckConstraint(
                condition=Q(proof__in=["code", "document", "managers"]), name="directory_claim_proof_known"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None)
                | (~Q(state="asked") & Q(decided_at__isnull=False, document="", secret_hash="")),
                name="directory_claim_decided_once",
            ),
            models.UniqueConstraint(
                fields=["supplier", "user"], condition=Q(state="asked"), name="directory_claim_asked_once"
            ),
        ]
        # The requests that wait, for those who review them.
        indexes = [Index(fields=["asked_at"], condition=Q(state="asked"), name="directory_claim_waiting")]

    def __str__(self) -> str:
        return f"demande {self.pk}"


class SheetRestriction(models.Model):
    """A member of the role « fournisseur » keeps these sheets of its organisation only; without one, every sheet.

    It counts for who does not manage the members: who manages keeps every sheet.
    """

    membership = models.OneToOneField(
        Membership, models.CASCADE, related_name="sheet_restriction", verbose_name="rattachement"
    )
    suppliers = models.ManyToManyField(Supplier, related_name="restrictions", verbose_name="fiches")
    created_at = models.DateTimeField("depuis le", db_default=Now())

    class Meta:
        verbose_name = "restriction à des fiches"
        verbose_name_plural = "restrictions à des fiches"

    def __str__(self) -> str:
        return f"restriction {self.pk}"


class SheetContact(models.Model):
    """A person one may call at a supplier, as its owner typed it; published only when the owner ticked so."""

    supplier = models.ForeignKey(
        Supplier, models.CASCADE, related_name="sheet_contacts", verbose_name="fournisseur"
    )
    name = models.CharField("nom", max_length=120)
    position = models.CharField("fonction", max_length=120, blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.CharField("courriel", max_length=254, blank=True)
    is_public = models.BooleanField("sur la fiche publique", default=False)

    class Meta:
        verbose_name = "contact d’une fiche"
        verbose_name_plural = "contacts des fiches"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"contact {self.pk}"


class CapacityQuerySet(models.QuerySet["Capacity"]):
    def counted(self, today: date) -> "CapacityQuerySet":
        """Statements still in force: young enough, and of a month that is not over."""
        return self.filter(expires_on__gte=today, month__gte=today.replace(day=1))


class Capacity(models.Model):
    """How many teams or people a supplier says it has free in one month; fades after 45 days."""

    LIFETIME = timedelta(days=45)
    # What was said so long ago is asked again.
    ASKED_EVERY = timedelta(days=30)

    class Unit(models.TextChoices):
        TEAMS = "teams", "équipes"
        PEOPLE = "people", "personnes"

    supplier = models.ForeignKey(
        Supplier, models.CASCADE, related_name="capacities", verbose_name="fournisseur"
    )
    sector = models.CharField("secteur d’achat", max_length=80, blank=True, help_text="Empty: every trade.")
    area = models.CharField("zone", max_length=80, blank=True, help_text="As the supplier writes it.")
    month = models.DateField("mois", help_text="The first day of the month.")
    quantity = models.PositiveSmallIntegerField("nombre")
    unit = models.CharField("unité", max_length=6, choices=Unit, default=Unit.TEAMS)
    stated_on = models.DateField("dit le")
    expires_on = models.DateField("ne compte plus après le")

    objects = CapacityQuerySet.as_manager()

    class Meta:
        verbose_name = "disponibilité"
        verbose_name_plural = "disponibilités"
        ordering = ("month", "sector", "area", "unit")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "sector", "area", "month", "unit"], name="directory_capacity_once"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="directory_capacity_whole_month"),
            models.CheckConstraint(
                condition=Q(unit__in=["teams", "people"]), name="directory_capacity_unit_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gte=models.F("stated_on")), name="directory_capacity_in_order"
            ),
        ]
        # What expires today, for the nightly round.
        indexes = [Index(fields=["expires_on"], name="directory_capacity_expiry")]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.month:%Y-%m} {self.quantity} {self.unit}"


class ConfirmationLink(models.Model):
    """A link sent by mail to one manager: it confirms a sheet or renews its free teams, and nothing else.

    The 128-bit secret is stored hashed; reading the page changes nothing.
    """

    class Purpose(models.TextChoices):
        SHEET = "sheet", "fiche toujours exacte"
        CAPACITY = "capacity", "équipes toujours disponibles"

    supplier = models.ForeignKey(
        Supplier, models.CASCADE, related_name="confirmation_links", verbose_name="fournisseur"
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="compte")
    purpose = models.CharField("objet", max_length=8, choices=Purpose)
    token_hash = models.CharField("empreinte du secret", max_length=64, unique=True)
    created_at = models.DateTimeField("envoyé le", default=timezone.now)
    expires_at = models.DateTimeField("expire le")
    used_at = models.DateTimeField("utilisé le", null=True)

    class Meta:
        verbose_name = "lien de confirmation"
        verbose_name_plural = "liens de confirmation"
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["sheet", "capacity"]), name="directory_link_purpose_known"
            )
        ]
        # When this supplier was last asked.
        indexes = [Index(fields=["supplier", "purpose", "-created_at"], name="directory_link_last_asked")]

    def __str__(self) -> str:
        return f"lien {self.pk}"
