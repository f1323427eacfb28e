"""What the buyer and the facilitator fill in the texts of a lot."""

from django.db import models

from levier.accounts.models import User
from levier.purchasing.models import Lot


class LotTextValues(models.Model):
    """The values typed for the texts of one lot: {name of ClauseValues: text as typed}.

    What the purchase, its study and its decision already say is not kept here.
    """

    lot = models.OneToOneField(Lot, models.CASCADE, related_name="text_values", verbose_name="lot")
    values = models.JSONField("valeurs", default=dict)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="par")
    updated_at = models.DateTimeField("modifiées le", auto_now=True)

    class Meta:
        verbose_name = "valeurs des textes d’un lot"
        verbose_name_plural = "valeurs des textes des lots"

    def __str__(self) -> str:
        return f"valeurs du lot {self.lot_id}"
