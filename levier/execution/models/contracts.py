"""Contracts with a clause: their parties and people, what each one owes, the orders and amendments that move it."""

from collections.abc import Iterable
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Index, JSONField, Q, Value
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.organisations.models import Organisation
from levier.purchasing.models import ContactRank, Lot
from levier.rulebook.hours_due import AmountRule


class Regime(models.TextChoices):
    """Where the obligation comes from."""

    PUBLIC = "public", "Marché public ou concession"
    VOLUNTARY = "volontaire", "Engagement volontaire (contrat privé)"


class ReportingPeriod(models.TextChoices):
    """How often the contractor declares; each contract has its own."""

    MONTH = "mois", "Chaque mois"
    QUARTER = "trimestre", "Chaque trimestre"
    HALF_YEAR = "semestre", "Chaque semestre"
    END = "fin", "À la fin du contrat"


class ContractQuerySet(models.QuerySet["Contract"]):
    def with_parties(self) -> "ContractQuerySet":
        """With the three organisations a line of a list names."""
        return self.select_related("buyer", "holder", "facilitator")


class Contract(models.Model):
    """A contract that carries a clause, from a lot studied here or on its own.

    `facilitator` None: the buyer follows it itself (in-house mission). The holder answers for its subcontractors. Declarations are
    due the `reporting_due_day` of the month after each period.
    """

    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="contracts", verbose_name="lot")
    buyer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contracts_bought", verbose_name="acheteur"
    )
    holder = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contracts_held", verbose_name="titulaire"
    )
    facilitator = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="contracts_followed",
        verbose_name="facilitateur",
    )  # fmt: skip
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="auteur")
    regime = models.CharField("nature", max_length=10, choices=Regime, default=Regime.PUBLIC)
    title = models.CharField("objet", max_length=200)
    reference = models.CharField("référence", max_length=60, blank=True)
    place_label = models.CharField("lieu d’exécution", max_length=120, blank=True)
    departement_code = models.CharField("département", max_length=3, blank=True)
    notified_on = models.DateField("notifié le")
    starts_on = models.DateField("début d’exécution")
    ends_on = models.DateField("fin d’exécution")
    reporting_period = models.CharField("rythme des déclarations", max_length=9, choices=ReportingPeriod)
    reporting_due_day = models.PositiveSmallIntegerField(
        "jour limite du mois suivant", validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    # Where letters are sent, when it is not the address that is known of the holder.
    holder_address = models.CharField(
        "adresse du titulaire", max_length=200, blank=True, default="", db_default=""
    )
    # Name of a check of declared lines → « off », « warn » or « block », where this contract departs from the table.
    check_switches = models.JSONField(
        "contrôles réglés", default=dict, blank=True, db_default=Value({}, JSONField())
    )
    created_at = models.DateTimeField("créé le", db_default=Now())
    # The file it was taken over from; undone, the contract is shown nowhere, and what was written in the ledger stays, reversed.
    incoming = models.ForeignKey(
        "execution.IncomingFile",
        models.PROTECT,
        null=True,
        related_name="contracts",
        verbose_name="repris de",
    )
    removed_at = models.DateTimeField("retiré le", null=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = "contrat"
        verbose_name_plural = "contrats"
        ordering = ("-starts_on", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "holder"], condition=Q(lot__isnull=False), name="execution_contract_once"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="execution_contract_dates"),
            models.CheckConstraint(condition=~Q(buyer=F("holder")), name="execution_contract_two_parties"),
            models.CheckConstraint(
                condition=Q(regime__in=[one.value for one in Regime])
                & Q(reporting_period__in=[one.value for one in ReportingPeriod])
                & Q(reporting_due_day__gte=1, reporting_due_day__lte=28),
                name="execution_contract_calendar",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="execution_contract_named"),
        ]

    def __str__(self) -> str:
        return f"contrat {self.pk}"

    @property
    def is_in_house(self) -> bool:
        """Whether the buyer follows it itself."""
        return self.facilitator_id is None


class PartyKind(models.TextChoices):
    """Beside the holder, who carries out the contract."""

    CO_CONTRACTOR = "cotraitant", "Cotraitant"
    SUBCONTRACTOR = "sous_traitant", "Sous-traitant"


class ContractParty(models.Model):
    """A co-contractor with its written share (0 to 1; the lead keeps the rest), or a subcontractor with its tier.

    `under`: who gave a subcontractor the work, when it is another subcontractor.
    """

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="parties", verbose_name="contrat")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contract_parties", verbose_name="entreprise"
    )
    kind = models.CharField("qualité", max_length=13, choices=PartyKind)
    share_rate = models.DecimalField("part écrite", max_digits=5, decimal_places=4, null=True)
    tier = models.PositiveSmallIntegerField("rang", null=True)
    # Who of a co-contractor is to be told, and may open the contract here.
    email = models.EmailField("courriel", blank=True)
    under = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="subcontractors", verbose_name="sous-traitant de"
    )

    class Meta:
        verbose_name = "partie d’un contrat"
        verbose_name_plural = "parties des contrats"
        ordering = ("contract", "kind", "tier", "id")
        constraints = [
            models.UniqueConstraint(fields=["contract", "organisation", "kind"], name="execution_party_once"),
            models.CheckConstraint(
                condition=Q(kind="cotraitant", share_rate__gt=0, share_rate__lt=1, tier=None, under=None)
                | Q(kind="sous_traitant", share_rate=None, tier=1, under=None)
                | Q(kind="sous_traitant", share_rate=None, tier__gte=2, tier__lte=5, under__isnull=False),
                name="execution_party_share_or_tier",
            ),
        ]

    def __str__(self) -> str:
        return f"partie {self.pk}"


class ContractSide(models.TextChoices):
    """Whose contact."""

    BUYER = "acheteur", "Acheteur"
    HOLDER = "titulaire", "Titulaire"


class ContractContact(models.Model):
    """One of the two people of a side, at work: they change, and the clause must not be forgotten with them."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="contacts", verbose_name="contrat")
    side = models.CharField("côté", max_length=9, choices=ContractSide)
    rank = models.CharField("rang", max_length=9, choices=ContactRank)
    name = models.CharField("nom", max_length=120)
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)

    class Meta:
        verbose_name = "contact d’un contrat"
        verbose_name_plural = "contacts des contrats"
        ordering = ("contract", "side", "rank")
        constraints = [
            models.UniqueConstraint(fields=["contract", "side", "rank"], name="execution_contact_once"),
            models.CheckConstraint(
                condition=~Q(name="") & (~Q(email="") | ~Q(phone="")), name="execution_contact_reachable"
            ),
            models.CheckConstraint(
                condition=Q(side__in=[one.value for one in ContractSide])
                & Q(rank__in=[one.value for one in ContactRank]),
                name="execution_contact_place",
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class CommitmentKind(models.TextChoices):
    """How the hours due are found."""

    FIXED = "fixe", "Nombre d’heures fixe"
    SHARE = "part", "Part des heures travaillées"
    PER_AMOUNT = "montant", "Heures par montant commandé ou facturé"


class OrderNature(models.TextChoices):
    """What an order counts: forecasts come from purchase orders, hours due often from invoices."""

    ORDERED = "commande", "Bon de commande"
    INVOICED = "facture", "Facture"
    WORKED = "heures", "Heures travaillées"


class Commitment(models.Model):
    """What one contractor owes under a contract: a chain of the ledger. Written once, never edited.

    `basis`: which orders make hours due (worked hours for a share, orders or invoices for an amount).
    Names of rule sets: `publics_rule` who counts, `counting_rule` which hours count, `penalty_rule` what a missing
    hour costs; they are those of the rule book or of the contract, empty while unsaid.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="commitments", verbose_name="contrat")
    number = models.PositiveSmallIntegerField("numéro")
    label = models.CharField("objet", max_length=120, blank=True)
    contractor = models.ForeignKey(
        Organisation, models.PROTECT, related_name="commitments", verbose_name="entreprise engagée"
    )
    kind = models.CharField("mode", max_length=7, choices=CommitmentKind)
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2, null=True)
    rate = models.DecimalField("part des heures", max_digits=5, decimal_places=4, null=True)
    hours_per_tranche = models.DecimalField("heures par tranche", max_digits=9, decimal_places=2, null=True)
    tranche_amount_ht = models.DecimalField("tranche HT (€)", max_digits=13, decimal_places=2, null=True)
    trigger_amount_ht = models.DecimalField("seuil HT (€)", max_digits=13, decimal_places=2, null=True)
    is_retroactive = models.BooleanField("le seuil franchi, tout compte", default=False)
    is_whole_tranches = models.BooleanField("tranches complètes seulement", default=False)
    basis = models.CharField("compté sur", max_length=8, choices=OrderNature, blank=True)
    publics_rule = models.SlugField("publics", max_length=40, blank=True, db_index=False)
    counting_rule = models.SlugField("décompte des heures", max_length=40, blank=True, db_index=False)
    penalty_rule = models.SlugField("pénalité", max_length=40, blank=True, db_index=False)
    created_at = models.DateTimeField("créé le", db_default=Now())

    class Meta:
        verbose_name = "engagement"
        verbose_name_plural = "engagements"
        ordering = ("contract", "number")
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="execution_commitment_number"),
            models.CheckConstraint(
                condition=Q(kind="fixe", hours__gt=0, rate=None, hours_per_tranche=None, basis="")
                | Q(kind="part", hours=None, rate__gt=0, rate__lte=1, hours_per_tranche=None, basis="heures")
                | Q(
                    kind="montant", hours=None, rate=None, hours_per_tranche__gt=0, tranche_amount_ht__gt=0,
                    trigger_amount_ht__gte=0, basis__in=["commande", "facture"],
                ),
                name="execution_commitment_one_rule",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"engagement {self.pk}"

    @property
    def named(self) -> str:
        """« 3. Nord BTP : tranche optionnelle 1 », as lists of choices say it."""
        return f"{self.number}. {self.contractor.name}{f' : {self.label}' if self.label else ''}"

    @property
    def amount_rule(self) -> AmountRule:
        """The arithmetic of hours by amount."""
        assert self.hours_per_tranche is not None and self.tranche_amount_ht is not None
        return AmountRule(
            hours=self.hours_per_tranche,
            tranche=self.tranche_amount_ht,
            trigger=self.trigger_amount_ht or Decimal(),
            is_retroactive=self.is_retroactive,
            is_whole=self.is_whole_tranches,
        )

    def hours_to_come(self, orders: Iterable["PurchaseOrder"]) -> Decimal:
        """Hours that these orders of its contract will make due once invoiced; zero when something else than invoices is counted."""
        if self.kind != CommitmentKind.PER_AMOUNT or self.basis != OrderNature.INVOICED:
            return Decimal()
        totals = dict.fromkeys(OrderNature.values, Decimal())
        for one in orders:
            if not one.cancelled_at:
                totals[one.nature] += one.amount_ht or Decimal()
        due = self.amount_rule.due
        return max(due(totals[OrderNature.ORDERED]) - due(totals[OrderNature.INVOICED]), Decimal())


class PurchaseOrder(models.Model):
    """What makes hours due as a contract goes: an order, an invoice (euros without tax), a statement of hours worked."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="orders", verbose_name="contrat")
    nature = models.CharField("nature", max_length=8, choices=OrderNature)
    reference = models.CharField("référence", max_length=60)
    amount_ht = models.DecimalField("montant HT (€)", max_digits=13, decimal_places=2, null=True)
    worked_hours = models.DecimalField("heures travaillées", max_digits=9, decimal_places=2, null=True)
    dated_on = models.DateField("du")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="par")
    created_at = models.DateTimeField("écrit le", db_default=Now())
    cancelled_at = models.DateTimeField("annulé le", null=True)

    class Meta:
        verbose_name = "commande, facture ou relevé"
        verbose_name_plural = "commandes, factures et relevés"
        ordering = ("dated_on", "id")
        constraints = [
            # The same invoice twice would make its hours due twice.
            models.UniqueConstraint(
                fields=["contract", "nature", "reference"],
                condition=Q(cancelled_at=None),
                name="execution_order_once",
            ),
            models.CheckConstraint(
                condition=Q(nature__in=["commande", "facture"], amount_ht__gt=0, worked_hours=None)
                | Q(nature="heures", amount_ht=None, worked_hours__gt=0),
                name="execution_order_amount_or_hours",
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="execution_order_named"),
        ]

    def __str__(self) -> str:
        return f"commande {self.pk}"


class AmendmentState(models.TextChoices):
    """An amendment waits for the buyer; the hours and the end of the contract move only then."""

    WAITING = "a_decider", "À décider par l’acheteur"
    DECIDED = "decide", "Décidé"
    REFUSED = "refuse", "Sans effet"


class Amendment(models.Model):
    """A change of a contract. `hours_change`: what is proposed for one commitment; `ends_on`: a new end of the contract.

    Only the buyer's decision moves either. `ended_on`: the end before that decision. `decided_words`: what shows it,
    when whoever follows recorded it for a buyer who has nobody here.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="amendments", verbose_name="contrat")
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="amendments", verbose_name="engagement"
    )
    reference = models.CharField("référence", max_length=60)
    signed_on = models.DateField("signé le")
    hours_change = models.DecimalField("heures en plus ou en moins", max_digits=9, decimal_places=2)
    ends_on = models.DateField("nouvelle fin du contrat", null=True)
    ended_on = models.DateField("fin d’avant", null=True)
    note = models.TextField("motif", max_length=2000, blank=True)
    state = models.CharField("état", max_length=9, choices=AmendmentState, default=AmendmentState.WAITING)
    proposed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="proposé par"
    )
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="décidé par"
    )
    decided_at = models.DateTimeField("décidé le", null=True)
    decided_words = models.CharField("ce qui montre l’accord", max_length=300, blank=True, db_default="")
    created_at = models.DateTimeField("écrit le", db_default=Now())

    class Meta:
        verbose_name = "avenant"
        verbose_name_plural = "avenants"
        ordering = ("signed_on", "id")
        constraints = [
            models.UniqueConstraint(fields=["contract", "reference"], name="execution_amendment_once"),
            models.CheckConstraint(
                condition=~Q(hours_change=0) | Q(ends_on__isnull=False), name="execution_amendment_moves"
            ),
            models.CheckConstraint(
                condition=Q(state="a_decider", decided_at=None)
                | Q(state__in=["decide", "refuse"], decided_at__isnull=False),
                name="execution_amendment_decided",
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="execution_amendment_named"),
        ]
        indexes = [
            Index(fields=["state"], name="execution_amendment_waiting", condition=Q(state="a_decider"))
        ]

    def __str__(self) -> str:
        return f"avenant {self.pk}"
