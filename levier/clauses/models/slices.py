"""Hours by slice of the amount invoiced, as a choice for a lot says them. Pure: no row is read here."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from levier.core.typography import euros, figure

PER_100K = 100_000
_CENTS = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Slice:
    """So many hours for each `amount_ht` euros invoiced without tax, once `trigger_ht` is reached.

    `trigger_ht` None: nobody said whether there is one. `is_retroactive`: whether the first euros count once it is
    passed; None when nobody said, or without a trigger.
    """

    hours: Decimal
    amount_ht: Decimal
    trigger_ht: Decimal | None = None
    is_retroactive: bool | None = None

    @property
    def in_words(self) -> str:
        """« 1 h par tranche de 2 000 € HT facturée, à partir de 2 700 000 € HT »."""
        said = f"{figure(self.hours, 2)}\u00a0h par tranche de {euros(self.amount_ht)} HT facturée"
        if not self.trigger_ht:
            return said
        counted = {True: ", tout le montant compte alors", False: ", sur l’excédent seul", None: ""}
        return f"{said}, à partir de {euros(self.trigger_ht)} HT{counted[self.is_retroactive]}"


def in_hours_per_100k(amount_ht: float) -> Decimal:
    """One hour by so many euros, as hours for 100,000 €, to the hundredth."""
    return (Decimal(PER_100K) / Decimal(str(amount_ht))).quantize(_CENTS)


def slice_of(hours_per_100k: Decimal, given: Mapping[str, Any]) -> Slice:
    """The slice of a pace; `given`, what the study calculated with: its own slice when it comes to that pace."""
    amount, trigger = given.get("tranche_amount"), given.get("trigger_amount")
    is_of_the_study = bool(amount) and in_hours_per_100k(amount) == hours_per_100k
    if is_of_the_study and trigger is None:
        trigger = 0
    return Slice(
        hours=Decimal(1) if is_of_the_study else hours_per_100k,
        amount_ht=Decimal(str(amount)) if is_of_the_study else Decimal(PER_100K),
        trigger_ht=None if trigger is None else Decimal(str(trigger)),
        is_retroactive=given.get("retroactive"),
    )
