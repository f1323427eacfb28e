"""Hours due that one member of a group hands to another: asked by one, decided by the buyer, then two lines of the ledger that cancel out."""

from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.execution.models.contracts import AmendmentState, Commitment, Contract
from levier.execution.models.ledger import LedgerPosting


class HoursTransfer(models.Model):
    """Hours due of a commitment that another one of the same contract takes over. `given`, `taken`: its two lines, once decided.

    The total due of the contract does not move, and the holder still answers for it.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="transfers", verbose_name="contrat")
    source = models.ForeignKey(
        Commitment, models.PROTECT, related_name="transfers_given", verbose_name="engagement qui cède"
    )
    target = models.ForeignKey(
        Commitment, models.PROTECT, related_name="transfers_taken", verbose_name="engagement qui reprend"
    )
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2)
    effective_on = models.DateField("date d’effet")
    note = models.TextField("motif", max_length=2000)
    # Both sides sign with their name and for whom: the line says it after the account is gone.
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="demandé par"
    )
    asked_label = models.CharField("demandé par (signature)", max_length=200)
    asked_at = models.DateTimeField("demandé le", db_default=Now())
    state = models.CharField("état", max_length=9, choices=AmendmentState, default=AmendmentState.WAITING)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="décidé par"
    )
    decided_label = models.CharField("décidé par (signature)", max_length=200, blank=True)
    decided_at = models.DateTimeField("décidé le", null=True)
    given = models.OneToOneField(
        LedgerPosting,
        models.PROTECT,
        null=True,
        related_name="transfer_given",
        verbose_name="écriture de qui cède",
    )
    taken = models.OneToOneField(
        LedgerPosting,
        models.PROTECT,
        null=True,
        related_name="transfer_taken",
        verbose_name="écriture de qui reprend",
    )

    class Meta:
        verbose_name = "transfert d’heures"
        verbose_name_plural = "transferts d’heures"
        ordering = ("-asked_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gt=0) & ~Q(source=F("target")), name="execution_transfer_moves_hours"
            ),
            models.CheckConstraint(
                condition=Q(state="a_decider", decided_at=None, decided_label="", given=None, taken=None)
                | Q(state="refuse", decided_at__isnull=False, given=None, taken=None)
                | Q(state="decide", decided_at__isnull=False, given__isnull=False, taken__isnull=False),
                name="execution_transfer_decided",
            ),
        ]
        indexes = [Index(fields=["state"], name="execution_transfer_waiting", condition=Q(state="a_decider"))]

    def __str__(self) -> str:
        return f"transfert {self.pk}"
