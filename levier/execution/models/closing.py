"""The end of a contract: its bilan and its close, the attestation, the situation of people after."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.execution.models.contracts import Contract
from levier.execution.models.people import Entry
from levier.organisations.models import Organisation


class ClosingBasis(models.TextChoices):
    """Why a contract may be closed."""

    REACHED = "atteint", "Toutes les heures dues sont faites"
    DECIDED = "decide", "Clos par décision de l’acheteur, des heures manquent"


class ContractClosing(models.Model):
    """The words of the bilan, then the close: signed and frozen (a trigger says so). No name of a person followed."""

    contract = models.OneToOneField(Contract, models.PROTECT, related_name="closing", verbose_name="contrat")
    worked = models.TextField("ce qui a marché", max_length=4000, blank=True)
    hard = models.TextField("ce qui a été difficile", max_length=4000, blank=True)
    after = models.TextField("ce qui vient ensuite", max_length=4000, blank=True)
    written_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+",
        verbose_name="écrit par",
    )  # fmt: skip
    written_at = models.DateTimeField("écrit le", null=True)
    basis = models.CharField("base", max_length=7, choices=ClosingBasis, blank=True)
    reason = models.TextField("motif", max_length=4000, blank=True)
    signed = models.CharField("signé", max_length=200, blank=True)
    closed_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+",
        verbose_name="clos par",
    )  # fmt: skip
    closed_at = models.DateTimeField("clos le", null=True)

    class Meta:
        verbose_name = "clôture d’un contrat"
        verbose_name_plural = "clôtures des contrats"
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, basis="", reason="", signed="")
                | Q(closed_at__isnull=False, basis="atteint") & ~Q(signed="")
                | Q(closed_at__isnull=False, basis="decide") & ~Q(signed="") & ~Q(reason=""),
                name="execution_closing_signed",
            )
        ]

    def __str__(self) -> str:
        return f"clôture {self.pk}"

    @property
    def words(self) -> list[tuple[str, str]]:
        """The words of the bilan that were written, each with its heading."""
        told = (
            ("Ce qui a marché", self.worked), ("Ce qui a été difficile", self.hard), ("Ce qui vient ensuite", self.after),
        )  # fmt: skip
        return [(label, words) for label, words in told if words]


class AttestationKey(models.Model):
    """The public half of a key that signs attestations. `is_compromised`: somebody else may hold it, it proves nothing any more."""

    identifier = models.CharField("identifiant", max_length=16, primary_key=True)
    public = models.CharField("clé publique", max_length=44)
    made_at = models.DateTimeField("depuis le", db_default=Now())
    retired_at = models.DateTimeField("retirée le", null=True)
    is_compromised = models.BooleanField("compromise", db_default=False, default=False)

    class Meta:
        verbose_name = "clé des attestations"
        verbose_name_plural = "clés des attestations"
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return self.identifier


class Attestation(models.Model):
    """That the hours of a contract were done: what it says is frozen with its fingerprint; it can only be withdrawn.

    `content`: what `rulebook.attestations` makes canonical; organisations and hours, never a person.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="attestations", verbose_name="contrat"
    )
    token = models.CharField("adresse", max_length=32, unique=True)
    content = models.JSONField("contenu")
    digest = models.CharField("empreinte", max_length=64)
    # Both empty for those issued before signatures.
    key = models.ForeignKey(AttestationKey, models.PROTECT, null=True, related_name="+", verbose_name="clé")
    signature = models.CharField("signature", max_length=88, blank=True)
    issued_by = models.ForeignKey(
        User,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name="délivrée par",
    )
    issued_at = models.DateTimeField("délivrée le", db_default=Now())
    withdrawn_by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+",
        verbose_name="retirée par",
    )  # fmt: skip
    withdrawn_at = models.DateTimeField("retirée le", null=True)
    withdrawn_reason = models.CharField("motif du retrait", max_length=300, blank=True)

    class Meta:
        verbose_name = "attestation de réalisation"
        verbose_name_plural = "attestations de réalisation"
        ordering = ("-issued_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["contract"], condition=Q(withdrawn_at=None), name="execution_attestation_one_valid"
            ),
            models.CheckConstraint(
                condition=Q(key=None, signature="") | Q(key__isnull=False) & ~Q(signature=""),
                name="execution_attestation_signed",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
                name="execution_attestation_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"attestation {self.pk}"


class SituationMoment(models.TextChoices):
    """When the situation of a person is asked to the facilitator."""

    EXIT = "sortie", "À la sortie"
    SIX_MONTHS = "6_mois", "Six mois après"
    TWELVE_MONTHS = "12_mois", "Douze mois après"


class Situation(models.TextChoices):
    """What a person does."""

    PERMANENT = "cdi", "CDI"
    LONG_FIXED = "cdd_long", "CDD ou mission de six mois ou plus"
    SHORT_FIXED = "cdd_court", "CDD ou mission de moins de six mois"
    INSERTION = "insertion", "Parcours d’insertion qui continue"
    TRAINING = "formation", "Formation ou alternance"
    BUSINESS = "creation", "Création d’activité"
    SEEKING = "recherche", "Recherche d’emploi"
    OTHER = "autre", "Autre situation"
    UNKNOWN = "inconnue", "Sans nouvelles"


class PersonSituation(models.Model):
    """What became of somebody after a contract: for the following structure alone (row-level security); counts for the others."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="situations", verbose_name="entrée")
    follower = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="structure qui suit"
    )
    moment = models.CharField("moment", max_length=7, choices=SituationMoment)
    situation = models.CharField("situation", max_length=9, choices=Situation)
    noted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="notée par")
    noted_at = models.DateTimeField("notée le", auto_now=True)

    class Meta:
        verbose_name = "situation d’une personne"
        verbose_name_plural = "situations des personnes"
        ordering = ("entry", "moment")
        constraints = [
            models.UniqueConstraint(fields=["entry", "moment"], name="execution_situation_once"),
            models.CheckConstraint(
                condition=Q(moment__in=[one.value for one in SituationMoment])
                & Q(situation__in=[one.value for one in Situation]),
                name="execution_situation_known",
            ),
        ]

    def __str__(self) -> str:
        return f"situation {self.pk}"
