"""Hours that a commitment makes due: a share of the hours worked, or so many hours for each amount ordered. Pure.

Method M7 (DOMAIN 0b.5, 21_BAM_048): one hour for each 2,000 € without tax invoiced, once 2.7 M€ is passed. The wording
leaves open whether what came before the threshold counts: `is_retroactive` says it. Decimals, rounded to the hundredth.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class AmountRule:
    """`hours` for each `tranche` (euros without tax) beyond `trigger`; `is_whole`: only complete tranches count."""

    hours: Decimal
    tranche: Decimal
    trigger: Decimal = Decimal()
    is_retroactive: bool = False
    is_whole: bool = False

    def due(self, amount: Decimal) -> Decimal:
        """Hours due once so much has been ordered or invoiced in all; nothing while the trigger is not passed."""
        if amount <= self.trigger:
            return Decimal("0.00")
        counted = amount if self.is_retroactive else amount - self.trigger
        tranches = counted // self.tranche if self.is_whole else counted / self.tranche
        return rounded(tranches * self.hours)

    def step(self, before: Decimal, added: Decimal) -> Decimal:
        """What one more order makes due: the difference of two totals, so that roundings never pile up."""
        return self.due(before + added) - self.due(before)


def share_step(rate: Decimal, before: Decimal, added: Decimal) -> Decimal:
    """What more hours worked make due at a rate (0 to 1), by difference of two totals."""
    return rounded(rate * (before + added)) - rounded(rate * before)


def split(hours: Decimal, shares: list[Decimal]) -> list[Decimal]:
    """Hours shared by written shares (0 to 1, at most 1 in all); what is left comes first, for the lead contractor."""
    parts = [rounded(hours * share) for share in shares]
    return [hours - sum(parts, Decimal()), *parts]


def rounded(hours: Decimal) -> Decimal:
    """To the hundredth of an hour, halves up."""
    return hours.quantize(CENT, rounding=ROUND_HALF_UP)
