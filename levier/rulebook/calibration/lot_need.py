"""What is known of one lot before its hours are calculated, and what such a lot cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from levier.rulebook.calibration.quantities import (
    AMOUNT,
    HEADCOUNT,
    INSERTION_RATE,
    MINIMUM_HOURS,
    MONTHS,
    NEAREST_HOUR,
    POSTS,
    TAKEOVER,
    TOTAL_HOURS,
    TRANCHE,
    TRIGGER,
    WEEKS,
    Rounding,
    quantity,
)
from levier.rulebook.calibration.result import CalibrationError


@dataclass(frozen=True, slots=True)
class LotNeed:
    """What is known of one lot: euros excluding tax, months, CPV code, and the answers already given.

    ``amount_ht`` is the estimate (of the orders for a framework contract), ``max_amount_ht`` the maximum of
    the framework. ``method`` is one of CHOICES when somebody chose it, else the trade decides; ``total_hours`` are
    the hours worked on the lot, for a percentage of them; ``trade`` a key of the trades, else the CPV gives it.
    ``takeover_known`` with no ``takeover_hours`` means: the question was asked, nobody is to
    be taken over. ``tranche_amount``: the euros invoiced that make one hour (M7), which somebody chose instead of the
    pace of the trade; ``trigger_amount``: no hour below; ``retroactive``: once passed, whether the first euros count
    too (None: the contract does not say). ``rate`` is the insertion rate when the buyer already chose it. ``territory`` is a
    département code (« 976 »); ``programme_part`` the rule of the programme (works, gup).
    """

    cpv: str
    on: date
    amount_ht: float | None = None
    months: float | None = None
    takeover_hours: float | None = None
    takeover_known: bool = False
    is_framework: bool = False
    max_amount_ht: float | None = None
    programme: str | None = None
    programme_part: str = "works"
    rate: float | None = None
    method: str = ""
    trade: str = ""
    total_hours: float | None = None
    tranche_amount: float | None = None
    trigger_amount: float | None = None
    retroactive: bool | None = None
    headcount: float | None = None
    posts: float | None = None
    weeks: float | None = None
    territory: str = ""
    minimum_hours: float | None = None
    rounding: Rounding = NEAREST_HOUR


# Above, a slice would make less than an hour by ten million.
_LARGEST_SLICE: Final = 1e6
FIELDS: Final = {
    "amount_ht": AMOUNT,
    "max_amount_ht": replace(AMOUNT, name="max_amount_ht", label="Maximum de l’accord-cadre HT"),
    "months": MONTHS,
    "takeover_hours": TAKEOVER,
    "rate": replace(INSERTION_RATE, name="rate"),
    "total_hours": TOTAL_HOURS,
    "tranche_amount": replace(TRANCHE, maximum=_LARGEST_SLICE),
    "trigger_amount": TRIGGER,
    "headcount": HEADCOUNT,
    "posts": POSTS,
    "weeks": WEEKS,
    "minimum_hours": MINIMUM_HOURS,
}


def check(need: LotNeed) -> None:
    """Raises CalibrationError, with a French sentence naming the field, for a lot that cannot be."""
    for name, field in FIELDS.items():
        value = getattr(need, name)
        if value is not None and quantity(field, value).likely.ndim:
            raise CalibrationError(name, f"Le champ « {name} » demande un seul nombre pour un lot.")
    for name, amount in (("amount_ht", need.amount_ht), ("max_amount_ht", need.max_amount_ht)):
        if amount == 0:
            raise CalibrationError(name, "Le montant vaut 0 : donnez le montant estimé, hors taxes.")
    if need.amount_ht is None and not need.is_framework and need.method not in ("percentage", "headcount"):
        raise CalibrationError("amount_ht", "Le montant manque : donnez le montant estimé, hors taxes.")
    if need.retroactive is not None and not need.trigger_amount:
        raise CalibrationError(
            "retroactive", "Dire si les premiers euros comptent demande un seuil de déclenchement."
        )
    if (need.posts is None) != (need.weeks is None):
        raise CalibrationError("posts", "La borne physique demande les postes et les semaines ensemble.")
