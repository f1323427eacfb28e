"""Open lots that who sells looks for: what the buyer signed of a clause, told by the room that knows clauses."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from levier.purchasing.models.purchases import Lot, PurchaseState


class OpenLotQuerySet(models.QuerySet["OpenLot"]):
    def published(self) -> "OpenLotQuerySet":
        """Of a consultation published today whose buyer opened its public page; gone once awarded or abandoned."""
        return self.filter(
            lot__purchase__state=PurchaseState.PUBLISHED,
            lot__purchase__question_desk__isnull=False,
            lot__removed_at=None,
        )


class OpenLot(models.Model):
    """A lot its buyer signed as reserved or with a clause. No amount stands here: every column may be read by all.

    `reserved_kinds`: keys of `directory.kinds`, empty when the lot is open to all; `reserved_to`: the same in words
    (« aux structures d’insertion »). `hours`: of insertion, fixed; `hours_per_100k`: for a framework.
    """

    lot = models.OneToOneField(Lot, models.CASCADE, related_name="open_lot", verbose_name="lot")
    reserved_kinds = ArrayField(models.CharField(max_length=10), default=list, verbose_name="réservé à")
    reserved_to = models.CharField("réservé, en mots", max_length=120, blank=True)
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2, null=True)
    hours_per_100k = models.DecimalField(
        "heures par 100 000 € commandés", max_digits=9, decimal_places=2, null=True
    )
    lever = models.CharField("levier", max_length=200)
    signed_on = models.DateField("signé le")

    objects = OpenLotQuerySet.as_manager()

    class Meta:
        verbose_name = "lot ouvert réservé ou clausé"
        verbose_name_plural = "lots ouverts réservés ou clausés"
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved_kinds__len=0, reserved_to="")
                | Q(reserved_kinds__len__gt=0) & ~Q(reserved_to=""),
                name="purchasing_open_lot_reserved_to",
            ),
            models.CheckConstraint(condition=~Q(lever=""), name="purchasing_open_lot_lever"),
        ]

    def __str__(self) -> str:
        return f"lot ouvert {self.pk}"

    @property
    def is_reserved(self) -> bool:
        """Whether only some kinds of structures may answer."""
        return bool(self.reserved_kinds)
