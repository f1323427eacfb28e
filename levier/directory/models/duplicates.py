"""Two suppliers that may be one, the evidence, and what was decided; which records follow is derived from it."""

from django.db import models
from django.db.models import F, Index, Q


class DuplicatePair(models.Model):
    """Two suppliers that look like one, kept so that a question is asked once. The one of lower id is ``left``.

    Suppliers joined by pairs « same » make one; which of them is kept is computed from the pairs, so that
    leaving one pair is always enough to undo it.
    """

    class State(models.TextChoices):
        # Found by a run; a person has to say.
        PROPOSED = "proposed", "à décider"
        # Decided by a rule (score from SAME up) or by a person.
        SAME = "same", "le même fournisseur"
        # Decided by a person; asked again only when the evidence has grown.
        DIFFERENT = "different", "deux structures"

    left = models.ForeignKey(
        "directory.Supplier", models.CASCADE, related_name="+", verbose_name="fournisseur"
    )
    right = models.ForeignKey(
        "directory.Supplier", models.CASCADE, related_name="+", verbose_name="autre fournisseur"
    )
    score = models.FloatField("score", help_text="Probability that they are one, 0 to 1.")
    evidence = models.JSONField("indices", default=dict, help_text="{name of evidence: points}; no value.")
    state = models.CharField("état", max_length=9, choices=State, default=State.PROPOSED)
    # Empty while nobody and no rule ever decided: a rule never overrides a person.
    decided_by = models.CharField("décidé par", max_length=120, blank=True)
    decided_at = models.DateTimeField("décidé le", null=True)
    postponed_at = models.DateTimeField("remis à plus tard le", null=True)

    class Meta:
        verbose_name = "paire de doublons"
        verbose_name_plural = "paires de doublons"
        # The review, the surest first.
        indexes = [Index(fields=["state", "-score"], name="directory_pair_to_review")]
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="directory_pair_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="directory_pair_in_order"),
            models.CheckConstraint(condition=Q(score__range=(0, 1)), name="directory_pair_score"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None)
                | (Q(state__in=["same", "different"], decided_at__isnull=False) & ~Q(decided_by="")),
                name="directory_pair_decision_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} {self.right_id} {self.get_state_display()}"
