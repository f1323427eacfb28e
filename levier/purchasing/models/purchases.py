"""A purchase studied before its clauses: what is bought, its lots, its two people on each side, its story."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Index, Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import User
from levier.organisations.models import Organisation


class PurchaseState(models.TextChoices):
    """The life of a purchase, in its order. Who makes each move: `purchasing.timeline.MOVES`."""

    # The buyer writes it; nobody outside sees it.
    DRAFT = "brouillon", "Brouillon"
    # Handed to the facilitator: to be studied, lot by lot.
    TO_STUDY = "a_etudier", "À étudier"
    # The facilitator has proposed a lever and hours for each lot.
    PROPOSED = "propose", "Proposé"
    # The buyer has signed lever, hours and derogation.
    DECIDED = "decide", "Décidé"
    PUBLISHED = "publie", "Publié"
    AWARDED = "attribue", "Attribué"
    CLOSED = "clos", "Clos"
    ABANDONED = "abandonne", "Abandonné"


class PurchaseSide(models.TextChoices):
    """Whether the code of public procurement applies to the buyer."""

    PUBLIC = "public", "Acheteur public"
    PRIVATE = "private", "Acheteur privé"


class BuyerKind(models.TextChoices):
    """Kinds of public buyer; the keys are those of `rulebook.levers.facts.BuyerKind`."""

    STATE = "etat", "État"
    LOCAL = "collectivite", "Collectivité"
    LOCAL_BODY = "etablissement_local", "Établissement public local, bailleur"
    NETWORK_ENTITY = "entite_adjudicatrice", "Entité adjudicatrice (réseaux)"
    OTHER = "autre", "Autre acheteur soumis au code"


class ContractKind(models.TextChoices):
    """What the contract is for; the keys are those of the rule book."""

    WORKS = "travaux", "Travaux"
    SUPPLIES = "fournitures", "Fournitures"
    SERVICES = "services", "Services"


class Procedure(models.TextChoices):
    """How the contract will be placed."""

    UNKNOWN = "", "Pas encore choisie"
    DIRECT = "sans_publicite", "Sans publicité ni mise en concurrence (R2122-8)"
    ADAPTED = "mapa", "Procédure adaptée (MAPA)"
    OPEN = "ao_ouvert", "Appel d’offres ouvert"
    RESTRICTED = "ao_restreint", "Appel d’offres restreint"
    NEGOTIATED = "negociee", "Procédure avec négociation"
    DIALOGUE = "dialogue", "Dialogue compétitif"
    CONCESSION = "concession", "Concession"
    PRIVATE = "gre_a_gre", "Accord de gré à gré (acheteur privé)"


class Ccag(models.TextChoices):
    """The general conditions the contract refers to."""

    UNKNOWN = "", "Pas encore choisi"
    WORKS = "travaux", "CCAG Travaux"
    SUPPLIES_SERVICES = "fcs", "CCAG Fournitures courantes et services"
    INTELLECTUAL = "pi", "CCAG Prestations intellectuelles"
    IT = "tic", "CCAG Techniques de l’information et de la communication"
    PROJECT_MANAGEMENT = "moe", "CCAG Maîtrise d’œuvre"
    INDUSTRIAL = "mi", "CCAG Marchés industriels"
    NONE = "aucun", "Aucun"


LARGEST_AMOUNT = Decimal("1e10")  # ten billion euros: beyond, a unit is wrong
LONGEST_MONTHS = 600


# Euros without tax; None while nobody knows.
_AMOUNT_CHECKS = (MinValueValidator(Decimal("0.01")), MaxValueValidator(LARGEST_AMOUNT))


class Purchase(models.Model):
    """One purchase of a buyer: a contract to place, with its lots.

    `amount_ht` and `max_amount_ht`: the whole need, all lots together, in euros without tax; the legal
    thresholds are read on them. `facilitator`: the structure that studies it; None once out of the draft
    means that the buyer studies it itself (in-house mission). `place_kind` and `place_code`: keys of the
    place finder. `state_since` repeats the last move of `PurchaseEvent`, for lists.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="purchases", verbose_name="acheteur"
    )
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="auteur")
    facilitator = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True,
        related_name="purchases_to_study", verbose_name="structure qui étudie l’achat",
    )  # fmt: skip
    title = models.CharField("objet", max_length=200)
    reference = models.CharField("référence", max_length=60, blank=True)
    side = models.CharField("acheteur", max_length=7, choices=PurchaseSide, default=PurchaseSide.PUBLIC)
    buyer_kind = models.CharField("nature de l’acheteur", max_length=20, choices=BuyerKind, blank=True)
    contract_kind = models.CharField("nature du marché", max_length=11, choices=ContractKind, blank=True)
    procedure = models.CharField("procédure", max_length=14, choices=Procedure, blank=True)
    ccag = models.CharField("CCAG", max_length=7, choices=Ccag, blank=True)
    amount_ht = models.DecimalField(
        "montant estimé HT (€)", max_digits=13, decimal_places=2, null=True, blank=True,
        validators=_AMOUNT_CHECKS,
    )  # fmt: skip
    max_amount_ht = models.DecimalField(
        "montant maximum HT (€)", max_digits=13, decimal_places=2, null=True, blank=True,
        validators=_AMOUNT_CHECKS,
    )  # fmt: skip
    launch_on = models.DateField("lancement de la consultation", null=True, blank=True)
    starts_on = models.DateField("début d’exécution", null=True, blank=True)
    months = models.DecimalField("durée (mois)", max_digits=5, decimal_places=1, null=True, blank=True)
    place_kind = models.CharField("nature du lieu", max_length=14, blank=True)
    place_code = models.CharField("code du lieu", max_length=9, blank=True)
    place_label = models.CharField("lieu d’exécution", max_length=120, blank=True)
    departement_code = models.CharField("département", max_length=3, blank=True)
    programme = models.CharField("programme", max_length=40, blank=True)
    is_concession = models.BooleanField("concession", default=False)
    is_defence = models.BooleanField("défense ou sécurité", default=False)
    state = models.CharField("état", max_length=10, choices=PurchaseState, default=PurchaseState.DRAFT)
    state_since = models.DateTimeField("dans cet état depuis", default=timezone.now)
    created_at = models.DateTimeField("créé le", db_default=Now())
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        verbose_name = "achat"
        verbose_name_plural = "achats"
        ordering = ("-updated_at", "-id")
        indexes = [
            # The list of a buyer and the portfolio of a facilitator, each by state.
            Index(fields=["organisation", "state"], name="purchasing_purchase_of_buyer"),
            Index(fields=["facilitator", "state"], name="purchasing_purchase_to_study"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PurchaseState]),
                name="purchasing_purchase_state",
            ),
            models.CheckConstraint(
                condition=Q(side__in=[side.value for side in PurchaseSide]), name="purchasing_purchase_side"
            ),
            models.CheckConstraint(
                condition=(Q(amount_ht=None) | Q(amount_ht__gt=0))
                & (Q(max_amount_ht=None) | Q(max_amount_ht__gt=0)),
                name="purchasing_purchase_amounts",
            ),
            models.CheckConstraint(
                condition=Q(months=None) | Q(months__gt=0, months__lte=LONGEST_MONTHS),
                name="purchasing_purchase_months",
            ),
            models.CheckConstraint(
                condition=Q(launch_on=None) | Q(starts_on=None) | Q(starts_on__gte=F("launch_on")),
                name="purchasing_purchase_dates",
            ),
            models.CheckConstraint(
                condition=Q(facilitator=None) | ~Q(state="brouillon"),
                name="purchasing_purchase_draft_is_the_buyers",
            ),
        ]

    def __str__(self) -> str:
        return f"achat {self.pk}"

    @property
    def is_draft(self) -> bool:
        """Whether only its buyer sees it."""
        return self.state == PurchaseState.DRAFT

    @property
    def is_editable(self) -> bool:
        """Whether the buyer may still change what it is: nothing has been proposed on it yet."""
        return self.state in {PurchaseState.DRAFT, PurchaseState.TO_STUDY}

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in {PurchaseState.CLOSED, PurchaseState.ABANDONED}

    @property
    def is_in_house(self) -> bool:
        """Whether the buyer studies it itself."""
        return self.facilitator_id is None and not self.is_draft


class LotQuerySet(models.QuerySet["Lot"]):
    def present(self) -> "LotQuerySet":
        """Those of the purchase today, in the order of their numbers."""
        return self.filter(removed_at=None).order_by("number")


class Lot(models.Model):
    """One lot of a purchase; each has its own study. A purchase without lots has one.

    `number` is None once removed: the row stays, so that removing can be undone (at its `former_number`) and a
    study keeps its lot.
    An empty value is the purchase's own (place, dates, length). `takeover_known` without `takeover_hours`:
    the question was asked, nobody is to be taken over; the hours are by month. `posts`: size of the crew;
    `headcount`: jobs of a service counted in jobs. `is_social_service` None: read in the CPV.
    """

    purchase = models.ForeignKey(Purchase, models.CASCADE, related_name="lots", verbose_name="achat")
    number = models.PositiveSmallIntegerField("numéro", null=True)
    title = models.CharField("objet du lot", max_length=200)
    text = models.TextField("description", max_length=5000, blank=True)
    cpv = models.CharField("code CPV", max_length=8, blank=True)
    amount_ht = models.DecimalField(
        "montant estimé HT (€)", max_digits=13, decimal_places=2, null=True, blank=True,
        validators=_AMOUNT_CHECKS,
    )  # fmt: skip
    max_amount_ht = models.DecimalField(
        "maximum HT (€)", max_digits=13, decimal_places=2, null=True, blank=True,
        validators=_AMOUNT_CHECKS,
    )  # fmt: skip
    is_framework = models.BooleanField("accord-cadre", default=False)
    months = models.DecimalField("durée (mois)", max_digits=5, decimal_places=1, null=True, blank=True)
    starts_on = models.DateField("début d’exécution", null=True, blank=True)
    weeks = models.DecimalField(
        "semaines sur place", max_digits=5, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(Decimal("0.1"))],
    )  # fmt: skip
    posts = models.DecimalField(
        "personnes sur place", max_digits=7, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(Decimal("0.1"))],
    )  # fmt: skip
    headcount = models.DecimalField(
        "emplois prévus", max_digits=7, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(Decimal("0.1"))],
    )  # fmt: skip
    place_kind = models.CharField("nature du lieu", max_length=14, blank=True)
    place_code = models.CharField("code du lieu", max_length=9, blank=True)
    place_label = models.CharField("lieu d’exécution", max_length=120, blank=True)
    departement_code = models.CharField("département", max_length=3, blank=True)
    takeover_known = models.BooleanField("reprise du personnel connue", default=False)
    takeover_hours = models.DecimalField(
        "heures à reprendre par mois", max_digits=9, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    is_social_service = models.BooleanField("service social ou spécifique", null=True, blank=True)
    removed_at = models.DateTimeField("retiré le", null=True, editable=False)
    former_number = models.PositiveSmallIntegerField("numéro avant d’être retiré", null=True, editable=False)
    created_at = models.DateTimeField("créé le", db_default=Now())
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        verbose_name = "lot"
        verbose_name_plural = "lots"
        ordering = ("purchase", "number", "id")
        constraints = [
            # Deferred: a new order is written row by row in one transaction.
            models.UniqueConstraint(
                fields=["purchase", "number"], name="purchasing_lot_number", deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(number=None, removed_at__isnull=False)
                | Q(number__gte=1, number__lte=999, removed_at=None),
                name="purchasing_lot_numbered_or_removed",
            ),
            models.CheckConstraint(
                condition=(Q(amount_ht=None) | Q(amount_ht__gt=0))
                & (Q(max_amount_ht=None) | Q(max_amount_ht__gt=0, is_framework=True)),
                name="purchasing_lot_amounts",
            ),
            models.CheckConstraint(
                condition=Q(months=None) | Q(months__gt=0, months__lte=LONGEST_MONTHS),
                name="purchasing_lot_months",
            ),
            models.CheckConstraint(
                condition=Q(takeover_hours=None) | Q(takeover_hours__gte=0, takeover_known=True),
                name="purchasing_lot_takeover_known",
            ),
            models.CheckConstraint(
                condition=Q(cpv="") | Q(cpv__regex=r"^[0-9]{8}$"), name="purchasing_lot_cpv"
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.pk}"
