"""What a contract writes about penalties, and the steps of a default: append-only, each moved by a person."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.execution.models.contracts import Contract


class PenaltyClause(models.Model):
    """What the contract writes about penalties, as `rulebook.penalties` reads it. `rules`: one entry a kind.

    `cap_rate` (0 to 1) of `cap_base_amount_ht` euros, told in words by `cap_base`; `article`: where the contract says it.
    """

    contract = models.OneToOneField(
        Contract, models.CASCADE, related_name="penalty_clause", verbose_name="contrat"
    )
    rules = models.JSONField("pénalités")
    article = models.CharField("article du contrat", max_length=120, blank=True)
    cap_rate = models.DecimalField("plafond", max_digits=5, decimal_places=4, null=True)
    cap_base = models.CharField("base du plafond", max_length=120, blank=True)
    cap_base_amount_ht = models.DecimalField(
        "montant de cette base (€)", max_digits=13, decimal_places=2, null=True
    )
    excuse_all_means = models.BooleanField("excuse « tous moyens mis en œuvre »", default=False)
    is_optional = models.BooleanField("l’acheteur « peut » les appliquer", default=True)
    written_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="écrite par"
    )
    written_at = models.DateTimeField("écrite le", auto_now=True)

    class Meta:
        verbose_name = "pénalités d’un contrat"
        verbose_name_plural = "pénalités des contrats"
        constraints = [
            models.CheckConstraint(
                condition=Q(cap_rate=None) | Q(cap_rate__gt=Decimal(0), cap_rate__lte=Decimal(1)),
                name="execution_penalty_cap",
            )
        ]

    def __str__(self) -> str:
        return f"pénalités {self.pk}"


class StepKind(models.TextChoices):
    """The steps of a default. Who moves each: `rulebook.default_steps`."""

    REMINDER = "relance", "Relance"
    MEETING = "reunion", "Réunion"
    NOTICE = "mise_en_demeure", "Mise en demeure"
    OBSERVATIONS = "observations", "Observations du titulaire"
    PROPOSAL = "proposition", "Proposition de pénalité"
    DECISION = "decision", "Décision de l’acheteur"
    CLOSED = "cloture", "Clôture"


class DefaultProcedure(models.Model):
    """What follows hours or proofs that do not come, step by step. Its state is its last step; `closed_at` keeps one open a contract."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="defaults", verbose_name="contrat")
    opened_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="ouverte par"
    )
    opened_at = models.DateTimeField("ouverte le", db_default=Now())
    closed_at = models.DateTimeField("close le", null=True)

    class Meta:
        verbose_name = "procédure de défaut"
        verbose_name_plural = "procédures de défaut"
        ordering = ("-opened_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["contract"], condition=Q(closed_at=None), name="execution_default_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"procédure {self.pk}"


class DefaultStep(models.Model):
    """One step moved by a person: who, when, its words, frozen. Append-only.

    `by` None: the contractor, by its link. `deadline`: the last day to answer. `facts`: figures and marks, such as the amount
    proposed with its trace, the decision with its amount in euros; never a person followed.
    """

    procedure = models.ForeignKey(
        DefaultProcedure, models.PROTECT, related_name="steps", verbose_name="procédure"
    )
    kind = models.CharField("étape", max_length=15, choices=StepKind)
    at = models.DateTimeField("le", db_default=Now())
    by = models.ForeignKey(
        User, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+",
        verbose_name="par",
    )  # fmt: skip
    by_label = models.CharField("signé", max_length=200)
    deadline = models.DateField("réponse avant le", null=True)
    text = models.TextField("texte", max_length=6000, blank=True)
    facts = models.JSONField("chiffres", default=dict)

    class Meta:
        verbose_name = "étape d’une procédure"
        verbose_name_plural = "étapes des procédures"
        ordering = ("procedure", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(kind="decision"), name="execution_default_one_decision"
            ),
            models.CheckConstraint(condition=~Q(by_label=""), name="execution_step_signed"),
        ]

    def __str__(self) -> str:
        return f"étape {self.pk}"
