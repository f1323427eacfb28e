"""The hours ledger: postings that only grow, the head of each chain, and the hours a person worked in a month.

Triggers of the database write `number`, `written_at` and `hash` of a posting, move the head of its chain and the hours allocated of the
person-month, all in the transaction of the posting: code cannot forget it, and the application's role may not do it aside.
"""

from django.db import models
from django.db.models import F, Index, Q, Value
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.execution.models.contracts import Amendment, Commitment, Contract, PurchaseOrder
from levier.organisations.models import Organisation
from levier.rulebook import ledger

# No month is longer: 31 days of 24 hours.
LONGEST_MONTH_HOURS = 744


class PersonMonth(models.Model):
    """The hours one person worked for one employer in one month, and how many of them the ledger counts.

    `participant_id`: opaque; who it is stands in the tables of participants. `month`: its first day. `allocated` is moved by
    the ledger alone: never above `worked`, so that an hour counts once, whatever writes at the same time.
    """

    participant_id = models.UUIDField("participant")
    employer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="person_months", verbose_name="employeur"
    )
    month = models.DateField("mois")
    worked = models.DecimalField("heures travaillées", max_digits=9, decimal_places=2)
    allocated = models.DecimalField("heures imputées", max_digits=9, decimal_places=2, default=0)
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        verbose_name = "mois travaillé"
        verbose_name_plural = "mois travaillés"
        ordering = ("month", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["participant_id", "month", "employer"], name="execution_person_month_once"
            ),
            models.CheckConstraint(
                condition=Q(allocated__gte=0, allocated__lte=F("worked")),
                name="execution_person_month_allocated",
            ),
            models.CheckConstraint(
                condition=Q(worked__gte=0, worked__lte=LONGEST_MONTH_HOURS),
                name="execution_person_month_worked",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="execution_person_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"mois {self.pk}"


class PostingKind(models.TextChoices):
    """What a posting does."""

    DUE = ledger.DUE, "Heures dues"
    DONE = ledger.DONE, "Heures faites"
    REVERSAL = ledger.REVERSAL, "Annulation"


class Account(models.TextChoices):
    """Which total a posting moves; a reversal moves the one of what it reverses."""

    DUE = ledger.DUE, "dû"
    DONE = ledger.DONE, "fait"


class Evidence(models.TextChoices):
    """How an hour done is proved, from the weakest."""

    DECLARED = "declared", "Déclarées"
    DOCUMENTED = "documented", "Avec justificatif"
    THIRD_PARTY = "confirmed_third_party", "Confirmées par un tiers"
    PERSON = "confirmed_person", "Confirmées par la personne"


class Reason(models.TextChoices):
    """Why a posting was reversed: a code, since a free text could name somebody."""

    MISTAKE = "erreur", "Erreur de saisie"
    DUPLICATE = "doublon", "Saisie deux fois"
    INELIGIBLE = "non_eligible", "Personne non éligible"
    PROOF = "preuve", "Niveau de preuve changé"
    MOVED = "reimputation", "Heures réimputées"
    CANCELLED = "annulation", "Commande ou décision annulée"
    TAKEN_BACK = "reprise", "Reprise d’un fichier annulée"


class LedgerPosting(models.Model):
    """Hours between a commitment and one other leg. Append-only; `number`, `written_at`, `hash` come from the database.

    Due: the other leg is the contract, an order or an amendment. Done: a person-month; the contract for the total of hours done before
    they were followed here (an opening, only « declared »), of which nobody knows the people. A reversal has the legs of the posting it
    reverses and the opposite hours. Each row is a transfer between two legs: it cannot be out of balance.
    """

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="postings", verbose_name="engagement", db_index=False
    )
    number = models.PositiveIntegerField("numéro", db_default=Value(0))
    kind = models.CharField("nature", max_length=8, choices=PostingKind)
    account = models.CharField("compte", max_length=4, choices=Account)
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2)
    effective_on = models.DateField("date d’effet")
    written_at = models.DateTimeField("écrite le", db_default=Now())
    evidence = models.CharField("preuve", max_length=21, choices=Evidence, blank=True)
    reason = models.CharField("motif", max_length=12, choices=Reason, blank=True)
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, related_name="+", verbose_name="contrat", db_index=False
    )
    purchase_order = models.ForeignKey(
        PurchaseOrder, models.PROTECT, null=True, related_name="postings", verbose_name="commande",
        db_index=False,
    )  # fmt: skip
    amendment = models.ForeignKey(
        Amendment, models.PROTECT, null=True, related_name="postings", verbose_name="avenant", db_index=False
    )
    person_month = models.ForeignKey(
        PersonMonth, models.PROTECT, null=True, related_name="postings", verbose_name="mois travaillé",
        db_index=False,
    )  # fmt: skip
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name="annule"
    )
    hash = models.CharField("empreinte", max_length=64, db_default=Value(""))
    # Neither a constraint: the posting stays when the account goes.
    by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="par",
        db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = "écriture"
        verbose_name_plural = "écritures"
        ordering = ("commitment", "number")
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="execution_posting_number"),
            models.CheckConstraint(condition=~Q(hours=0), name="execution_posting_moves_hours"),
            models.CheckConstraint(
                condition=Q(kind="due", account="due", reverses=None, reason="")
                | Q(kind="done", account="done", reverses=None, reason="", hours__gt=0)
                | Q(kind="reversal", reverses__isnull=False) & ~Q(reason=""),
                name="execution_posting_kind",
            ),
            models.CheckConstraint(
                condition=Q(account="done", person_month__isnull=False, contract=None, purchase_order=None,
                            amendment=None, evidence__in=[one.value for one in Evidence])
                | Q(account="done", person_month=None, contract__isnull=False, purchase_order=None, amendment=None,
                    evidence="declared")
                | Q(account="due", person_month=None, evidence="")
                & (
                    Q(contract__isnull=False, purchase_order=None, amendment=None)
                    | Q(contract=None, purchase_order__isnull=False, amendment=None)
                    | Q(contract=None, purchase_order=None, amendment__isnull=False)
                ),
                name="execution_posting_two_legs",
            ),
        ]  # fmt: skip
        indexes = [
            # What takes effect after a date, for one portfolio: read from the index alone, without the rows.
            Index(
                fields=["commitment", "effective_on"], include=["account", "evidence", "hours"],
                name="execution_posting_balance",
            ),
            # What takes effect after a date, for the whole country.
            Index(
                fields=["effective_on"], include=["commitment", "account", "evidence", "hours"],
                name="execution_posting_later",
            ),
            Index(fields=["person_month"], name="execution_posting_of_month", condition=Q(account="done")),
            # The openings: few, and asked for at each line of hours done.
            Index(
                fields=["contract"], name="execution_posting_opening",
                condition=Q(account="done", person_month=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"écriture {self.pk}"


class LedgerHead(models.Model):
    """Where the chain of a commitment stands: count, last fingerprint, hours due and done. Kept by the database alone.

    The last four columns are the hours done by proof (`Evidence`). Balances start from here and take off what comes later.
    """

    commitment = models.OneToOneField(
        Commitment, models.PROTECT, primary_key=True, related_name="head", verbose_name="engagement"
    )
    count = models.PositiveIntegerField("écritures", default=0)
    hash = models.CharField("empreinte", max_length=64, default=ledger.GENESIS)
    due = models.DecimalField("heures dues", max_digits=11, decimal_places=2, default=0)
    done = models.DecimalField("heures faites", max_digits=11, decimal_places=2, default=0)
    declared = models.DecimalField("déclarées", max_digits=11, decimal_places=2, db_default=0)
    documented = models.DecimalField("avec justificatif", max_digits=11, decimal_places=2, db_default=0)
    confirmed_third_party = models.DecimalField(
        "confirmées par un tiers", max_digits=11, decimal_places=2, db_default=0
    )
    confirmed_person = models.DecimalField(
        "confirmées par la personne", max_digits=11, decimal_places=2, db_default=0
    )
    written_at = models.DateTimeField("dernière écriture", null=True)

    class Meta:
        verbose_name = "tête de chaîne"
        verbose_name_plural = "têtes de chaîne"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    done=F("declared") + F("documented") + F("confirmed_third_party") + F("confirmed_person")
                ),
                name="execution_head_done_by_proof",
            ),
            models.CheckConstraint(condition=Q(done__gte=0), name="execution_head_not_below_zero"),
        ]

    def __str__(self) -> str:
        return f"tête {self.pk}"
